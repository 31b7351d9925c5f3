package io.dunlin.cli.simulate;

import io.dunlin.cli.args.ExitCode;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, SIGTERM or a key asks a command to end; it does so in good order and then closes this. The process waits for it, but
 * not for ever, and ends with exit code 0.
 */
final class Ending implements AutoCloseable {
    private static final long SECONDS_MAX = 10;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook = new Thread(this::byShutdown);

    Ending() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Asks for the end. */
    void ask() {
        asked.countDown();
    }

    /** @return whether the end was asked for within that time */
    boolean await(long millis) throws InterruptedException {
        return asked.await(millis, TimeUnit.MILLISECONDS);
    }

    private void byShutdown() {
        ask();
        try {
            boolean clean = over.await(SECONDS_MAX, TimeUnit.SECONDS);
            Runtime.getRuntime().halt(clean ? ExitCode.OK : ExitCode.ERROR);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The command has ended. */
    @Override
    public void close() {
        over.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            awaitHalt(); // the process is on its way down: the hook ends it, with its exit code
        }
    }

    private static void awaitHalt() {
        try {
            new CountDownLatch(1).await(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
