package io.dunlin.testkit;

import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.Principal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Allows everything but what the test forbids; answers at once or when told. Thread: any, where it answers at once. */
public final class ScriptedAuthorizer implements Authorizer {
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private final Set<String> inPart = ConcurrentHashMap.newKeySet();
    private final Deque<Runnable> pending = new ArrayDeque<>();
    private final AtomicLong generation = new AtomicLong();
    private final AtomicLong asked = new AtomicLong();
    private long goodUntilNanos = Verdict.FOREVER;
    private boolean held;
    private boolean asynchronous;

    /** Forbids this on exactly this topic or filter, for everybody, from now on. */
    public ScriptedAuthorizer deny(Kind kind, String topic) {
        denied.add(kind + " " + topic);
        generation.incrementAndGet();
        return this;
    }

    /** As {@link #deny}, for one user; nobody is told that anything has changed. */
    public ScriptedAuthorizer denyQuietly(String username, Kind kind, String topic) {
        denied.add(username + ": " + kind + " " + topic);
        return this;
    }

    /** As {@link #inPart(String)}, for one user. */
    public ScriptedAuthorizer inPart(String username, String filter) {
        inPart.add(username + ": " + filter);
        return this;
    }

    /** From now on every answer comes a moment later. */
    public ScriptedAuthorizer asynchronous() {
        asynchronous = true;
        return this;
    }

    /** Takes back what {@link #deny} said. */
    public ScriptedAuthorizer allow(Kind kind, String topic) {
        denied.remove(kind + " " + topic);
        generation.incrementAndGet();
        return this;
    }

    /** Allows subscribing to this filter, but each message is asked about. */
    public ScriptedAuthorizer inPart(String filter) {
        inPart.add(filter);
        return this;
    }

    /** Verdicts from now on run out at this time of the broker's clock. */
    public ScriptedAuthorizer goodUntil(long nanos) {
        goodUntilNanos = nanos;
        return this;
    }

    /** From now on answers wait for {@link #answer}. */
    public ScriptedAuthorizer hold() {
        held = true;
        return this;
    }

    /** Gives all answers that wait, and answers at once from now on. */
    public void answer() {
        held = false;
        while (!pending.isEmpty()) {
            pending.removeFirst().run();
        }
    }

    /** How often it was asked. */
    public long asked() {
        return asked.get();
    }

    @Override
    public Answer authorize(Principal principal, Action action, String topic) {
        asked.incrementAndGet();
        String user = principal.username() + ": ";
        String what = action.kind() + " " + topic;
        boolean whole = !inPart.contains(topic) && !inPart.contains(user + topic);
        Verdict verdict = new Verdict(
                !denied.contains(what) && !denied.contains(user + what),
                action.kind() == Kind.SUBSCRIBE && whole,
                goodUntilNanos);
        if (!held) {
            return asynchronous ? new Pending(CompletableFuture.completedStage(verdict)) : verdict;
        }
        CompletableFuture<Verdict> open = new CompletableFuture<>();
        pending.add(() -> open.complete(verdict));
        return new Pending(open);
    }

    @Override
    public long generation() {
        return generation.get();
    }

    @Override
    public boolean allowsAll() {
        return false;
    }
}
