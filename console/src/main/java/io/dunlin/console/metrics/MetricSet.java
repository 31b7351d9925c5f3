package io.dunlin.console.metrics;

import io.dunlin.broker.port.LatencyHistogram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Figures of one moment, by name. Thread: one. */
public final class MetricSet {
    /** What a figure does. */
    public enum Kind {
        /** Only grows; its name ends with {@code _total}. */
        COUNTER,
        GAUGE,
        HISTOGRAM,
        /** Of another program's naming. */
        UNKNOWN
    }

    /** In which steps a histogram is told; its buckets are exact at these bounds. */
    public enum Steps {
        /** What takes microseconds to seconds. */
        LATENCY(
                1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
                5, 10),
        /** What takes up to days. */
        AGE(
                0.01, 0.1, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1e3, 2.5e3, 5e3, 1e4, 2.5e4, 5e4, 1e5, 2.5e5, 5e5,
                1e6);

        @SuppressWarnings("ImmutableEnumChecker") // it is
        private final List<Double> bounds;

        Steps(double... bounds) {
            this.bounds = Arrays.stream(bounds).boxed().toList();
        }

        /** The upper bounds of the buckets in seconds; one bucket more has all that took longer. */
        public List<Double> bounds() {
            return bounds;
        }
    }

    /** @param labels name, value, name, value @param times of a histogram @param steps in which it is told */
    public record Sample(
            List<String> labels, double value, @Nullable LatencyHistogram times, Steps steps) {
        Sample(List<String> labels, double value) {
            this(labels, value, null, Steps.LATENCY);
        }
    }

    /** @param samples one for each set of labels */
    public record Family(String name, Kind kind, String help, List<Sample> samples) {}

    private final Map<String, Family> families = new LinkedHashMap<>();

    /** @param name ends with {@code _total} @param labels name, value, name, value */
    public MetricSet counter(String name, String help, Number value, String... labels) {
        return add(name, Kind.COUNTER, help, new Sample(List.of(labels), value.doubleValue()));
    }

    public MetricSet gauge(String name, String help, Number value, String... labels) {
        return add(name, Kind.GAUGE, help, new Sample(List.of(labels), value.doubleValue()));
    }

    /** @param name ends with {@code _seconds} */
    public MetricSet histogram(String name, String help, LatencyHistogram times, Steps steps, String... labels) {
        return add(name, Kind.HISTOGRAM, help, new Sample(List.of(labels), 0, times, steps));
    }

    /** A figure under the name that another program gives it. */
    MetricSet known(String name, String help, double value) {
        return add(name, Kind.UNKNOWN, help, new Sample(List.of(), value));
    }

    private MetricSet add(String name, Kind kind, String help, Sample sample) {
        families.computeIfAbsent(name, n -> new Family(n, kind, help, new ArrayList<>()))
                .samples()
                .add(sample);
        return this;
    }

    /** All of them, in the order in which they were added. */
    public Collection<Family> families() {
        return families.values();
    }

    /** The value of a figure, all its labels together; 0 where there is none. */
    double sum(String name) {
        Family family = families.get(name);
        return family == null
                ? 0
                : family.samples().stream().mapToDouble(Sample::value).sum();
    }

    /** The value of a figure with this label. */
    double of(String name, String label, String value) {
        Family family = families.get(name);
        return family == null
                ? 0
                : family.samples().stream()
                        .filter(sample -> has(sample, label, value))
                        .mapToDouble(Sample::value)
                        .sum();
    }

    private static boolean has(Sample sample, String label, String value) {
        for (int i = 0; i + 1 < sample.labels().size(); i += 2) {
            if (sample.labels().get(i).equals(label)
                    && sample.labels().get(i + 1).equals(value)) {
                return true;
            }
        }
        return false;
    }
}
