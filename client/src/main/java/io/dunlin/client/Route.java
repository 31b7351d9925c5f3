package io.dunlin.client;

import io.dunlin.client.Handling.Overflow;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicFilter;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One handler and what waits for it. Messages are offered by the network thread and handled one at a time on the executor. */
final class Route implements Runnable {
    /** What all routes of a client share. */
    interface Owner {
        void dropped(Dropped.Reason reason, Delivery delivery);

        void handled(Delivery delivery, @Nullable Throwable failure);

        /** This route can take no more (1), or can again (-1). */
        void full(int change);
    }

    final @Nullable TopicFilter filter;
    /** What the server is asked to send with the messages of this route's subscription; 0 for none. */
    final int subscriptionId;
    /** Whether the handler waits until the application takes messages. */
    final boolean paced;

    private final Consumer<Delivery> handler;
    private final Handling handling;
    private final Executor executor;
    private final Owner owner;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    // Two queues, so that the oldest message of QoS 0 is at hand; Delivery.order says which of their heads is next.
    private final ArrayDeque<Delivery> unconfirmed = new ArrayDeque<>(0);
    private final ArrayDeque<Delivery> confirmed = new ArrayDeque<>(0);
    private long order;
    private boolean running;
    private @Nullable Thread handles; // the thread that does
    private boolean full;

    Route(
            @Nullable TopicFilter filter,
            int subscriptionId,
            boolean paced,
            Consumer<Delivery> handler,
            Handling handling,
            Executor executor,
            Owner owner) {
        this.filter = filter;
        this.subscriptionId = subscriptionId;
        this.paced = paced;
        this.handler = handler;
        this.handling = handling;
        Executor own = handling.executor();
        this.executor = own == null ? executor : own;
        this.owner = owner;
    }

    /** On the network thread. */
    void offer(Delivery delivery) {
        Delivery victim = null;
        boolean fills = false;
        boolean start = false;
        lock.lock();
        try {
            delivery.order = order++;
            if (delivery.qos() != QoS.AT_MOST_ONCE) {
                confirmed.add(delivery);
            } else if (unconfirmed.size() < handling.queueMax() || handling.overflow() == Overflow.PAUSE_READING) {
                unconfirmed.add(delivery);
                fills = !full
                        && handling.overflow() == Overflow.PAUSE_READING
                        && unconfirmed.size() >= handling.queueMax();
                full |= fills;
            } else if (handling.overflow() == Overflow.DROP_NEWEST) {
                victim = delivery;
            } else {
                victim = unconfirmed.poll();
                unconfirmed.add(delivery);
            }
            if (!running && victim != delivery) {
                running = true;
                start = true;
            }
        } finally {
            lock.unlock();
        }
        if (fills) {
            owner.full(1);
        }
        if (victim != null) {
            owner.dropped(Dropped.Reason.HANDLER_SLOW, victim);
        }
        if (start) {
            start();
        }
    }

    private void start() {
        try {
            executor.execute(this);
        } catch (RejectedExecutionException e) { // the application has shut it down; another message may find it open
            lock.lock();
            try {
                running = false;
                idle.signalAll();
            } finally {
                lock.unlock();
            }
            System.getLogger("io.dunlin.client")
                    .log(Level.ERROR, "The executor takes no handler: messages on " + filter + " wait.", e);
        }
    }

    /** Handles what waits, on the executor. */
    @Override
    public void run() {
        for (Delivery delivery = next(); delivery != null; delivery = next()) {
            handle(delivery);
        }
    }

    /** Whatever happens here, the next message has its own chance. */
    private void handle(Delivery delivery) {
        Throwable failure = null;
        try {
            handler.accept(delivery);
        } catch (Throwable e) {
            failure = e;
        }
        try {
            if (!handling.manualAck() && !delivery.isHeld()) {
                delivery.ack();
            }
        } catch (RuntimeException e) { // the store is full or broken; the server sends the message again
            failure = failure == null ? e : failure;
        }
        owner.handled(delivery, failure);
    }

    private @Nullable Delivery next() {
        Delivery next;
        boolean drained = false;
        lock.lock();
        try {
            Delivery first = unconfirmed.peek();
            Delivery other = confirmed.peek();
            boolean fromFirst = first != null && (other == null || first.order < other.order);
            next = fromFirst ? unconfirmed.poll() : confirmed.poll();
            running = next != null;
            handles = running ? Thread.currentThread() : null;
            if (!running) {
                idle.signalAll();
            }
            if (full && unconfirmed.size() <= handling.queueMax() / 2) {
                full = false;
                drained = true;
            }
        } finally {
            lock.unlock();
        }
        if (drained) {
            owner.full(-1);
        }
        return next;
    }

    /** Whether this thread is in its handler. */
    boolean isHandledBy(Thread thread) {
        lock.lock();
        try {
            return handles == thread;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all is handled that it was offered, so long at most. Not in a handler.
     *
     * @throws InterruptedException where the thread is interrupted
     */
    void awaitIdle(long millisMax) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millisMax);
        lock.lockInterruptibly();
        try {
            while (running && left > 0) {
                left = idle.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
