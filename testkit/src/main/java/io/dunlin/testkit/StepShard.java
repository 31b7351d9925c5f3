package io.dunlin.testkit;

import io.dunlin.broker.port.ShardExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One shard of {@link StepShards}: queues that are worked off when a test says so. Thread: the test's, but for execute. */
public final class StepShard implements ShardExecutor {
    private final StepShards all;
    private final int index;

    private final Queue<Runnable> ready = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Waiting> timers = new PriorityQueue<>();
    private List<Runnable> tickEnd = new ArrayList<>();

    StepShard(StepShards all, int index) {
        this.all = all;
        this.index = index;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean isCurrent() {
        return all.isCurrent(this);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void atTickEnd(Runnable task) {
        requireCurrent("atTickEnd");
        tickEnd.add(task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        requireCurrent("schedule");
        if (delayNanos < 0) {
            throw new IllegalArgumentException("a delay is at least 0, not " + delayNanos);
        }
        Waiting waiting = new Waiting(all.clock().nanos() + delayNanos, all.nextSequence(), task);
        timers.add(waiting);
        return () -> {
            requireCurrent("cancel");
            timers.remove(waiting);
        };
    }

    /** What a ready socket would do: runs in the first part of the next tick. */
    void ready(Runnable event) {
        ready.add(event);
    }

    boolean hasWork() {
        return !ready.isEmpty() || !tasks.isEmpty() || !tickEnd.isEmpty() || isTimerDue();
    }

    /** The time of the next timer, or null where none waits. */
    @Nullable
    Long nextDeadline() {
        Waiting next = timers.peek();
        return next == null ? null : next.deadline;
    }

    /** One tick: sockets, tasks and due timers, end. With a generator, only some of the sockets and tasks that wait. */
    void tick(@Nullable RandomGenerator random) {
        drain(ready, random);
        Waiting due = timers.peek();
        while (due != null && isTimerDue()) {
            timers.poll();
            all.run(due.task);
            due = timers.peek();
        }
        drain(tasks, random);
        List<Runnable> ends = tickEnd;
        tickEnd = new ArrayList<>();
        ends.forEach(all::run);
    }

    private void drain(Queue<Runnable> queue, @Nullable RandomGenerator random) {
        int count = queue.size();
        if (random != null && count > 1) {
            count = 1 + random.nextInt(count);
        }
        for (int i = 0; i < count; i++) {
            Runnable next = queue.poll();
            if (next != null) {
                all.run(next);
            }
        }
    }

    private boolean isTimerDue() {
        Waiting next = timers.peek();
        return next != null && next.deadline - all.clock().nanos() <= 0;
    }

    void requireCurrent(String what) {
        if (!isCurrent()) {
            throw new IllegalStateException(what + " belongs on shard " + index + ", but was called outside of it");
        }
    }

    private record Waiting(long deadline, long sequence, Runnable task) implements Comparable<Waiting> {
        @Override
        public int compareTo(Waiting other) {
            int byTime = Long.signum(deadline - other.deadline);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
