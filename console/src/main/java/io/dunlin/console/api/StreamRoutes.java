package io.dunlin.console.api;

import io.dunlin.broker.port.Clock;
import io.dunlin.console.account.Role;
import io.dunlin.console.http.Call;
import io.dunlin.console.http.Problem;
import io.dunlin.console.http.Reply;
import io.dunlin.console.http.Route;
import io.dunlin.console.port.Figures;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Messages as they come, for pages. */
public final class StreamRoutes {
    private static final int STREAMS_MAX = 64;
    private static final int FILTERS_MAX = 50;

    private final Figures figures;
    private final Clock clock;
    private final Semaphore places = new Semaphore(STREAMS_MAX);

    public StreamRoutes(Figures figures, Clock clock) {
        this.figures = figures;
        this.clock = clock;
    }

    public List<Route> all() {
        return List.of(new Route(
                "GET",
                CommandRoutes.PREFIX + "/subscribe",
                Optional.of(Role.VIEWER),
                List.of("filter"),
                "",
                this::subscribe));
    }

    private Reply subscribe(Call call) {
        List<TopicFilter> filters = call.queries("filter").stream()
                .distinct()
                .map(StreamRoutes::filter)
                .toList();
        if (filters.isEmpty() || filters.size() > FILTERS_MAX) {
            throw Problem.badRequest("give 1 to " + FILTERS_MAX + " filters: /subscribe?filter=plant/%23");
        }
        LiveMessages live = new LiveMessages(filters, figures, clock);
        return Reply.feed("text/event-stream", out -> {
            if (!places.tryAcquire()) {
                out.write("event: full\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8));
                return;
            }
            try {
                live.write(out);
            } finally {
                places.release();
            }
        });
    }

    private static TopicFilter filter(String text) {
        try {
            TopicFilter filter = TopicFilter.of(text);
            if (filter.isShared()) {
                throw Problem.badRequest("a shared subscription would take messages from its group: " + text);
            }
            return filter;
        } catch (InvalidTopic e) {
            throw Problem.badRequest(text + " is no filter: " + e.getMessage());
        }
    }
}
