package io.dunlin.client;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber of a {@link MessageFlow} and what waits for it. All signals come one at a time from the executor, the first one
 * from the thread that subscribes (1.3). A message is acknowledged when {@code onNext} returned: what nobody asked for stays
 * unacknowledged, and the server's flow control holds the rest back.
 */
final class FlowSubscription implements Flow.Subscription {
    private final int capacity;
    private final Executor executor;
    private final Consumer<FlowSubscription> onEnd;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();
    private Flow.@Nullable Subscriber<? super Delivery> subscriber; // null after the end (3.13)
    private long demand;
    private boolean signalling = true; // somebody is calling the subscriber, or about to
    private boolean fetched;
    private @Nullable Route route;
    private boolean ended; // no more messages: cancelled, or about to complete or fail
    private @Nullable Runnable lastSignal;

    FlowSubscription(
            Flow.Subscriber<? super Delivery> subscriber,
            int capacity,
            Executor executor,
            Consumer<FlowSubscription> onEnd) {
        this.subscriber = Objects.requireNonNull(subscriber, "the subscriber"); // 1.9
        this.capacity = capacity;
        this.executor = executor;
        this.onEnd = onEnd;
    }

    /** Tells the subscriber first (1.9), then starts to fetch. */
    void start(Runnable fetch) {
        Flow.Subscriber<? super Delivery> told = subscriber;
        if (told != null) {
            try {
                told.onSubscribe(this);
            } catch (RuntimeException | Error e) { // 2.13: it counts as one that cancelled
                violated(e);
            }
        }
        lock.lock();
        try {
            signalling = false;
            fetched = !ended;
        } finally {
            lock.unlock();
        }
        if (hasFetched()) {
            fetch.run();
        }
        signal();
    }

    /** Whether the server may have been asked for messages. */
    boolean hasFetched() {
        lock.lock();
        try {
            return fetched;
        } finally {
            lock.unlock();
        }
    }

    /** What the subscription's handler is known by, or null before the server was asked. */
    @Nullable
    Route route() {
        lock.lock();
        try {
            return route;
        } finally {
            lock.unlock();
        }
    }

    void route(Route placed) {
        lock.lock();
        try {
            route = placed;
        } finally {
            lock.unlock();
        }
    }

    boolean hasEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** The handler of the subscription: waits while there is no room. */
    void put(Delivery delivery) {
        delivery.hold();
        if (add(delivery)) {
            signal();
        } else {
            delivery.ack(); // unacknowledged it would hold up those of all other subscriptions
        }
    }

    private boolean add(Delivery delivery) {
        lock.lock();
        try {
            while (waiting.size() >= capacity && !ended) {
                room.awaitUninterruptibly();
            }
            return !ended && waiting.add(delivery);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void request(long count) {
        if (count <= 0) { // 3.9
            fail(new IllegalArgumentException("Rule 3.9: request(n) needs an n of 1 or more, not " + count + "."));
            return;
        }
        lock.lock();
        try {
            demand = demand + count < 0 ? Long.MAX_VALUE : demand + count; // 3.8, 3.17
        } finally {
            lock.unlock();
        }
        signal(); // 3.3, 3.4: on the executor, so it neither recurses nor takes long
    }

    @Override
    public void cancel() { // 3.5, 3.7
        end(null);
    }

    void complete() {
        Flow.Subscriber<? super Delivery> told = subscriber();
        end(told == null ? null : told::onComplete);
    }

    void fail(Throwable cause) {
        Flow.Subscriber<? super Delivery> told = subscriber();
        end(told == null ? null : () -> told.onError(cause));
    }

    private Flow.@Nullable Subscriber<? super Delivery> subscriber() {
        lock.lock();
        try {
            return subscriber;
        } finally {
            lock.unlock();
        }
    }

    /** The first end counts (1.7); messages that were not given out are acknowledged and gone. */
    private void end(@Nullable Runnable signal) {
        List<Delivery> given;
        lock.lock();
        try {
            if (ended) {
                if (signal == null) {
                    lastSignal = null; // cancelled before the end was told (3.12)
                    subscriber = null;
                }
                return;
            }
            ended = true;
            lastSignal = signal;
            subscriber = null;
            given = List.copyOf(waiting);
            waiting.clear();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        for (Delivery delivery : given) {
            delivery.ack();
        }
        onEnd.accept(this);
        signal();
    }

    private void signal() {
        lock.lock();
        try {
            if (signalling || !hasSignal()) {
                return;
            }
            signalling = true;
        } finally {
            lock.unlock();
        }
        executor.execute(this::run);
    }

    private boolean hasSignal() {
        return lastSignal != null || (demand > 0 && !waiting.isEmpty());
    }

    private void run() {
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (RuntimeException | Error e) { // 2.13
                violated(e);
            }
        }
    }

    private void violated(Throwable e) {
        System.getLogger("io.dunlin.client").log(Level.ERROR, "A subscriber of a flow failed; it gets no more.", e);
        cancel();
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            Runnable last = lastSignal;
            Flow.Subscriber<? super Delivery> to = subscriber;
            if (last != null) {
                lastSignal = null; // 1.7: nothing follows it
                return last;
            }
            if (demand == 0 || waiting.isEmpty() || to == null) {
                signalling = false;
                return null;
            }
            demand = demand == Long.MAX_VALUE ? demand : demand - 1; // 1.1
            Delivery delivery = waiting.remove();
            room.signal();
            return () -> {
                try {
                    to.onNext(delivery);
                } finally {
                    delivery.ack();
                }
            };
        } finally {
            lock.unlock();
        }
    }
}
