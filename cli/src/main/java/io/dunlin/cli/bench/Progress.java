package io.dunlin.cli.bench;

import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.screen.Screen;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Says on standard error how far it is: one line that lives in a terminal, one line each second in a pipe. */
final class Progress {
    private final BenchPlan plan;
    private final Terminal terminal;
    private final Meter connections;
    private final Meter published;
    private final Meter received;
    private final boolean live = Screen.isThere();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread = new Thread(this::tell, "progress");
    private volatile boolean loading;

    Progress(BenchPlan plan, Terminal terminal, Meter connections, Meter published, Meter received) {
        this.plan = plan;
        this.terminal = terminal;
        this.connections = connections;
        this.published = published;
        this.received = received;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** All are connected. */
    void loadBegins() {
        loading = true;
    }

    /** No line comes after that. */
    void close() {
        over.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell() {
        long start = System.nanoTime();
        long before = 0;
        long beforeNanos = start;
        try {
            while (!over.await(live ? 250 : 1000, TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                Meter meter = !loading || plan.mode() == BenchPlan.Mode.CONN
                        ? connections
                        : plan.mode() == BenchPlan.Mode.PUB ? published : received;
                long count = meter.count();
                double rate = Math.max(0, count - before) * 1e9 / (now - beforeNanos);
                before = count;
                beforeNanos = now;
                say(line((now - start) / 1e9, meter, rate));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (live) {
            terminal.err().print("\r\033[K");
            terminal.err().flush();
        }
    }

    private String line(double seconds, Meter meter, double rate) {
        Histogram latest = meter.interval();
        String latency = latest.getTotalCount() == 0
                ? ""
                : "  p50 " + Report.time(latest.getValueAtPercentile(50)) + "  p99 "
                        + Report.time(latest.getValueAtPercentile(99));
        String what = meter == connections ? "connected" : meter == published ? "published" : "received";
        return String.format(Locale.ROOT, "%5.0f s  %s %,d  %,.0f/s%s", seconds, what, meter.count(), rate, latency);
    }

    private void say(String line) {
        if (live) {
            terminal.err().print("\r" + line + "\033[K");
            terminal.err().flush();
        } else {
            terminal.err().println(line);
        }
    }
}
