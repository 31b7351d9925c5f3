package io.dunlin.cli.simulate;

import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Terminal;
import io.dunlin.fleet.Fleet;
import io.dunlin.fleet.MqttUplinks;
import io.dunlin.fleet.RealTimeline;
import io.dunlin.fleet.Tally;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Plays a scenario against a broker until its time is up or Ctrl-C, and says how it goes. */
final class SimulateRun {
    private static final double NANOS = 1e9;
    private static final long SETTLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);
    private static final long SETTLE_STEP_MILLIS = 20;
    private static final long GOODBYE_SECONDS_MAX = 10;
    private static final long TERMINAL_MILLIS = 500;

    private final SimulateOptions options;
    private final Connecting connecting;
    private final Terminal terminal;
    private final Ending ending = new Ending();

    SimulateRun(SimulateOptions options, Connecting connecting, Terminal terminal) {
        this.options = options;
        this.connecting = connecting;
        this.terminal = terminal;
    }

    int run() {
        boolean ownCredentials = options.scenario().groups().stream()
                .anyMatch(group ->
                        group.connect().username() != null || group.connect().password() != null);
        if (!ownCredentials) {
            connecting.probe();
        }
        try (ending;
                RealTimeline timeline = new RealTimeline(options.speed());
                MqttUplinks uplinks = new MqttUplinks(connecting::client)) {
            Fleet fleet = new Fleet(options.scenario(), options.fleet(), timeline, uplinks);
            Progress progress = new Progress(options, fleet, Progress.isTerminal(terminal));
            timeline.start();
            fleet.start();
            watch(timeline, progress);
            settle(fleet);
            CountDownLatch said = new CountDownLatch(1);
            fleet.stop(said::countDown);
            boolean inTime = said.await(GOODBYE_SECONDS_MAX, TimeUnit.SECONDS);
            uplinks.finish();
            print(progress.summary(timeline.now()) + (inTime ? "" : "Not all devices said goodbye in time.\n"));
            return exitCode(fleet);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.ERROR;
        } catch (IOException e) {
            return ExitCode.OK; // nobody reads any more
        }
    }

    private void watch(RealTimeline timeline, Progress progress) throws InterruptedException, IOException {
        long pauseMillis = progress.onTerminal() ? TERMINAL_MILLIS : (long) (options.progressSeconds() * 1000);
        boolean ended = false;
        while (!ended) {
            double leftMillis = (options.durationSeconds() - timeline.now() / NANOS) / options.speed() * 1000;
            ended = ending.await((long) Math.ceil(Math.max(0, Math.min((double) pauseMillis, leftMillis))) + 1)
                    || timeline.now() / NANOS >= options.durationSeconds();
            print(progress.text(timeline.now(), timeline.lateNanos()));
        }
    }

    /** Waits until what was sent is answered, but not for ever. */
    private static void settle(Fleet fleet) throws InterruptedException {
        fleet.hush();
        long steps = SETTLE_NANOS_MAX / TimeUnit.MILLISECONDS.toNanos(SETTLE_STEP_MILLIS);
        CountDownLatch never = new CountDownLatch(1);
        for (long i = 0; i < steps && fleet.tallies().stream().anyMatch(tally -> open(tally) > 0); i++) {
            if (never.await(SETTLE_STEP_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private static long open(Tally tally) {
        return tally.published() - tally.delivered() - tally.refused() - tally.lost();
    }

    private static int exitCode(Fleet fleet) {
        long connects = fleet.tallies().stream().mapToLong(Tally::connects).sum();
        long refused = fleet.tallies().stream().mapToLong(Tally::refused).sum();
        return connects == 0 || refused > 0 ? ExitCode.ERROR : ExitCode.OK;
    }

    private void print(String text) throws IOException {
        terminal.out().write(text.getBytes(StandardCharsets.UTF_8));
        terminal.out().flush();
    }

    /** Minutes and seconds, with hours where there are some. */
    static String clock(long nanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
