package io.dunlin.telemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the collector takes what is sent; one line in the log when it no longer does, and one when it does again. Thread: any. */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final String endpoint;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> failing = new HashSet<>(); // these two: under the lock
    private boolean closed;

    Outage(String endpoint) {
        this.endpoint = endpoint;
    }

    /** @param signal metrics or traces @return the same result */
    CompletableResultCode watch(String signal, CompletableResultCode result) {
        return result.whenComplete(() -> {
            if (result.isSuccess()) {
                taken(signal);
            } else {
                refused(signal);
            }
        });
    }

    private void refused(String signal) {
        lock.lock();
        try {
            boolean first = failing.isEmpty();
            failing.add(signal);
            if (first && !closed) {
                LOG.warn(
                        "the collector at {} takes no {} ({}): what it does not take is lost, all else goes on. See that it"
                                + " listens there for OTLP over HTTP, and that telemetry.headers let it in",
                        endpoint,
                        signal,
                        SdkLog.reason());
            }
        } finally {
            lock.unlock();
        }
    }

    private void taken(String signal) {
        lock.lock();
        try {
            if (failing.remove(signal) && failing.isEmpty()) {
                LOG.info("the collector at {} takes what is sent again", endpoint);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isDown() {
        lock.lock();
        try {
            return !failing.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** From now on nothing is told of failures: the broker is stopping. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }
}
