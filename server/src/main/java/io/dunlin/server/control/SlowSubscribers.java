package io.dunlin.server.control;

import io.dunlin.broker.admin.Page;
import io.dunlin.broker.admin.SessionView;
import io.dunlin.broker.admin.Views;
import io.dunlin.broker.session.Lag;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The clients that are furthest behind with what is sent to them, connected or not. Made of what sessions show of themselves: the
 * shards hear nothing of it. Thread: any.
 */
public final class SlowSubscribers {
    /** From here on a message that is not acknowledged makes a client slow; below, it is on its way. */
    private static final long UNACKNOWLEDGED_NANOS_MIN = TimeUnit.SECONDS.toNanos(1);

    private static final Comparator<SessionView> SLOWEST = by(Lag::queued)
            .thenComparing(by(Lag::queuedNanos))
            .thenComparing(by(Lag::unacknowledgedNanos))
            .reversed()
            .thenComparing(SessionRow.BY_ID);

    private final Views views;

    public SlowSubscribers(Views views) {
        this.views = views;
    }

    /** Adds the command {@code slow_subscribers.list}. */
    public void addTo(ControlCommands commands) {
        commands.add("slow_subscribers.list", this::list);
    }

    /**
     * A client that is behind. Times are seconds.
     *
     * @param mqueueLen messages that wait to be sent
     * @param mqueueOldestSeconds how long the oldest of them waits, roughly
     * @param inflightCnt messages that were sent and not acknowledged
     * @param inflightOldestSeconds how long the oldest of them is under way
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Slow(
            String clientid,
            @Nullable String username,
            @Nullable String ipAddress,
            boolean connected,
            int mqueueLen,
            int mqueueMax,
            long mqueueBytes,
            long mqueueDropped,
            double mqueueOldestSeconds,
            int inflightCnt,
            int inflightMax,
            double inflightOldestSeconds) {

        static Slow of(SessionView view) {
            Lag lag = view.lag();
            String address = SessionRow.address(view.card());
            return new Slow(
                    view.clientId(),
                    view.principal().username(),
                    address.isEmpty() ? null : address,
                    view.card().connected(),
                    lag.queued(),
                    view.glance().queuedMax(),
                    view.glance().queuedBytes(),
                    view.glance().dropped(),
                    seconds(lag.queuedNanos()),
                    lag.inFlight(),
                    view.card().inFlightMax(),
                    seconds(lag.unacknowledgedNanos()));
        }

        private static double seconds(long nanos) {
            return Math.round(nanos / 1e7) / 1e2;
        }
    }

    private Listed<Slow> list(Request request) {
        Page.Wanted wanted = Listed.wanted(request);
        Page<SessionView> page = views.sessions(
                SessionFilter.of(request)
                        .and(view -> view.lag().queued() > 0
                                || view.lag().unacknowledgedNanos() >= UNACKNOWLEDGED_NANOS_MIN),
                Listed.order(request, orders(), SLOWEST),
                wanted);
        return Listed.of(page, wanted, Slow::of);
    }

    private static Map<String, Comparator<SessionView>> orders() {
        Map<String, Comparator<SessionView>> orders = new TreeMap<>(SessionRow.orders());
        orders.put("mqueue_len", by(Lag::queued));
        orders.put("mqueue_oldest_seconds", by(Lag::queuedNanos));
        orders.put("inflight_cnt", by(Lag::inFlight));
        orders.put("inflight_oldest_seconds", by(Lag::unacknowledgedNanos));
        return orders;
    }

    private static Comparator<SessionView> by(ToLongFunction<Lag> figure) {
        return Comparator.comparingLong(view -> figure.applyAsLong(view.lag()));
    }
}
