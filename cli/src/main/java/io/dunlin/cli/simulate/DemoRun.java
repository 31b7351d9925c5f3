package io.dunlin.cli.simulate;

import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.screen.Screen;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.Subscription;
import io.dunlin.fleet.Fleet;
import io.dunlin.fleet.MqttUplinks;
import io.dunlin.fleet.RealTimeline;
import io.dunlin.protocol.packet.Properties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts the broker, the devices and one client that hears everything, and shows it until Ctrl-C. */
final class DemoRun {
    private static final double NANOS = 1e9;
    private static final long DRAW_MILLIS = 500;
    private static final long GOODBYE_SECONDS_MAX = 5;

    private final SimulateOptions options;
    private final int port;
    private final Terminal terminal;

    DemoRun(SimulateOptions options, int port, Terminal terminal) {
        this.options = options;
        this.port = port;
        this.terminal = terminal;
    }

    int run() {
        boolean onScreen = Screen.isThere();
        if (onScreen) {
            terminal.err()
                    .println("Starting a broker and "
                            + options.scenario().devices(options.fleet().scale()) + " devices ...");
        }
        try (Ending ending = new Ending();
                OwnBroker broker = OwnBroker.start(port);
                RealTimeline timeline = new RealTimeline(options.speed());
                MqttUplinks uplinks = new MqttUplinks(() -> MqttClient.builder().url(broker.url()))) {
            Fleet fleet = new Fleet(options.scenario(), options.fleet(), timeline, uplinks);
            Progress progress = new Progress(options, fleet, false);
            timeline.start();
            fleet.start();
            if (onScreen) {
                show(fleet, timeline, broker.url(), ending);
            } else {
                print(options.scenario().name() + " on " + broker.url() + "\n");
                lines(progress, timeline, ending);
            }
            CountDownLatch said = new CountDownLatch(1);
            fleet.stop(said::countDown);
            boolean inTime = said.await(GOODBYE_SECONDS_MAX, TimeUnit.SECONDS);
            uplinks.finish();
            print(progress.summary(timeline.now()) + (inTime ? "" : "Not all devices said goodbye in time.\n"));
            if (onScreen) {
                print(farewell());
            }
            return ExitCode.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.ERROR;
        } catch (IOException e) {
            return ExitCode.OK; // nobody reads any more
        } catch (MqttException e) {
            throw new CommandFailed("The demo has lost its own broker: " + e.getMessage(), ExitCode.ERROR);
        }
    }

    private void show(Fleet fleet, RealTimeline timeline, String url, Ending ending)
            throws IOException, InterruptedException {
        DemoScreen table = new DemoScreen(fleet, options.scenario().name(), url);
        try (MqttClient watcher = MqttClient.builder()
                        .url(url)
                        .executor(Runnable::run)
                        .onMessage(table::add)
                        .build();
                Screen screen = Screen.open(terminal, key -> table.key(key, ending))) {
            watcher.connect();
            watcher.subscribe(List.of(Subscription.of("#")), Properties.NONE);
            boolean ended = false;
            while (!ended) {
                table.draw(screen, timeline);
                ended = ending.await(DRAW_MILLIS) || timeline.now() / NANOS >= options.durationSeconds();
            }
        }
    }

    private void lines(Progress progress, RealTimeline timeline, Ending ending)
            throws IOException, InterruptedException {
        boolean ended = false;
        while (!ended) {
            double leftSeconds = (options.durationSeconds() - timeline.now() / NANOS) / options.speed();
            ended = ending.await((long) Math.ceil(1000 * Math.clamp(leftSeconds, 0, options.progressSeconds())) + 1)
                    || timeline.now() / NANOS >= options.durationSeconds();
            print(progress.text(timeline.now(), timeline.lateNanos()));
        }
    }

    private static String farewell() {
        return """

                What next:
                  dunlin broker                       a broker that stays, and keeps what it acknowledged
                  dunlin sub -t '#' -v                see what comes
                  dunlin pub -t hello -m world        say something
                  dunlin simulate ls                  devices for any broker
                """;
    }

    private void print(@Nullable String text) throws IOException {
        terminal.out().write(String.valueOf(text).getBytes(StandardCharsets.UTF_8));
        terminal.out().flush();
    }
}
