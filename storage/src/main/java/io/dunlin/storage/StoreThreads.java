package io.dunlin.storage;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store's threads: {@code journal}, {@code store-keeper} and a few {@code store-read-N}. They are never interrupted. */
public final class StoreThreads implements StoreExecutor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreThreads.class);

    private final ScheduledThreadPoolExecutor writer;
    private final ScheduledThreadPoolExecutor keeper;
    private final ScheduledThreadPoolExecutor readers;

    /** @param readers how many threads read */
    public StoreThreads(int readers) {
        this.writer = pool(1, "journal");
        this.keeper = pool(1, "store-keeper");
        this.readers = pool(readers, "store-read-%d");
    }

    private static ScheduledThreadPoolExecutor pool(int threads, String name) {
        AtomicInteger next = new AtomicInteger(1);
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, name.formatted(next.getAndIncrement()));
            thread.setDaemon(true);
            return thread;
        };
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(threads, factory);
        pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        pool.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return pool;
    }

    @Override
    public void writer(Runnable step) {
        writer.execute(guarded(step));
    }

    @Override
    public void keeper(Runnable step) {
        keeper.execute(guarded(step));
    }

    @Override
    public void reader(Runnable step) {
        readers.execute(guarded(step));
    }

    @Override
    public void writerAfter(Duration delay, Runnable step) {
        writer.schedule(guarded(step), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void keeperAfter(Duration delay, Runnable step) {
        keeper.schedule(guarded(step), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static Runnable guarded(Runnable step) {
        return () -> {
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                LOG.error("A step of the store failed; this is a fault in the program.", e);
            }
        };
    }

    /** Runs what was given and is due, then ends the threads; waits at most ten seconds. What comes later is dropped. */
    @Override
    public void close() {
        for (ScheduledThreadPoolExecutor pool : List.of(readers, keeper, writer)) {
            pool.shutdown();
            try {
                if (!pool.awaitTermination(10, TimeUnit.SECONDS)) {
                    LOG.warn("A thread of the store did not end within 10 seconds.");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
