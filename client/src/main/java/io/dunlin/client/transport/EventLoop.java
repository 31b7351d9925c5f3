package io.dunlin.client.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread for many connections: it waits for sockets, and runs tasks and timers in between. Nothing that runs on it may
 * block. The thread starts when it is needed, and ends after some seconds with nothing to do.
 */
public final class EventLoop implements Executor {
    private static final int SHARED_MAX = Math.min(4, Runtime.getRuntime().availableProcessors());
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int TASKS_IN_A_TURN = 4_096;

    private static final ReentrantLock SHARED_LOCK = new ReentrantLock();
    private static final List<EventLoop> SHARED = new ArrayList<>();
    private static int next;

    /** Hears that its socket is ready. */
    interface Handler {
        void onReady(SelectionKey key);

        /** A fault of what runs above it. */
        void onFault(Throwable fault);
    }

    private static final class LoopThread extends Thread {
        LoopThread(Runnable run, String name) {
            super(run, name);
        }
    }

    private final String name;
    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final Consumer<SelectionKey> ready = this::ready;
    private volatile @Nullable Thread thread;

    // for the loop's thread
    private final TimerHeap timers = new TimerHeap();
    private @Nullable Scratch scratch;

    EventLoop(String name) {
        this.name = name;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("No selector can be opened: raise the limit of open files.", e);
        }
    }

    /** One of a few loops, in turn: as many as the machine has cores, four at most. Any thread. */
    public static EventLoop shared() {
        SHARED_LOCK.lock();
        try {
            if (SHARED.size() < SHARED_MAX) {
                SHARED.add(new EventLoop("dunlin-io-" + (SHARED.size() + 1)));
                return SHARED.get(SHARED.size() - 1);
            }
            next = (next + 1) % SHARED.size();
            return SHARED.get(next);
        } finally {
            SHARED_LOCK.unlock();
        }
    }

    /** Runs the task on the loop's thread, after all that was handed over before; never at once. Any thread. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (inLoop()) {
            return;
        }
        if (!running.get() && running.compareAndSet(false, true)) {
            Thread started = new LoopThread(this::run, name);
            started.setDaemon(true);
            started.start();
        } else if (asleep.get() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
    }

    /** Whether the caller is on the thread of any loop, where nothing may wait. */
    public static boolean isLoopThread() {
        return Thread.currentThread() instanceof LoopThread;
    }

    /** Whether the caller is on the loop's thread. */
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /** Runs the task after so long, to about a millisecond. Any thread. */
    public Timer schedule(long delayNanos, Runnable task) {
        Timer timer = new Timer(this, System.nanoTime() + Math.max(delayNanos, 0), task);
        if (inLoop()) {
            timers.add(timer);
        } else {
            execute(() -> {
                if (!timer.isCancelled()) {
                    timers.add(timer);
                }
            });
        }
        return timer;
    }

    void forget(Timer timer) {
        if (inLoop()) {
            timers.remove(timer);
        } else {
            execute(() -> timers.remove(timer));
        }
    }

    /** On the loop's thread. */
    SelectionKey register(SelectableChannel channel, int operations, Handler handler) throws IOException {
        return channel.register(selector, operations, handler);
    }

    /** The buffers that all connections of this loop share. On the loop's thread. */
    Scratch scratch() {
        Scratch current = scratch;
        if (current == null) {
            current = new Scratch();
            scratch = current;
        }
        return current;
    }

    private void run() {
        thread = Thread.currentThread();
        long busyAt = System.nanoTime();
        while (true) {
            turn();
            if (!isIdle()) {
                busyAt = System.nanoTime();
            } else if (System.nanoTime() - busyAt >= IDLE_NANOS) {
                thread = null;
                scratch = null;
                running.set(false);
                if (tasks.isEmpty() || !running.compareAndSet(false, true)) {
                    return; // whoever hands a task over from now on starts a new thread
                }
                thread = Thread.currentThread();
            }
        }
    }

    private boolean isIdle() {
        return tasks.isEmpty() && timers.isEmpty() && selector.keys().isEmpty();
    }

    private void turn() {
        try {
            long waitMillis = isIdle() ? TimeUnit.NANOSECONDS.toMillis(IDLE_NANOS) + 1 : millisToTimer();
            asleep.set(true);
            if (waitMillis <= 0 || !tasks.isEmpty()) {
                selector.selectNow(ready);
            } else if (waitMillis == Long.MAX_VALUE) {
                selector.select(ready);
            } else {
                selector.select(ready, waitMillis);
            }
        } catch (IOException e) {
            log("The loop cannot wait for its sockets.", e);
        }
        asleep.set(false);
        runTimers();
        runTasks();
    }

    private long millisToTimer() {
        Timer first = timers.first();
        if (first == null) {
            return Long.MAX_VALUE;
        }
        long nanos = first.dueNanos - System.nanoTime();
        return nanos <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    }

    private void runTimers() {
        Timer first = timers.first();
        if (first == null) {
            return;
        }
        long now = System.nanoTime();
        while (first != null && first.dueNanos - now <= 0) {
            timers.remove(first);
            try {
                first.run();
            } catch (RuntimeException | Error e) { // the other connections go on
                log("A timer failed.", e);
            }
            first = timers.first();
        }
    }

    private void runTasks() {
        for (int i = 0; i < TASKS_IN_A_TURN; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            try {
                task.run();
            } catch (RuntimeException | Error e) { // the other connections go on
                log("A task failed.", e);
            }
        }
    }

    private void ready(SelectionKey key) {
        asleep.set(false);
        Handler handler = (Handler) key.attachment();
        try {
            handler.onReady(key);
        } catch (RuntimeException | Error e) { // the other connections go on
            log("A connection failed.", e);
            handler.onFault(e);
        }
    }

    private static void log(String message, Throwable cause) {
        System.getLogger("io.dunlin.client").log(Level.ERROR, message, cause);
    }

    @Override
    public String toString() {
        return name;
    }
}
