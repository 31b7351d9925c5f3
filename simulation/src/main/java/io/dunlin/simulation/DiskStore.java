package io.dunlin.simulation;

import io.dunlin.broker.port.Journal;
import io.dunlin.simulation.ModelDisk.Trouble;
import io.dunlin.storage.Disk;
import io.dunlin.storage.FileJournal;
import io.dunlin.storage.StoreEvents;
import io.dunlin.storage.StoreId;
import io.dunlin.storage.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The real store over a {@link ModelDisk}, with small segments and frequent checkpoints. */
public final class DiskStore implements Store {
    private static final int KIB = 1024;

    private final RandomGenerator random;
    private final ModelDisk disk;
    private final UnaryOperator<Disk> diskWrapper;
    private final UnaryOperator<Journal> journalWrapper;
    private final StoreOptions options;
    private final StoreId id;
    private final boolean livesOn;
    private final List<StepExecutor> executors = new ArrayList<>();
    private long stepNanosMax;
    private boolean isHealed;
    private @Nullable FileJournal journal;
    private @Nullable Machine machine;
    private @Nullable StepExecutor executor;

    public DiskStore(RandomGenerator random, UnaryOperator<Disk> diskWrapper, UnaryOperator<Journal> journalWrapper) {
        this(random, diskWrapper, journalWrapper, false);
    }

    /**
     * @param livesOn whether a process that was given up for dead goes on with what it had begun, while the next one has
     *     opened the store
     */
    DiskStore(
            RandomGenerator random,
            UnaryOperator<Disk> diskWrapper,
            UnaryOperator<Journal> journalWrapper,
            boolean livesOn) {
        this.random = random;
        this.livesOn = livesOn;
        this.disk = new ModelDisk(random);
        this.diskWrapper = diskWrapper;
        this.journalWrapper = journalWrapper;
        this.id = new StoreId(random.nextLong(), random.nextLong());
        this.stepNanosMax = 1_000L * new int[] {50, 500, 5_000, 40_000}[random.nextInt(4)];
        int segment = 64 * KIB << random.nextInt(2);
        this.options = StoreOptions.DEFAULTS
                .withSegmentBytes(segment, 4 * KIB << random.nextInt(4), segment)
                .withUnwrittenBytesMax(64L * KIB << random.nextInt(6))
                .withCheckpoints(Duration.ofSeconds(2 + random.nextInt(9)), 64L * KIB << random.nextInt(4))
                .withBytesMax(random.nextInt(6) == 0 ? 2_000L * KIB : 0);
    }

    /** The store as it is in production, without a bug planted in it. */
    public static Store.Factory factory() {
        return random -> new DiskStore(random, UnaryOperator.identity(), UnaryOperator.identity());
    }

    ModelDisk disk() {
        return disk;
    }

    @Override
    public Journal open(Machine on) {
        machine = on;
        StepExecutor made = new StepExecutor(on, disk, stepNanosMax);
        executor = made;
        executors.add(made);
        try {
            FileJournal opened =
                    FileJournal.open(diskWrapper.apply(disk), id, options, made, on.clock(), new Events(on));
            journal = opened;
            return journalWrapper.apply(opened);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean hasRefusedReads() {
        return disk.hasRefusedReads();
    }

    @Override
    public boolean isInTrouble() {
        return disk.trouble() != null;
    }

    @Override
    public boolean keepsMonotonicTime() {
        return false;
    }

    @Override
    public void crash(boolean powerCut) {
        journal = null;
        if (!powerCut && livesOn && !isHealed) {
            disk.lockFails();
            return;
        }
        endProcesses();
        if (powerCut) {
            disk.powerCut();
        } else {
            disk.processEnds();
        }
    }

    private void endProcesses() {
        executors.forEach(StepExecutor::end);
        executors.clear();
    }

    @Override
    public void close(Runnable closed) {
        FileJournal closing = journal;
        if (closing == null) {
            closed.run();
            return;
        }
        closing.close().whenComplete((nothing, failure) -> {
            journal = null;
            endProcesses();
            disk.processEnds();
            closed.run();
        });
    }

    @Override
    public void trouble() {
        Machine on = machine;
        if (isHealed || disk.trouble() != null || on == null) {
            return;
        }
        Trouble[] all = Trouble.values();
        Trouble drawn = all[1 + random.nextInt(all.length - 1)];
        on.note("DISK " + drawn, 0, 0);
        disk.trouble(drawn);
    }

    @Override
    public void troubleEnds() {
        disk.trouble(Trouble.NONE);
    }

    @Override
    public void heal() {
        isHealed = true;
        disk.trouble(Trouble.NONE);
        disk.room(Long.MAX_VALUE);
        stepNanosMax = 100_000;
        StepExecutor running = executor;
        if (running != null) {
            running.stepNanosMax(stepNanosMax);
        }
    }

    @Override
    public void check() {
        // what it takes is looked at where the load is known: DiskUseTest
    }

    private record Events(Machine machine) implements StoreEvents {
        @Override
        public void notice(String line) {
            machine.note(line, 0, 0);
        }

        @Override
        public void warning(String line) {
            machine.note(line, 0, 1);
        }

        @Override
        public void failed(String line) {
            machine.note(line, 0, 2);
            machine.die(line);
        }
    }
}
