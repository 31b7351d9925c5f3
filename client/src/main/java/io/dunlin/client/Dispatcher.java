package io.dunlin.client;

import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings messages to their handlers: one at a time, in the order of arrival, on the executor. When many wait, the reading
 * thread waits too, and so does the server.
 */
final class Dispatcher {
    private static final int WAITING_MAX = 4096;

    private final Executor executor;
    private final boolean manualAck;
    private final List<ClientOptions.Route> routes;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();
    private boolean running;

    Dispatcher(@Nullable Executor executor, boolean manualAck, List<ClientOptions.Route> routes) {
        this.executor = executor == null ? ownThread() : executor;
        this.manualAck = manualAck;
        this.routes = new CopyOnWriteArrayList<>(routes);
    }

    private static Executor ownThread() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "dunlin-handler");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Runs on the caller's thread; a message that comes afterwards goes to the handler. */
    void add(TopicFilter filter, Consumer<Delivery> handler) {
        routes.removeIf(route -> filter.equals(route.filter()));
        routes.add(new ClientOptions.Route(filter, handler));
    }

    void remove(TopicFilter filter) {
        routes.removeIf(route -> filter.equals(route.filter()));
    }

    /** Runs on the reading thread. */
    void dispatch(Delivery delivery) {
        lock.lock();
        try {
            while (waiting.size() >= WAITING_MAX) {
                room.awaitUninterruptibly();
            }
            waiting.add(delivery);
            if (running) {
                return;
            }
            running = true;
        } finally {
            lock.unlock();
        }
        executor.execute(this::run);
    }

    private void run() {
        for (Delivery delivery = next(); delivery != null; delivery = next()) {
            handle(delivery);
            if (!manualAck && !delivery.isHeld()) {
                delivery.ack();
            }
        }
    }

    private @Nullable Delivery next() {
        lock.lock();
        try {
            Delivery delivery = waiting.poll();
            running = delivery != null;
            room.signal();
            return delivery;
        } finally {
            lock.unlock();
        }
    }

    private void handle(Delivery delivery) {
        boolean handled = false;
        TopicName topic = delivery.topicName();
        for (ClientOptions.Route route : routes) {
            TopicFilter filter = route.filter();
            if (filter != null ? filter.matches(topic) : !handled) {
                handled = true;
                call(route.handler(), delivery);
            }
        }
        if (!handled) {
            log(Level.WARNING, "No handler takes the message on " + topic + ".", null);
        }
    }

    private static void call(Consumer<Delivery> handler, Delivery delivery) {
        try {
            handler.accept(delivery);
        } catch (RuntimeException e) { // the next message has its own chance
            log(Level.ERROR, "The handler of " + delivery.topic() + " failed.", e);
        }
    }

    private static void log(Level level, String message, @Nullable Throwable cause) {
        System.getLogger("io.dunlin.client").log(level, message, cause);
    }
}
