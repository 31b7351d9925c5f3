package io.dunlin.transport;

import io.dunlin.broker.port.ShardExecutor;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A shard's thread: one event loop. A task that throws is logged; the loop goes on. */
final class LoopExecutor implements ShardExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(LoopExecutor.class);

    private static final long TICK_SECONDS_MAX = 5;

    private final int index;
    private final SingleThreadIoEventLoop loop;
    private final LoopKind kind;

    // The end of the tick; only the shard's thread touches these.
    private final ArrayDeque<Runnable> tickEnd = new ArrayDeque<>();
    private final Runnable runTickEnd = this::runTickEnd;
    private final Runnable armTickEnd = this::armTickEnd;
    private boolean armed;
    private boolean running;

    LoopExecutor(int index, SingleThreadIoEventLoop loop, LoopKind kind) {
        this.index = index;
        this.loop = loop;
        this.kind = kind;
    }

    SingleThreadIoEventLoop loop() {
        return loop;
    }

    LoopKind kind() {
        return kind;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean isCurrent() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("shard {} has ended and drops a task", index, e);
        }
    }

    @Override
    public void atTickEnd(Runnable task) {
        tickEnd.add(task);
        if (!armed) {
            armed = true;
            if (running) {
                // Netty would run it in the round that is ending; a task makes the next round come without waiting.
                execute(armTickEnd);
            } else {
                armTickEnd();
            }
        }
    }

    /** Returns after the loop has looked at its sockets once more. Thread: any but the shard. */
    void awaitTick() {
        CountDownLatch looked = new CountDownLatch(1);
        execute(() -> atTickEnd(() -> execute(looked::countDown)));
        try {
            if (!looked.await(TICK_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("shard {} is busy for more than {} s", index, TICK_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void armTickEnd() {
        try {
            loop.executeAfterEventLoopIteration(runTickEnd);
        } catch (RejectedExecutionException e) {
            LOG.debug("shard {} has ended and drops the end of its tick", index, e);
        }
    }

    private void runTickEnd() {
        armed = false;
        running = true;
        try {
            for (int left = tickEnd.size(); left > 0; left--) {
                runGuarded(tickEnd.remove());
            }
        } finally {
            running = false;
        }
    }

    private void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a task at the end of a tick of shard {} failed; the shard goes on", index, e);
        }
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        try {
            Future<?> future = loop.schedule(() -> runGuarded(task), delayNanos, TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            LOG.debug("shard {} has ended and drops a timer", index, e);
            return () -> {};
        }
    }

    @Override
    public String toString() {
        return "shard-" + index;
    }
}
