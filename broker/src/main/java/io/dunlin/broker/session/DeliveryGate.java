package io.dunlin.broker.session;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Pending;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.shard.Happening;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Lets a message pass to the client only where the client may receive it. While somebody else is asked about one message, those after
 * it wait: QoS 1 and 2 in the queue, QoS 0 here. Thread: the shard.
 */
final class DeliveryGate {
    private static final int HELD_MAX = 1_000;
    private static final long HELD_BYTES_MAX = 256 << 10;

    /** What becomes of a message. */
    enum Way {
        OPEN,
        SHUT,
        /** Not known yet: the message has to wait. */
        ASKING
    }

    private final Session session;
    private boolean asking;
    private int turn; // answers for an earlier connection are void
    private @Nullable ArrayDeque<Held> held;
    private long heldBytes;
    private @Nullable Message judged; // the message that was asked about, until it comes again
    private boolean judgedAllowed;

    DeliveryGate(Session session) {
        this.session = session;
    }

    private record Held(Message message, Runnable again) {}

    boolean isAsking() {
        return asking;
    }

    /** @param distrusted whether to ask even where all subscriptions are wholly allowed */
    @SuppressWarnings("ReferenceEquality") // this very message
    Way way(Message message, boolean distrusted) {
        if (message == judged) {
            judged = null;
            return judgedAllowed ? Way.OPEN : shut(message);
        }
        if (asking) {
            return Way.ASKING;
        }
        if (!distrusted && !session.subscriptions().isInPart()) {
            return Way.OPEN;
        }
        return switch (session.standing().permissions().receive(message.topic())) {
            case Verdict verdict -> verdict.allowed() ? Way.OPEN : shut(message);
            case Pending pending -> {
                ask(pending, message);
                yield Way.ASKING;
            }
        };
    }

    private Way shut(Message message) {
        session.context().counters().increment(Counter.DROPPED_NOT_AUTHORIZED);
        session.shard().recorder().lost(Happening.RECEIVE_DENIED, session.clientId(), message);
        session.context()
                .core()
                .events()
                .denied(session.principal(), Action.RECEIVE, message.topic().text());
        return Way.SHUT;
    }

    private void ask(Pending pending, Message message) {
        asking = true;
        int mine = ++turn;
        session.standing().permissions().await(pending, Action.RECEIVE, message.topic(), allowed -> {
            if (mine == turn) {
                asking = false;
                judged = message; // the answer holds for it, even if it is not to be remembered
                judgedAllowed = allowed;
                release();
            }
        });
    }

    /** Keeps a QoS 0 message until the answer is there; beyond a bound it is dropped, as QoS 0 may be. */
    void hold(Message message, Runnable again) {
        ArrayDeque<Held> waiting = held;
        if (waiting == null) {
            waiting = new ArrayDeque<>();
            held = waiting;
        }
        boolean full = waiting.size() >= HELD_MAX || heldBytes + message.weight() > HELD_BYTES_MAX;
        if (full && !waiting.isEmpty()) {
            session.context().counters().increment(Counter.DROPPED_QUEUE_FULL);
            session.shard().recorder().lost(Happening.QUEUE_FULL, session.clientId(), message);
        } else {
            waiting.add(new Held(message, again));
            heldBytes += message.weight();
        }
    }

    // The queue first: it holds the message that was judged, or what was held does. What has to be asked about now
    // waits again.
    private void release() {
        ArrayDeque<Held> waiting = held;
        held = null;
        heldBytes = 0;
        session.outgoing().pump();
        while (waiting != null && !waiting.isEmpty()) {
            waiting.remove().again.run();
        }
    }

    /** The connection is gone. */
    void detach() {
        turn++;
        asking = false;
        judged = null;
        held = null;
        heldBytes = 0;
    }
}
