package io.dunlin.cli.args;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A wait that nothing but time or an interruption ends. */
public final class Pause {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private Pause() {}

    /** @return false always: the time was used up */
    public static boolean nanos(long nanos) throws InterruptedException {
        return NEVER.await(nanos, TimeUnit.NANOSECONDS);
    }
}
