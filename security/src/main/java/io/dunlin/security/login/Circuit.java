package io.dunlin.security.login;

import io.dunlin.broker.port.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before a back end: no more calls at a time than it bears, a bounded number that wait for their turn, and none at all for a
 * pause after it has failed several times in a row; then one call tries. The log has one line when it fails, and one when it answers
 * again.
 *
 * <p>An {@link IOException} says that the back end is away; any other exception that it could not answer this one question, which
 * keeps nobody else out. Each call must end by time-outs of its own. Thread: any; does not block.
 */
public final class Circuit {
    private static final Logger LOG = LoggerFactory.getLogger(Circuit.class);
    private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int IDLE_SECONDS = 10;

    private final String name;
    private final Limits limits;
    private final Clock clock;
    private final Executor threads;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final ArrayDeque<Turn> waiting = new ArrayDeque<>();
    private int underWay;
    private int failuresInARow;
    private boolean open;
    private boolean trying;
    private long openUntilNanos;
    private long downSinceNanos;
    private long failedSinceDown;
    private boolean toldDown;
    private @Nullable Long lastDownNanos;
    private @Nullable Long lastOddNanos;
    private long calls;
    private long failures;
    private long turnedAway;

    /** @param name for log lines, threads and figures: as the configuration calls the back end */
    public Circuit(String name, Limits limits, Clock clock) {
        this(name, limits, clock, threads(name));
    }

    Circuit(String name, Limits limits, Clock clock, Executor threads) {
        this.name = name;
        this.limits = limits;
        this.clock = clock;
        this.threads = threads;
    }

