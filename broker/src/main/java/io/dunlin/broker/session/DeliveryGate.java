package io.dunlin.broker.session;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Pending;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Message;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Lets a message pass to the client only where the client may receive it. While somebody else is asked about one message, those after
 * it wait: QoS 1 and 2 in the queue, QoS 0 here. Thread: the shard.
 */
final class DeliveryGate {
    private static final int HELD_MAX = 1_000;

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
    private @Nullable ArrayDeque<Runnable> held;

    DeliveryGate(Session session) {
        this.session = session;
    }

    boolean isAsking() {
        return asking;
    }

    /** @param distrusted whether to ask even where all subscriptions are wholly allowed */
    Way way(Message message, boolean distrusted) {
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
                release();
            }
        });
    }

    /** Keeps a QoS 0 message until the answer is there; beyond a bound it is dropped, as QoS 0 may be. */
    void hold(Runnable again) {
        ArrayDeque<Runnable> waiting = held;
        if (waiting == null) {
            waiting = new ArrayDeque<>();
            held = waiting;
        }
        if (waiting.size() >= HELD_MAX) {
            session.context().counters().increment(Counter.DROPPED_QUEUE_FULL);
        } else {
            waiting.add(again);
        }
    }

    // The verdict is remembered now; a message of another topic may make it wait again.
    private void release() {
        ArrayDeque<Runnable> waiting = held;
        held = null;
        while (waiting != null && !waiting.isEmpty()) {
            if (asking) {
                waiting.forEach(this::hold);
                break;
            }
            waiting.remove().run();
        }
        session.outgoing().pump();
    }

    /** The connection is gone. */
    void detach() {
        turn++;
        asking = false;
        held = null;
    }
}
