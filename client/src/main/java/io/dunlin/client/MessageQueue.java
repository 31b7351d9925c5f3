package io.dunlin.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one subscription, to be fetched: for scripts, tests and loops of one's own. From {@link MqttClient#queue}.
 *
 * <p>It holds {@code capacity} messages at most. While it is full the subscription waits: messages of QoS 1 and 2 stay
 * unacknowledged, so that the server's flow control holds the rest back; what happens to messages of QoS 0 is the choice of the
 * client's options. Acknowledgements leave in the order in which the messages came, so messages of other subscriptions that came
 * later have to wait for theirs too: take what you asked for, or close the queue.
 *
 * <p>A filter has one handler: where another queue, flow or handler of the same filter is opened, this queue gets nothing any
 * more, and closing it leaves the other one as it is.
 *
 * <p>Safe for use by many threads; each message goes to one of them. It goes on over lost connections.
 */
public final class MessageQueue implements AutoCloseable {
    /** When a message of QoS 1 or 2 is acknowledged. */
    public enum Acknowledge {
        /** As it is taken out: a process that dies right then has lost it. */
        WHEN_TAKEN,
        /** By {@link Delivery#ack}: what is not acknowledged comes again. */
        MANUALLY
    }

    private final MqttClient client;
    private final String filter;
    private final int capacity;
    private final Acknowledge acknowledge;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition filled = lock.newCondition();
    private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();
    private @Nullable Route route;
    private boolean closed;
    private long discarded;

    MessageQueue(MqttClient client, String filter, int capacity, Acknowledge acknowledge) {
        if (capacity < 1) {
            throw new IllegalArgumentException("A queue must have room for 1 message at least.");
        }
        this.client = client;
        this.filter = filter;
        this.capacity = capacity;
        this.acknowledge = acknowledge;
    }

    /** The handler of the subscription: waits while there is no room. */
    void put(Delivery delivery) {
        delivery.hold();
        lock.lock();
        try {
            while (waiting.size() >= capacity && !closed) {
                room.awaitUninterruptibly();
            }
            if (!closed) {
                waiting.add(delivery);
                filled.signal();
                return;
            }
            discarded++;
        } finally {
            lock.unlock();
        }
        delivery.ack();
    }

    /**
     * The next message; waits for it as long as it takes.
     *
     * @throws ConnectionLost where the queue or its client is closed
     * @throws IllegalStateException where it would have to wait on a thread of the network
     * @throws InterruptedException where the thread is interrupted
     */
    public Delivery take() throws InterruptedException {
        Delivery next = next(Long.MAX_VALUE);
        if (next == null) {
            throw Session.lost("The queue of " + filter + " is closed.", null);
        }
        return next;
    }

    /**
     * The next message; waits for it so long at most.
     *
     * @throws TimedOut where none comes in that time
     * @throws ConnectionLost where the queue or its client is closed
     * @throws InterruptedException where the thread is interrupted
     */
    public Delivery take(Duration timeout) throws InterruptedException {
        Delivery next = next(TimeUnit.MILLISECONDS.toNanos(timeout.toMillis()));
        if (next == null) {
            if (isClosed()) {
                throw Session.lost("The queue of " + filter + " is closed.", null);
            }
            throw new TimedOut("No message on " + filter + " came within " + timeout.toMillis() + " ms.");
        }
        return next;
    }

    /** The next message, or null where none is there; never waits. */
    public @Nullable Delivery poll() {
        lock.lock();
        try {
            return remove();
        } finally {
            lock.unlock();
        }
    }

    /** The next message, or null where none comes in that time, or the queue is closed. */
    public @Nullable Delivery poll(Duration timeout) throws InterruptedException {
        return next(TimeUnit.MILLISECONDS.toNanos(timeout.toMillis()));
    }

    private @Nullable Delivery next(long nanosMax) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanosLeft = nanosMax;
            while (waiting.isEmpty() && !closed && nanosLeft > 0) {
                MqttClient.requireOtherThread();
                nanosLeft = filled.awaitNanos(nanosLeft);
            }
            return remove();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Delivery remove() {
        Delivery next = waiting.poll();
        if (next != null) {
            room.signal();
            if (acknowledge == Acknowledge.WHEN_TAKEN) {
                next.ack();
            }
        }
        return next;
    }

    /** The messages that could be taken now: 0 to the capacity. */
    public int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many messages were given up because the queue was closed before they were taken. */
    public long discarded() {
        lock.lock();
        try {
            return discarded;
        } finally {
            lock.unlock();
        }
    }

    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Unsubscribes, without waiting for the answer, where no other handler has taken the filter over. Messages that nobody took are given up, acknowledged and counted: left
     * unacknowledged they would hold up those of all other subscriptions. Threads that wait in {@link #take} get ConnectionLost.
     */
    @Override
    public void close() {
        for (Delivery delivery : end()) {
            delivery.ack();
        }
        client.forget(this, route());
    }

    private @Nullable Route route() {
        lock.lock();
        try {
            return route;
        } finally {
            lock.unlock();
        }
    }

    private List<Delivery> end() {
        lock.lock();
        try {
            closed = true;
            List<Delivery> given = List.copyOf(waiting);
            discarded += given.size();
            waiting.clear();
            room.signalAll();
            filled.signalAll();
            return given;
        } finally {
            lock.unlock();
        }
    }

    /** Subscribes, and waits for the answer. Where that fails, an earlier handler of the filter is back in its place. */
    MessageQueue open(Subscription subscription) {
        Route earlier = client.placed(filter);
        Route placed = client.place(subscription, this::put);
        lock.lock();
        try {
            route = placed;
        } finally {
            lock.unlock();
        }
        boolean unknown = true; // whether the server has the subscription
        try {
            SubscribeResult answer = client.subscribe(subscription, placed);
            unknown = false;
            if (!answer.isAccepted()) {
                throw refused(filter, answer);
            }
        } catch (RuntimeException e) {
            end().forEach(Delivery::ack);
            if (earlier != null || !unknown) {
                client.putBack(placed, earlier);
            } else {
                client.forget(this, placed);
            }
            throw e;
        }
        // With the client, what was not taken stays unacknowledged: the server sends it again to the same session.
        client.receivers().add(this, this::end);
        return this;
    }

    static RequestRefused refused(String filter, SubscribeResult answer) {
        return new RequestRefused(
                "The server refused the subscription to " + filter,
                answer.reasons().get(0),
                answer.properties());
    }
}
