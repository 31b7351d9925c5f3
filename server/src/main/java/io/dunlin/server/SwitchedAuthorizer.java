package io.dunlin.server;

import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.Principal;
import java.util.concurrent.atomic.AtomicLong;

/** Rights that a reload replaces as a whole. Thread: any. */
final class SwitchedAuthorizer implements Authorizer {
    /** Below is room for the generations of one authorizer. */
    private static final int EPOCH_BITS = 40;

    private final AtomicLong epoch = new AtomicLong();
    private volatile Authorizer current;

    SwitchedAuthorizer(Authorizer first) {
        current = first;
    }

    /** First the rights, then their number: a verdict of the old ones is never taken for one of the new. */
    void take(Authorizer next) {
        current = next;
        epoch.incrementAndGet();
    }

    @Override
    public Answer authorize(Principal principal, Action action, String topic) {
        return current.authorize(principal, action, topic);
    }

    @Override
    public long generation() {
        return (epoch.get() << EPOCH_BITS) + current.generation();
    }

    @Override
    public boolean allowsAll() {
        return current.allowsAll();
    }
}
