package io.dunlin.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Several shards in one thread under one virtual clock. Without a generator they tick in turn and each tick takes all that
 * waits; with one, which shard ticks next and how much it takes is drawn from it: the same seed gives the same run.
 * Thread: one, the test's.
 */
public final class StepShards {
    private static final long TICKS_MAX = 5_000_000;

    private final VirtualClock clock;
    private final @Nullable RandomGenerator random;
    private final List<StepShard> shards = new ArrayList<>();
    private final List<Throwable> faults = new ArrayList<>();
    private @Nullable StepShard current;
    private long sequence;
    private int turn;

    public StepShards(int count, @Nullable RandomGenerator random) {
        this(count, random, new VirtualClock());
    }

    public StepShards(int count, @Nullable RandomGenerator random, VirtualClock clock) {
        this.clock = clock;
        this.random = random;
        for (int i = 0; i < count; i++) {
            shards.add(new StepShard(this, i));
        }
    }

    public VirtualClock clock() {
        return clock;
    }

    public List<StepShard> shards() {
        return List.copyOf(shards);
    }

    /** What was thrown inside the shards. A sound core lets nothing through: a test that finds one here fails. */
    public List<Throwable> faults() {
        return faults;
    }

    /** Ticks until no shard has work at this moment of virtual time. */
    public void settle() {
        if (current != null) {
            throw new IllegalStateException("settle() was called from inside shard " + current.index());
        }
        for (long ticks = 0; tick(); ticks++) {
            if (ticks == TICKS_MAX) {
                throw new AssertionError("the shards do not come to rest: " + TICKS_MAX + " ticks at one moment");
            }
        }
    }

    /** One tick of one shard that has work; false where none has. */
    public boolean tick() {
        List<StepShard> busy = new ArrayList<>(shards.size());
        for (StepShard shard : shards) {
            if (shard.hasWork()) {
                busy.add(shard);
            }
        }
        if (busy.isEmpty()) {
            return false;
        }
        StepShard shard = random == null ? inTurn(busy) : busy.get(random.nextInt(busy.size()));
        current = shard;
        try {
            shard.tick(random);
        } finally {
            current = null;
        }
        return true;
    }

    /** Lets this much time pass; timers run at their moments, in order. */
    public void advance(Duration duration) {
        long target = clock.nanos() + duration.toNanos();
        settle();
        while (true) {
            Long next = nextDeadline();
            if (next == null || next - target > 0) {
                break;
            }
            clock.moveTo(next);
            settle();
        }
        clock.moveTo(target);
        settle();
    }

    /** The time of the next timer of any shard, or null where none waits. */
    public @Nullable Long nextDeadline() {
        Long next = null;
        for (StepShard shard : shards) {
            Long deadline = shard.nextDeadline();
            if (deadline != null && (next == null || deadline - next < 0)) {
                next = deadline;
            }
        }
        return next;
    }

    /** Time passes at once, as on a machine that was suspended: timers run late, all at the end. */
    public void leap(Duration duration) {
        settle();
        clock.moveTo(clock.nanos() + duration.toNanos());
        settle();
    }

    private StepShard inTurn(List<StepShard> busy) {
        StepShard next = busy.get(Math.floorMod(turn, busy.size()));
        turn++;
        return next;
    }

    boolean isCurrent(StepShard shard) {
        return current == shard;
    }

    long nextSequence() {
        return sequence++;
    }

    void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | AssertionError | StackOverflowError fault) {
            faults.add(fault);
        }
    }

    void fault(Throwable fault) {
        faults.add(fault);
    }
}
