package io.dunlin.server.backup;

import io.dunlin.broker.port.Clock;
import io.dunlin.server.control.CommandFailed;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transfers of which there is one at a time, and of which none stays for ever: one that has waited for its other side for too long is
 * given up, and another one can begin. Thread: any.
 */
final class OneAtATime {
    /** So long a transfer may wait for its other side. */
    static final long STILL_MINUTES_MAX = 5;

    private static final Logger LOG = LoggerFactory.getLogger(OneAtATime.class);

    private final String what;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Turn running; // under the lock

    /** @param what such as "a backup is being taken" */
    OneAtATime(String what, Clock clock) {
        this.what = what;
        this.clock = clock;
    }

    /** @throws CommandFailed where one is under way, with when it began */
    Turn begin() {
        lock.lock();
        try {
            if (running != null) {
                throw new CommandFailed(what + " already, since " + running.begun
                        + ": wait until that has ended; it is given up where nothing of it moves for "
                        + STILL_MINUTES_MAX + " minutes");
            }
            running = new Turn();
            return running;
        } finally {
            lock.unlock();
        }
    }

    /** Gives up the one that has waited for too long; to be called now and then. */
    void look() {
        Turn still = null;
        lock.lock();
        try {
            if (running != null && running.isStill()) {
                still = running;
                running = null;
                still.interrupt();
            }
        } finally {
            lock.unlock();
        }
        if (still != null) {
            LOG.warn(
                    "{} since {}, and nothing of it has moved for {} minutes: it is given up",
                    what,
                    still.begun,
                    STILL_MINUTES_MAX);
            still.release();
        }
    }

    /** One transfer. */
    final class Turn implements AutoCloseable {
        private final Instant begun = Instant.ofEpochMilli(clock.wallMillis());
        // these under the lock
        private boolean waits; // for the other side, and nothing else
        private long sinceNanos;
        private @Nullable Thread waiting;
        private boolean interrupted;
        private @Nullable Runnable held;

        /** @param let lets go of what it holds; runs once, when it ends or is given up */
        void holds(Runnable let) {
            held = let;
        }

        /** From now on the other side has to move. */
        void waits() {
            lock.lock();
            try {
                waits = true;
                sinceNanos = clock.nanos();
            } finally {
                lock.unlock();
            }
        }

        private boolean isStill() {
            return waits && clock.nanos() - sinceNanos >= TimeUnit.MINUTES.toNanos(STILL_MINUTES_MAX);
        }

        private void interrupt() {
            if (waiting != null) {
                interrupted = true;
                waiting.interrupt(); // which closes what it writes to or reads from
            }
        }

        private void release() {
            Runnable let;
            lock.lock();
            try {
                let = held;
                held = null;
            } finally {
                lock.unlock();
            }
            if (let != null) {
                let.run();
            }
        }

        private void enter() throws IOException {
            lock.lock();
            try {
                requireRunning();
                waiting = Thread.currentThread();
                waits = true;
                sinceNanos = clock.nanos();
            } finally {
                lock.unlock();
            }
        }

        private void leave() throws IOException {
            lock.lock();
            try {
                waiting = null;
                waits = false;
                if (interrupted) {
                    Thread.interrupted(); // it was for this transfer, not for what the thread does next
                }
                requireRunning();
            } finally {
                lock.unlock();
            }
        }

        private void requireRunning() throws IOException {
            if (running != this) {
                throw new IOException("nothing of it has moved for " + STILL_MINUTES_MAX + " minutes");
            }
        }

        /** Whoever reads has to go on. */
        OutputStream watched(OutputStream to) {
            return new FilterOutputStream(to) {
                @Override
                public void write(int one) throws IOException {
                    write(new byte[] {(byte) one}, 0, 1);
                }

                @Override
                public void write(byte[] from, int at, int length) throws IOException {
                    enter();
                    try {
                        out.write(from, at, length);
                    } finally {
                        leave();
                    }
                }

                @Override
                public void flush() throws IOException {
                    enter();
                    try {
                        out.flush();
                    } finally {
                        leave();
                    }
                }
            };
        }

        /** Whoever sends has to go on. */
        InputStream watched(InputStream from) {
            return new FilterInputStream(from) {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
                }

                @Override
                public int read(byte[] to, int at, int length) throws IOException {
                    enter();
                    try {
                        return in.read(to, at, length);
                    } finally {
                        leave();
                    }
                }
            };
        }

        /** It has ended. Again: nothing. */
        @Override
        public void close() {
            lock.lock();
            try {
                if (running == this) {
                    running = null;
                }
            } finally {
                lock.unlock();
            }
            release();
        }
    }
}
