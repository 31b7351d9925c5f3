package io.dunlin.client;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one subscription of a client to the replies to its requests: asked for with the first request, and again after a failure
 * or when the server has lost it. Any thread.
 */
final class ReplySubscription {
    private final MqttClient client;
    private final boolean renewed;
    private final String lastLevel;
    private final Consumer<Delivery> onReply;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<BiConsumer<@Nullable String, @Nullable Throwable>> waiting = new ArrayDeque<>();
    private String base = ""; // Response Information, where the server gave it
    private String filter = ""; // the last one that was asked for
    private @Nullable Route route; // its handler's
    private State state = State.NONE;

    private enum State {
        NONE,
        ASKED,
        GRANTED
    }

    /**
     * @param renewed whether the client itself subscribes again where the server has lost the session
     * @param lastLevel makes the topic one of this client alone
     */
    ReplySubscription(MqttClient client, boolean renewed, String lastLevel, Consumer<Delivery> onReply) {
        this.client = client;
        this.renewed = renewed;
        this.lastLevel = lastLevel;
        this.onReply = onReply;
    }

    void onConnack(Connack connack) {
        String said = connack.properties().text(Property.RESPONSE_INFORMATION); // 3.2.2.3.15
        String changed = said == null ? "" : said;
        lock.lock();
        try {
            boolean lost = !connack.sessionPresent() && !renewed || !changed.equals(base);
            if (lost && state == State.GRANTED) {
                state = State.NONE;
            }
            base = changed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Calls back with the topic on which replies arrive, or with what went wrong: at once where the server has granted the
     * subscription, else when it has answered, and in the order of the calls.
     */
    void whenReady(BiConsumer<@Nullable String, @Nullable Throwable> then) {
        boolean granted;
        boolean ask;
        String before;
        String topic;
        lock.lock();
        try {
            granted = state == State.GRANTED;
            ask = state == State.NONE;
            before = filter;
            if (ask) {
                state = State.ASKED;
                filter = chosen();
            }
            topic = filter;
            if (!granted) {
                waiting.add(then);
            }
        } finally {
            lock.unlock();
        }
        if (granted) {
            then.accept(topic, null);
        } else if (ask) {
            subscribe(before, topic);
        }
    }

    private String chosen() {
        String start = base.isEmpty() ? "replies/" + client.clientId().replaceAll("[+#]", "_") : base;
        return start + (start.endsWith("/") ? "" : "/") + lastLevel;
    }

    private void subscribe(String before, String topic) {
        Subscription subscription = Subscription.of(topic).withQos(QoS.AT_LEAST_ONCE);
        Route placed = client.place(subscription, onReply);
        Route former = replaced(placed);
        if (!before.equals(topic)) {
            client.forget(this, former);
        }
        client.subscribeAsync(subscription, placed).whenComplete((answer, failure) -> {
            if (failure != null) {
                failed(Futures.cause(failure));
            } else if (!answer.isAccepted()) {
                failed(MessageQueue.refused(topic, answer));
            } else {
                granted(topic);
            }
        });
    }

    private @Nullable Route replaced(Route placed) {
        lock.lock();
        try {
            Route former = route;
            route = placed;
            return former;
        } finally {
            lock.unlock();
        }
    }

    /** Tells all that wait, in order; those that come meanwhile wait behind them. */
    private void granted(String topic) {
        for (BiConsumer<@Nullable String, @Nullable Throwable> then = nextOrGranted();
                then != null;
                then = nextOrGranted()) {
            then.accept(topic, null);
        }
    }

    private @Nullable BiConsumer<@Nullable String, @Nullable Throwable> nextOrGranted() {
        lock.lock();
        try {
            if (waiting.isEmpty()) {
                state = State.GRANTED;
            }
            return waiting.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Tells all that waited for this answer; who asks from now on, even one who has just been told, asks the server again. */
    private void failed(Throwable failure) {
        List<BiConsumer<@Nullable String, @Nullable Throwable>> told;
        lock.lock();
        try {
            told = List.copyOf(waiting);
            waiting.clear();
            state = State.NONE;
        } finally {
            lock.unlock();
        }
        told.forEach(then -> then.accept(null, failure));
    }
}
