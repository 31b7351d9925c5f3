package io.dunlin.simulation;

import io.dunlin.broker.port.Journal;
import io.dunlin.testkit.VirtualClock;
import java.util.random.RandomGenerator;

/** What keeps the broker's journal over crashes: a model, or the real one over a model of a disk. */
public interface Store {
    /** Opens what an earlier run of the broker has left, for the next one; {@link java.io.UncheckedIOException} where it cannot. */
    Journal open(Machine machine);

    /** Whether the disk is such that the store need not open. */
    boolean isInTrouble();

    /** Whether the disk has ever refused a read in this run: then a message may be given up that cannot be read. */
    boolean hasRefusedReads();

    /** Whether what it keeps is in the time of {@link io.dunlin.broker.port.Clock#nanos}, which must then go on over restarts. */
    boolean keepsMonotonicTime();

    /** The process is gone; at a power cut the machine too, with all that was not synced. */
    void crash(boolean powerCut);

    /** The broker has stopped in an orderly way and appends nothing more; done when the store is closed. */
    void close(Runnable closed);

    /** Something of the disk goes wrong for a while. */
    void trouble();

    /** The disk is well again. */
    void troubleEnds();

    /** Nothing goes wrong any more: the run comes to its end. */
    void heal();

    /** Looks for what must not be, at the end of the run. Throws what it finds as AssertionError. */
    void check();

    /** The machine that the broker runs on until it crashes. */
    interface Machine {
        VirtualClock clock();

        RandomGenerator random();

        /** Runs the task later, unless the machine has crashed by then. */
        void after(long nanos, Runnable task);

        /** Runs the task later in any case. */
        void afterAnyway(long nanos, Runnable task);

        /** The store cannot go on: the process ends. */
        void die(String why);

        void note(String verb, long first, long second);
    }

    /** Makes the store of a run; bugs are planted here. */
    interface Factory {
        Store create(RandomGenerator random);
    }
}
