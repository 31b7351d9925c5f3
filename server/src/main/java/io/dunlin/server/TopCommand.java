package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.server.control.ControlClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code dunlin top}: who and what makes the traffic of a running broker, as it is now. */
@Command(
        name = "top",
        description =
                "Shows what a running broker does, with the loudest topics and clients, again and again; q ends it."
                        + " Into a pipe or a file it prints one picture after the other.")
final class TopCommand extends Administers {
    private static final int TALKERS = 40;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "So often (default ${DEFAULT-VALUE}).")
    private int interval;

    @Option(
            names = {"-n", "--frames"},
            paramLabel = "N",
            description = "So many pictures, then the end (default: until q or Ctrl-C).")
    private @Nullable Integer frames;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            defaultValue = "rate",
            description = "Topics by rate, byte_rate, messages or bytes (default ${DEFAULT-VALUE}).")
    private String by = "rate";

    @Option(names = "--slow", description = "Clients that are behind, instead of those that publish most.")
    private boolean slow;

    private final LinkedBlockingQueue<Integer> keys = new LinkedBlockingQueue<>();

    @Override
    int run() {
        Numbers.atLeast(1, interval, "number of seconds", spec());
        Numbers.atLeast(1, frames == null ? 1 : frames, "number of pictures", spec());
        try (ControlClient client = broker().connect().orElseThrow(broker()::nobody);
                LiveScreen screen =
                        isTerminal() && !isJson() ? LiveScreen.open(out(), keys::add) : LiveScreen.plain(out())) {
            show(client, screen);
            return Main.OK;
        } catch (IOException e) {
            err().println("dunlin: the terminal cannot be used: " + e.getMessage());
            return Main.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Main.OK;
        }
    }

    private void show(ControlClient client, LiveScreen screen) throws InterruptedException {
        Clock clock = Clock.system();
        Optional<TopFrame> before = Optional.empty();
        for (int shown = 1; ; shown++) {
            JsonNode stats = client.call("stats", Map.of());
            if (isJson()) {
                out().println(pretty(stats));
            } else {
                TopFrame frame = new TopFrame(
                        client.call("status", Map.of()),
                        stats,
                        client.call("topics.talkers", Map.of("by", by, "limit", TALKERS))
                                .path("data"),
                        clients(client),
                        slow,
                        clock.nanos());
                List<String> lines = frame.lines(before.orElse(frame), screen.rows(), screen.columns());
                screen.draw(lines);
                before = Optional.of(frame);
            }
            boolean last = frames != null && shown == frames;
            if (last || out().checkError() || isEnd(keys.poll(interval, TimeUnit.SECONDS))) {
                return;
            }
        }
    }

    private JsonNode clients(ControlClient client) {
        JsonNode answer = slow
                ? client.call("slow_subscribers.list", Map.of("limit", TALKERS))
                : client.call("clients.list", Map.of("sort", "-recv_msg", "limit", TALKERS, "conn_state", "connected"));
        return answer.path("data");
    }

    private static boolean isEnd(@Nullable Integer key) {
        return key != null && (key == 'q' || key == 'Q' || key < 0);
    }
}
