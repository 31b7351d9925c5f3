package io.dunlin.client;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the application's listener of changes, one at a time and in order, on the executor of the handlers. Any thread. */
final class StateTeller implements Runnable {
    private final Consumer<ConnectionState.Change> listener;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<ConnectionState.Change> waiting = new ArrayDeque<>(1);
    private boolean running;

    StateTeller(Consumer<ConnectionState.Change> listener, Executor executor) {
        this.listener = listener;
        this.executor = executor;
    }

    void tell(ConnectionState.Change change) {
        lock.lock();
        try {
            waiting.add(change);
            if (running) {
                return;
            }
            running = true;
        } finally {
            lock.unlock();
        }
        executor.execute(this);
    }

    @Override
    public void run() {
        for (ConnectionState.Change change = next(); change != null; change = next()) {
            try {
                listener.accept(change);
            } catch (Throwable e) { // the next change is told all the same
                System.getLogger("io.dunlin.client").log(Level.ERROR, "The listener for states failed.", e);
            }
        }
    }

    private ConnectionState.@Nullable Change next() {
        lock.lock();
        try {
            ConnectionState.Change next = waiting.poll();
            running = next != null;
            return next;
        } finally {
            lock.unlock();
        }
    }
}
