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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** Messages as they come, for pages. */
public final class StreamRoutes {
    private static final int STREAMS_MAX = 64;
    private static final int FILTERS_MAX = 50;

    private final Figures figures;
    private final Clock clock;
    private final Semaphore places = new Semaphore(STREAMS_MAX);
    private final Set<LiveMessages> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong waitingBytes = new AtomicLong(); // in all of them

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

    /** A login has ended or a key is gone: what was asked for by it ends at once. Thread: any; does not wait. */
    public void review() {
        open.forEach(LiveMessages::review);
    }

    private Reply subscribe(Call call) {
        List<TopicFilter> filters = call.queries("filter").stream()
                .distinct()
                .map(StreamRoutes::filter)
                .toList();
        if (filters.isEmpty() || filters.size() > FILTERS_MAX) {
            throw Problem.badRequest("give 1 to " + FILTERS_MAX + " filters: /subscribe?filter=plant/%23");
        }
        LiveMessages live = new LiveMessages(filters, figures, clock, call::holds, waitingBytes);
        return Reply.feed("text/event-stream", out -> {
            if (!places.tryAcquire()) {
                out.write("event: full\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8));
                return;
            }
            open.add(live);
            try {
                live.write(out);
            } finally {
                open.remove(live);
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
