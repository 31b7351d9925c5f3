package io.dunlin.cli.simulate;

import io.dunlin.cli.args.Terminal;
import io.dunlin.fleet.Fleet;
import io.dunlin.fleet.Tally;
import java.io.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** How a simulation goes: a table that is drawn again and again in a terminal, else a line now and then; a summary at the end. */
final class Progress {
    private static final double NANOS = 1e9;
    private static final double LATE_SECONDS = 0.5;

    private final SimulateOptions options;
    private final Fleet fleet;
    private final boolean onTerminal;
    private final List<Long> before = new ArrayList<>();
    private long beforeNanos;
    private int linesShown;

    Progress(SimulateOptions options, Fleet fleet, boolean onTerminal) {
        this.options = options;
        this.fleet = fleet;
        this.onTerminal = onTerminal;
        fleet.tallies().forEach(tally -> before.add(0L));
    }

    static boolean isTerminal(Terminal terminal) {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
                && terminal.env().containsKey("TERM");
    }

    boolean onTerminal() {
        return onTerminal;
    }

    /** What to print now. @param nanos of simulated time */
    String text(long nanos, long lateNanos) {
        double seconds = Math.max(1e-3, (nanos - beforeNanos) / NANOS);
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            long now = fleet.tallies().get(i).published();
            rates.add((double) (now - before.get(i)) / seconds);
            before.set(i, now);
        }
        beforeNanos = nanos;
        String late = lateNanos / NANOS > LATE_SECONDS
                ? String.format(Locale.ROOT, ", %.1f s behind: this machine is too slow for it", lateNanos / NANOS)
                : "";
        return onTerminal ? table(nanos, rates, late) : line(nanos, rates, late);
    }

    private String line(long nanos, List<Double> rates, String late) {
        double rate = rates.stream().mapToDouble(Double::doubleValue).sum();
        return String.format(
                Locale.ROOT,
                "%s  %d of %d online, %.1f messages/s, %d sent, %d lost connections, %d failed attempts%s%n",
                SimulateRun.clock(nanos),
                sum(Tally::online),
                fleet.tallies().stream().mapToInt(Tally::devices).sum(),
                rate,
                sum(Tally::published),
                sum(Tally::losses),
                sum(Tally::failures),
                late);
    }

    private String table(long nanos, List<Double> rates, String late) {
        List<String> lines = new ArrayList<>();
        lines.add(options.scenario().name() + "  " + SimulateRun.clock(nanos) + late);
        lines.add(String.format(
                "%-12s %8s %8s %9s %10s %8s %8s", "", "devices", "online", "msg/s", "sent", "skipped", "commands"));
        for (int i = 0; i < rates.size(); i++) {
            Tally tally = fleet.tallies().get(i);
            lines.add(row(
                    tally.group(),
                    tally.devices(),
                    tally.online(),
                    rates.get(i),
                    tally.published(),
                    tally.skipped(),
                    tally.commands()));
        }
        if (rates.size() > 1) {
            lines.add(row(
                    "all",
                    fleet.tallies().stream().mapToInt(Tally::devices).sum(),
                    sum(Tally::online),
                    rates.stream().mapToDouble(Double::doubleValue).sum(),
                    sum(Tally::published),
                    sum(Tally::skipped),
                    sum(Tally::commands)));
        }
        long failed = sum(Tally::failures) + sum(Tally::losses);
        lines.add(failed == 0 ? "" : failed + " times without a connection, the last time: " + lastFailure());
        StringBuilder out = new StringBuilder();
        if (linesShown > 0) {
            out.append("\033[").append(linesShown).append('A');
        }
        linesShown = lines.size();
        lines.forEach(line -> out.append('\r').append(line).append("\033[K\n"));
        return out.toString();
    }

    private static String row(
            String name, int devices, long online, double rate, long sent, long skipped, long commands) {
        return String.format(
                Locale.ROOT, "%-12s %8d %8d %9.1f %10d %8d %8d", name, devices, online, rate, sent, skipped, commands);
    }

    /** Everything in a sentence or two. */
    String summary(long nanos) {
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: %d devices for %s, %d messages (%d bytes), %.1f/s; %d delivered, %d refused, %d lost, %d skipped while offline; "
                        + "%d connections, %d lost, %d failed attempts; %d commands.%n",
                options.scenario().name(),
                fleet.tallies().stream().mapToInt(Tally::devices).sum(),
                SimulateRun.clock(nanos),
                sum(Tally::published),
                sum(Tally::bytes),
                sum(Tally::published) / Math.max(1e-3, nanos / NANOS),
                sum(Tally::delivered),
                sum(Tally::refused),
                sum(Tally::lost),
                sum(Tally::skipped),
                sum(Tally::connects),
                sum(Tally::losses),
                sum(Tally::failures),
                sum(Tally::commands)));
        if (!lastFailure().isEmpty() && !onTerminal) {
            out.append("The last failure: ").append(lastFailure()).append('\n');
        }
        return out.toString();
    }

    private String lastFailure() {
        return fleet.tallies().stream()
                .map(Tally::lastFailure)
                .filter(sentence -> !sentence.isEmpty())
                .findFirst()
                .orElse("");
    }

    private long sum(ToLongFunction<Tally> figure) {
        return fleet.tallies().stream().mapToLong(figure).sum();
    }
}
