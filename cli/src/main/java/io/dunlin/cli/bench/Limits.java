package io.dunlin.cli.bench;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What was asked for, and where a result does not reach it. A value below 0 stands for no limit. */
record Limits(long p50NanosMax, long p99NanosMax, long p999NanosMax, double rateMin, long lostMax, long failedMax) {
    private static final Pattern TIME = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s)");

    static Limits of(Args args) {
        return new Limits(
                nanos(args, "--max-p50"),
                nanos(args, "--max-p99"),
                nanos(args, "--max-p999"),
                BenchPlan.decimal("--min-rate", args.text("--min-rate"), -1),
                args.number("--max-lost", 0, Long.MAX_VALUE, -1),
                args.number("--max-failed", 0, Long.MAX_VALUE, -1));
    }

    private static long nanos(Args args, String option) {
        String text = args.text(option);
        if (text == null) {
            return -1;
        }
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException(
                    option + " is a time with its unit, for instance 500us, 20ms or 1s, not '" + text + "'.");
        }
        double unit =
                switch (matcher.group(2)) {
                    case "s" -> 1e9;
                    case "ms" -> 1e6;
                    case "ns" -> 1;
                    default -> 1e3;
                };
        return Math.round(Double.parseDouble(matcher.group(1)) * unit);
    }

    /** A sentence for each limit that is missed. */
    List<String> missed(Result result) {
        List<String> missed = new ArrayList<>();
        latency(result, 50, p50NanosMax, missed);
        latency(result, 99, p99NanosMax, missed);
        latency(result, 99.9, p999NanosMax, missed);
        if (rateMin >= 0 && result.rate() < rateMin) {
            missed.add(String.format(Locale.ROOT, "%.1f a second, at least %.1f asked", result.rate(), rateMin));
        }
        if (lostMax >= 0 && result.lost() > lostMax) {
            missed.add(result.lost() + " lost, at most " + lostMax + " asked");
        }
        if (failedMax >= 0 && result.failed() > failedMax) {
            missed.add(result.failed() + " failed, at most " + failedMax + " asked");
        }
        return missed;
    }

    private static void latency(Result result, double percentile, long nanosMax, List<String> missed) {
        if (nanosMax < 0) {
            return;
        }
        String name = percentile == 99.9 ? "p99.9" : "p" + (int) percentile;
        if (result.main().whole().getTotalCount() == 0) {
            missed.add(name + " was not measured");
            return;
        }
        long nanos = result.main().whole().getValueAtPercentile(percentile);
        if (nanos > nanosMax) {
            missed.add(name + " is " + Report.time(nanos) + ", at most " + Report.time(nanosMax) + " asked");
        }
    }
}
