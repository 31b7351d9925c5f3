package io.dunlin.console.metrics;

import io.dunlin.broker.port.LatencyHistogram;
import io.dunlin.console.metrics.MetricSet.Family;
import io.dunlin.console.metrics.MetricSet.Kind;
import io.dunlin.console.metrics.MetricSet.Sample;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures in Prometheus' text form (0.0.4) or as OpenMetrics (1.0.0). */
public final class MetricText {
    public static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    public static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final String TOTAL = "_total";
    private static final double NANOS = 1e9;

    private final StringBuilder text = new StringBuilder(16_384);
    private final boolean open;

    private MetricText(boolean open) {
        this.open = open;
    }

    /** @param open whether as OpenMetrics */
    public static String of(MetricSet metrics, boolean open) {
        MetricText text = new MetricText(open);
        metrics.families().forEach(text::family);
        if (open) {
            text.text.append("# EOF\n");
        }
        return text.text.toString();
    }

    private void family(Family family) {
        String name = open && family.kind() == Kind.COUNTER && family.name().endsWith(TOTAL)
                ? family.name().substring(0, family.name().length() - TOTAL.length())
                : family.name();
        text.append("# HELP ")
                .append(name)
                .append(' ')
                .append(escaped(family.help()))
                .append('\n');
        text.append("# TYPE ")
                .append(name)
                .append(' ')
                .append(type(family.kind()))
                .append('\n');
        family.samples().forEach(sample -> {
            LatencyHistogram times = sample.times();
            if (times == null) {
                line(family.name(), sample.labels(), sample.value());
            } else {
                histogram(family.name(), sample, times);
            }
        });
    }

    private String type(Kind kind) {
        return switch (kind) {
            case COUNTER, GAUGE, HISTOGRAM -> kind.name().toLowerCase(Locale.ROOT);
            case UNKNOWN -> open ? "unknown" : "untyped";
        };
    }

    private void histogram(String name, Sample sample, LatencyHistogram times) {
        long count = times.count();
        for (double bound : sample.steps().bounds()) {
            long within = Math.min(count, times.countWithin(Math.round(bound * NANOS)));
            line(name + "_bucket", with(sample.labels(), "le", number(bound)), (double) within);
        }
        line(name + "_bucket", with(sample.labels(), "le", "+Inf"), (double) count);
        line(name + "_sum", sample.labels(), times.sumNanos() / NANOS);
        line(name + "_count", sample.labels(), (double) count);
    }

    private static List<String> with(List<String> labels, String name, String value) {
        List<String> more = new ArrayList<>(labels);
        more.add(name);
        more.add(value);
        return more;
    }

    private void line(String name, List<String> labels, double value) {
        text.append(name);
        for (int i = 0; i + 1 < labels.size(); i += 2) {
            text.append(i == 0 ? '{' : ',')
                    .append(labels.get(i))
                    .append("=\"")
                    .append(escaped(labels.get(i + 1)).replace("\"", "\\\""))
                    .append('"');
        }
        text.append(labels.isEmpty() ? " " : "} ").append(number(value)).append('\n');
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
