package io.dunlin.simulation;

import io.dunlin.storage.StoreExecutor;
import java.time.Duration;
import java.util.ArrayDeque;

/** The store's threads as steps in virtual time: each lane one at a time, each step a little later, a slow disk much later. */
final class StepExecutor implements StoreExecutor {
    private final Store.Machine machine;
    private final ModelDisk disk;
    private long stepNanosMax;
    private boolean isEnded;
    private final Lane writer = new Lane();
    private final Lane keeper = new Lane();
    private final Lane reader = new Lane();

    StepExecutor(Store.Machine machine, ModelDisk disk, long stepNanosMax) {
        this.machine = machine;
        this.disk = disk;
        this.stepNanosMax = stepNanosMax;
    }

    /** The process is gone, and its threads with it. */
    void end() {
        isEnded = true;
    }

    /** From now on. */
    void stepNanosMax(long nanos) {
        stepNanosMax = nanos;
    }

    @Override
    public void writer(Runnable step) {
        writer.add(step);
    }

    @Override
    public void keeper(Runnable step) {
        keeper.add(step);
    }

    @Override
    public void reader(Runnable step) {
        reader.add(step);
    }

    @Override
    public void writerAfter(Duration delay, Runnable step) {
        machine.afterAnyway(delay.toNanos(), () -> writer.add(step));
    }

    @Override
    public void keeperAfter(Duration delay, Runnable step) {
        machine.afterAnyway(delay.toNanos(), () -> keeper.add(step));
    }

    private final class Lane {
        private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
        private boolean isBusy;

        void add(Runnable step) {
            waiting.add(step);
            if (!isBusy && !isEnded) {
                next(0);
            }
        }

        private void next(long blockedNanos) {
            isBusy = true;
            machine.afterAnyway(blockedNanos + 1_000 + machine.random().nextLong(stepNanosMax), this::run);
        }

        private void run() {
            Runnable step = waiting.poll();
            if (step != null && !isEnded) {
                disk.takeLatencyNanos();
                step.run();
            }
            isBusy = false;
            if (!waiting.isEmpty() && !isEnded) {
                next(disk.takeLatencyNanos());
            }
        }
    }
}
