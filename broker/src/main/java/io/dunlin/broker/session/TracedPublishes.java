package io.dunlin.broker.session;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.PublishTracing;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** The messages of one client that are followed, from their PUBLISH until they are answered. Thread: the shard. */
final class TracedPublishes {
    private final Session session;
    private final PublishTracing tracing;
    private final IdentityHashMap<Publish, Traced> open = new IdentityHashMap<>(2);

    /** One that is not answered yet. */
    private static final class Traced {
        private final PublishTracing.Trace trace;
        private final TopicName topic;
        private final long beganNanos;
        private int receivers;

        private Traced(PublishTracing.Trace trace, TopicName topic, long beganNanos) {
            this.trace = trace;
            this.topic = topic;
            this.beganNanos = beganNanos;
        }
    }

    private TracedPublishes(Session session, PublishTracing tracing) {
        this.session = session;
        this.tracing = tracing;
    }

    /** Null where nobody follows messages. */
    static @Nullable TracedPublishes of(Session session) {
        PublishTracing tracing = session.context().core().tracing();
        return tracing == null ? null : new TracedPublishes(session, tracing);
    }

    /** @param topic its own, or the one that its alias stands for */
    void read(Publish publish, TopicName topic) {
        if (publish.properties().isEmpty()) {
            return;
        }
        PublishTracing.Trace trace = tracing.traceOf(publish.properties());
        if (trace != null) {
            open.put(publish, new Traced(trace, topic, session.shard().nanos()));
        }
    }

    void routed(Publish publish, int receivers) {
        Traced traced = open.get(publish);
        if (traced != null) {
            traced.receivers = receivers;
        }
    }

    void answered(Publish publish, @Nullable ReasonCode reason) {
        Traced traced = open.remove(publish);
        if (traced != null) {
            tell(publish, traced, reason);
        }
    }

    /** It is answered when this is stored, after the answers before it. */
    void answeredWhenStored(Publish publish, ReasonCode reason, long position, Durability wanted) {
        if (open.containsKey(publish)) {
            session.whenStored(position, wanted, () -> answered(publish, reason));
        }
    }

    /** The connection has ended: nothing is answered any more. */
    void detach() {
        open.forEach((publish, traced) -> tell(publish, traced, null));
        open.clear();
    }

    private void tell(Publish publish, Traced traced, @Nullable ReasonCode reason) {
        traced.trace.published(new PublishTracing.Published(
                session.clientId(),
                traced.topic,
                publish.qos(),
                publish.retain(),
                publish.payload().length,
                traced.receivers,
                reason,
                traced.beganNanos,
                session.shard().nanos()));
    }
}
