package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.console.history.History;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.ControlCommands;
import io.dunlin.server.control.Request;
import io.dunlin.server.control.Times;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command {@code history}: what figures were in the last hour, day or week. */
final class KeptHistory {
    private static final Logger LOG = LoggerFactory.getLogger(KeptHistory.class);
    private static final int SERIES_MAX = 100;

    private KeptHistory() {}

    /** What was asked for: by the name of each figure, points of milliseconds and value. */
    private record Kept(int step, Map<String, List<Number[]>> data) {
        static Kept of(History.Points points) {
            Map<String, List<Number[]>> data = new LinkedHashMap<>();
            points.data()
                    .forEach((name, of) ->
                            data.put(name, of.stream().map(Kept::numbers).toList()));
            return new Kept(points.step(), data);
        }

        private static Number[] numbers(double[] point) {
            return Arrays.stream(point).mapToObj(JsonNumber::of).toArray(Number[]::new);
        }
    }

    /** Keeps all figures from now on, and adds the command; null where the files cannot be written, which the log says. */
    static @Nullable History start(Optional<Path> folder, Measures measures, Clock clock, ControlCommands commands) {
        List<History.Series> series = measures.now().keySet().stream()
                .map(name -> new History.Series(name, measures.grows(name)))
                .toList();
        try {
            History history = History.open(folder, series, measures::now, clock);
            history.start();
            commands.add("history", request -> points(history, request, clock));
            return history;
        } catch (IOException e) {
            LOG.warn("there is no history of the figures: {}", e.toString());
            commands.add("history", request -> {
                throw CommandFailed.unavailable("there is no history of the figures, its files cannot be used: " + e);
            });
            return null;
        }
    }

    private static Kept points(History history, Request request, Clock clock) {
        List<String> names = Arrays.stream(request.text("metric").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
        if (names.isEmpty() || names.size() > SERIES_MAX) {
            throw new CommandFailed("metric holds 1 to " + SERIES_MAX + " names with commas between them");
        }
        long now = clock.wallMillis();
        long ago = request.optional("since")
                .map(since -> Times.ago(since, () -> Instant.ofEpochMilli(now)).toMillis())
                .orElse(TimeUnit.HOURS.toMillis(1));
        long from = number(request, "from", Math.max(0, now - ago));
        long to = number(request, "to", now);
        long step = number(request, "step", History.SAMPLE_SECONDS);
        if (step < 1 || step > TimeUnit.DAYS.toSeconds(7) || from < 0 || to < from) {
            throw new CommandFailed("from and to are milliseconds since 1970 in this order, step is seconds");
        }
        return Kept.of(history.points(names, from, to, (int) step));
    }

    /** A query brings texts. */
    private static long number(Request request, String name, long otherwise) {
        var value = request.arguments().path(name);
        return value.isMissingNode() || value.isNull() ? otherwise : value.asLong(-1);
    }
}