    /** Threads of the platform: looking a host's name up blocks the carrier of a virtual one, and there are few carriers. */
    private static Executor threads(String name) {
        ClassLoader loader = Circuit.class.getClassLoader();
        var factory =
                Thread.ofPlatform().daemon().name("back-end-" + name + "-", 0).factory();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = factory.newThread(work);
                    thread.setContextClassLoader(loader);
                    return thread;
                });
    }

    /**
     * @param callsMax calls under way at a time, at least 1
     * @param waitingMax calls that wait for their turn; more fail at once
     * @param patience how long one may wait: longer, and nobody is interested in the answer any more
     * @param failuresMax failures in a row after which it stops asking, at least 1
     * @param pause for how long
     */
    public record Limits(int callsMax, int waitingMax, Duration patience, int failuresMax, Duration pause) {
        private static final int WAITING_MAX = 1_000;
        private static final int FAILURES_MAX = 5;
        private static final Duration PAUSE = Duration.ofSeconds(5);

        public Limits {
            if (callsMax < 1 || waitingMax < 0 || failuresMax < 1) {
                throw new IllegalArgumentException("a circuit lets at least one call through");
            }
        }

        /** Nobody waits. */
        public Limits(int callsMax, int failuresMax, Duration pause) {
            this(callsMax, 0, Duration.ZERO, failuresMax, pause);
        }

        /** A thousand may wait; five failures, then five seconds. */
        public static Limits of(int callsMax, Duration patience) {
            return new Limits(callsMax, WAITING_MAX, patience, FAILURES_MAX, PAUSE);
        }
    }

    /** Since the start; the last three as they are now. */
    public record Figures(long calls, long failures, long turnedAway, int underWay, int waiting, boolean open) {}

    /** There is no answer: the back end failed, which is the cause, or was not asked. The log has been told as far as it is worth it. */
    public static final class Unavailable extends Exception {
        Unavailable(String message, @Nullable Throwable cause) {
            super(message, cause, false, false);
        }
    }

    /** A call that has not begun; completed with whether it is the one that tries. */
    private record Turn(long endsAtNanos, CompletableFuture<Boolean> comes) {}

    /** Runs work that may block on a thread of its own. Fails with {@link Unavailable} alone. */
    public <T> CompletionStage<T> call(Callable<T> work) {
        return follow(() -> {
            CompletableFuture<T> result = new CompletableFuture<>();
            threads.execute(() -> {
                try {
                    result.complete(work.call());
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
            return result;
        });
    }

    /** Begins work that does not block, and watches it. Fails with {@link Unavailable} alone. */
    public <T> CompletionStage<T> follow(Supplier<CompletionStage<T>> work) {
        try {
            return enter().thenCompose(trial -> begin(work, trial));
        } catch (Unavailable e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private <T> CompletionStage<T> begin(Supplier<CompletionStage<T>> work, boolean trial) {
        CompletionStage<T> stage;
        try {
            stage = work.get();
        } catch (RuntimeException | Error e) {
            stage = CompletableFuture.failedStage(e);
        }
        return stage.handle((value, failure) -> {
                    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure;
                    leave(trial, cause);
                    return cause == null
                            ? CompletableFuture.completedStage(value)
                            : CompletableFuture.<T>failedStage(new Unavailable(name + ": " + text(cause), cause));
                })
                .thenCompose(outcome -> outcome);
    }

    public Figures figures() {
        lock.lock();
        try {
            return new Figures(calls, failures, turnedAway, underWay, waiting.size(), open);
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<Boolean> enter() throws Unavailable {
        lock.lock();
        try {
            long now = clock.nanos();
            if (open && (trying || openUntilNanos - now > 0)) {
                turnedAway++;
                throw away();
            }
            if (underWay < limits.callsMax()) {
                underWay++;
                calls++;
                trying = open;
                return CompletableFuture.completedFuture(open);
            }
            if (waiting.size() >= limits.waitingMax()) {
                turnedAway++;
                throw busy();
            }
            Turn turn = new Turn(now + limits.patience().toNanos(), new CompletableFuture<>());
            waiting.add(turn);
            return turn.comes;
        } finally {
            lock.unlock();
        }
    }

    private Unavailable away() {
        return new Unavailable(name + " does not answer at present", null);
    }

    private Unavailable busy() {
        return new Unavailable("too many calls of " + name + " are under way", null);
    }

    private void leave(boolean trial, @Nullable Throwable cause) {
        String line;
        List<Turn> next = new ArrayList<>();
        List<Turn> tooLate = new ArrayList<>();
        lock.lock();
        try {
            underWay--;
            if (trial) {
                trying = false;
            }
            if (cause != null) {
                failures++;
            }
            line = cause instanceof IOException ? down(cause) : cause != null ? odd(cause) : up();
            turns(next, tooLate);
        } finally {
            lock.unlock();
        }
        if (line != null && cause == null) {
            LOG.info(line);
        } else if (line != null) {
            LOG.warn(line);
        }
        tooLate.forEach(turn -> turn.comes.completeExceptionally(busy()));
        next.forEach(turn -> turn.comes.complete(false));
    }

    /** Whose turn it is now that a place is free. While it is open nobody's is. */
    private void turns(List<Turn> next, List<Turn> tooLate) {
        long now = clock.nanos();
        while (!waiting.isEmpty() && (open || underWay < limits.callsMax())) {
            Turn turn = waiting.poll();
            if (open || turn.endsAtNanos - now <= 0) {
                turnedAway++;
                tooLate.add(turn);
            } else {
                underWay++;
                calls++;
                next.add(turn);
            }
        }
    }

    private @Nullable String down(Throwable cause) {
        long now = clock.nanos();
        if (failuresInARow++ == 0) {
            downSinceNanos = now;
            failedSinceDown = 0;
        }
        failedSinceDown++;
        if (failuresInARow >= limits.failuresMax()) {
            open = true;
            openUntilNanos = now + limits.pause().toNanos();
        }
        if (toldDown || lastDownNanos != null && now - lastDownNanos < TELL_EVERY_NANOS) {
            return null;
        }
        toldDown = true;
        lastDownNanos = now;
        return name + " fails: " + text(cause) + "; who depends on it is refused until it answers";
    }

    private @Nullable String odd(Throwable cause) {
        answered();
        long now = clock.nanos();
        if (lastOddNanos != null && now - lastOddNanos < TELL_EVERY_NANOS) {
            return null;
        }
        lastOddNanos = now;
        return name + " gave no answer that can be used: " + text(cause) + "; the client is refused";
    }

    private @Nullable String up() {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(clock.nanos() - downSinceNanos);
        answered();
        if (!toldDown) {
            return null;
        }
        toldDown = false;
        return name + " answers again after " + seconds + " s; " + failedSinceDown + " calls failed";
    }

    private void answered() {
        failuresInARow = 0;
        open = false;
    }

    /** One line, whatever a back end has said. */
    private static String text(Throwable cause) {
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return message.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
