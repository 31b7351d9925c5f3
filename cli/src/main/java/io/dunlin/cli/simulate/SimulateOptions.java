package io.dunlin.cli.simulate;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.UsageException;
import io.dunlin.fleet.Fleet;
import io.dunlin.fleet.scenario.Scenario;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is simulated and how.
 *
 * @param durationSeconds of simulated time; infinite where none was given
 * @param progressSeconds between two lines where there is no terminal
 */
record SimulateOptions(
        Scenario scenario, Fleet.Options fleet, double durationSeconds, double speed, double progressSeconds) {
    private static final Pattern TIME = Pattern.compile("([0-9.]+)\\s*(ms|s|m|min|h|d|)");
    private static final String DRY_START = "2026-01-01T08:00:00Z";
    private static final double DRY_SECONDS = 10;
    private static final long COUNT_MAX = 1_000_000;

    /** @param otherwise the scenario where none is given; empty to insist on one */
    static SimulateOptions of(Args args, String otherwise) {
        Scenario scenario = scenario(args, otherwise);
        boolean dry = args.knows("--dry-run") && args.has("--dry-run");
        double scale = 1;
        if (args.has("--count")) {
            scale = (double) args.number("--count", 1, COUNT_MAX, 1) / scenario.devices(1);
        }
        double speed = args.seconds("--speed", 0.001, 1);
        double duration = args.has("--duration")
                ? seconds("--duration", args.text("--duration", ""))
                : dry ? DRY_SECONDS : Double.POSITIVE_INFINITY;
        return new SimulateOptions(
                scenario,
                new Fleet.Options(
                        args.number("--seed", Long.MIN_VALUE, Long.MAX_VALUE, 1), scale, startMillis(args, dry)),
                duration,
                speed,
                args.seconds("--progress", 0.1, 5));
    }

    private static Scenario scenario(Args args, String otherwise) {
        String name = args.text("--scenario");
        String file = args.text("--file");
        if (name != null && file != null) {
            throw new UsageException("-sc and -f exclude each other: give one of them.");
        }
        if (name == null && file == null && !otherwise.isEmpty()) {
            return Scenario.builtIn(otherwise);
        }
        if (name == null && file == null) {
            throw new UsageException(
                    "Which scenario? Give a name with -sc (see 'dunlin simulate ls') or a file with -f.");
        }
        return file == null ? Scenario.builtIn(String.valueOf(name)) : Scenario.read(Path.of(file));
    }

    /** A dry run begins at the same time each time, so that it prints the same. */
    private static long startMillis(Args args, boolean dry) {
        String start = args.text("--start", dry ? DRY_START : "");
        try {
            return (start.isEmpty() ? Instant.now() : Instant.parse(start)).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new UsageException("--start is written 2026-01-01T06:00:00Z, not '" + start + "'.");
        }
    }

    private static double seconds(String option, String text) {
        Matcher parts = TIME.matcher(text.strip());
        if (parts.matches()) {
            double unit =
                    switch (parts.group(2)) {
                        case "ms" -> 0.001;
                        case "m", "min" -> 60;
                        case "h" -> 3600;
                        case "d" -> 86_400;
                        default -> 1;
                    };
            try {
                return Double.parseDouble(parts.group(1)) * unit;
            } catch (NumberFormatException e) {
                throw wrongTime(option, text);
            }
        }
        throw wrongTime(option, text);
    }

    private static UsageException wrongTime(String option, String text) {
        return new UsageException(option + " is a time such as 90, 90s, 5min or 2h, not '" + text + "'.");
    }
}
