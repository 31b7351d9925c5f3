package io.dunlin.cli.bench;

import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.output.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Prints a result, as a table and as JSON, and says which limits it misses. */
final class Report {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9};

    private final BenchPlan plan;
    private final Limits limits;
    private final @Nullable String jsonFile;
    private final Terminal terminal;

    Report(BenchPlan plan, Limits limits, @Nullable String jsonFile, Terminal terminal) {
        this.plan = plan;
        this.limits = limits;
        this.jsonFile = jsonFile;
        this.terminal = terminal;
    }

    /** @return the exit code */
    int give(Result result) {
        List<String> missed = limits.missed(result);
        try {
            String json = json(result, missed) + "\n";
            if ("-".equals(jsonFile)) {
                print(json);
            } else {
                print(text(result, missed));
                if (jsonFile != null) {
                    Files.writeString(Path.of(jsonFile), json);
                }
            }
        } catch (IOException e) {
            throw new CommandFailed("The result cannot be written: " + e.getMessage() + ".", ExitCode.ERROR);
        }
        warn("connections", result.connections());
        warn("messages", result.published());
        return missed.isEmpty() ? ExitCode.OK : ExitCode.LIMIT_MISSED;
    }

    private void warn(String what, Meter meter) {
        Throwable cause = meter.firstFailure();
        if (meter.failures() > 0 && cause != null) {
            Throwable shown = cause.getCause() != null && cause.getMessage() == null ? cause.getCause() : cause;
            terminal.err()
                    .println("Warning: " + meter.failures() + " " + what + " failed, the first: " + shown.getMessage());
        }
    }

    private void print(String text) throws IOException {
        terminal.out().write(text.getBytes(StandardCharsets.UTF_8));
        terminal.out().flush();
    }

    /** With three digits, in the unit that suits. */
    static String time(long nanos) {
        if (nanos >= 1_000_000_000) {
            return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
        }
        return nanos >= 1_000_000
                ? String.format(Locale.ROOT, nanos < 10_000_000 ? "%.2f ms" : "%.1f ms", nanos / 1e6)
                : String.format(Locale.ROOT, "%.0f µs", nanos / 1e3);
    }

    private String text(Result result, List<String> missed) {
        StringBuilder text = new StringBuilder(plan.toString());
        text.append(": ").append(plan.clients()).append(plan.clients() == 1 ? " client" : " clients");
        if (plan.mode() != BenchPlan.Mode.CONN) {
            text.append(", QoS ").append(plan.qos().value());
        }
        if (plan.mode().publishes()) {
            text.append(", ").append(plan.payload().length).append(" bytes");
            text.append(
                    plan.rate() > 0
                            ? String.format(Locale.ROOT, ", %.0f a second asked", plan.rate())
                            : ", window " + plan.window());
        }
        text.append(String.format(Locale.ROOT, ", %.1f s%n%n", result.loadNanos() / 1e9));
        text.append(String.format(
                Locale.ROOT,
                "%-12s %10s %12s %10s%s%n",
                "",
                "count",
                "per second",
                "failed",
                "       p50       p90       p99     p99.9       max"));
        line("connected", result.connections(), result.connectRate(), text);
        if (plan.mode().publishes()) {
            line(plan.qos().value() == 0 ? "written" : "acknowledged", result.published(), result.publishRate(), text);
        }
        if (plan.mode() == BenchPlan.Mode.SUB || plan.mode() == BenchPlan.Mode.P2P) {
            line("received", result.received(), result.receiveRate(), text);
            text.append(String.format(Locale.ROOT, "%-12s %,10d bytes", "", result.receivedBytes()));
            text.append(result.expected() > 0 ? String.format(Locale.ROOT, ", %,d lost%n", result.lost()) : "\n");
        }
        for (String sentence : missed) {
            text.append("MISSED: ").append(sentence).append('\n');
        }
        return text.toString();
    }

    private static void line(String name, Meter meter, double rate, StringBuilder text) {
        text.append(
                String.format(Locale.ROOT, "%-12s %,10d %,12.1f %,10d", name, meter.count(), rate, meter.failures()));
        Histogram latencies = meter.whole();
        if (latencies.getTotalCount() > 0) {
            for (double percentile : PERCENTILES) {
                text.append(String.format(Locale.ROOT, "%10s", time(latencies.getValueAtPercentile(percentile))));
            }
            text.append(String.format(Locale.ROOT, "%10s", time(latencies.getMaxValue())));
        }
        text.append('\n');
    }

    private String json(Result result, List<String> missed) {
        Json json = new Json(true).open();
        json.key("mode").text(plan.mode().name().toLowerCase(Locale.ROOT));
        json.key("clients").number(plan.clients());
        json.key("qos").number(plan.qos().value());
        json.key("payloadBytes").number(plan.payload().length);
        json.key("rateAsked").decimal(plan.rate());
        json.key("seconds").decimal(result.loadNanos() / 1e9);
        meter("connections", result.connections(), result.connectRate(), json);
        if (plan.mode().publishes()) {
            json.key("sent").number(result.sent());
            meter("published", result.published(), result.publishRate(), json);
        }
        if (plan.mode() == BenchPlan.Mode.SUB || plan.mode() == BenchPlan.Mode.P2P) {
            meter("received", result.received(), result.receiveRate(), json);
            json.key("receivedBytes").number(result.receivedBytes());
            json.key("receivedBytesPerSecond").decimal(result.bytesRate());
        }
        if (result.expected() > 0) {
            json.key("expected").number(result.expected());
            json.key("lost").number(result.lost());
        }
        json.key("missed").number(missed.size());
        json.key("passed").bool(missed.isEmpty());
        return json.close().toString();
    }

    /** Latencies are in microseconds. */
    private static void meter(String name, Meter meter, double rate, Json json) {
        json.key(name).open();
        json.key("count").number(meter.count());
        json.key("failed").number(meter.failures());
        json.key("perSecond").decimal(rate);
        Histogram latencies = meter.whole();
        if (latencies.getTotalCount() > 0) {
            json.key("latencyMicros").open();
            json.key("mean").decimal(latencies.getMean() / 1e3);
            for (double percentile : PERCENTILES) {
                String label = percentile == 99.9 ? "p999" : "p" + (int) percentile;
                json.key(label).decimal(latencies.getValueAtPercentile(percentile) / 1e3);
            }
            json.key("max").decimal(latencies.getMaxValue() / 1e3);
            json.close();
        }
        json.close();
    }
}
