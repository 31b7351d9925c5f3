package io.dunlin.testkit;

import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.Principal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Allows everything but what the test forbids; answers at once or when told. */
public final class ScriptedAuthorizer implements Authorizer {
    private final Set<String> denied = ConcurrentHashMap.newKeySet();
    private final Deque<Runnable> pending = new ArrayDeque<>();
    private boolean held;

    /** Forbids the action on exactly this topic or filter, for everybody. */
    public ScriptedAuthorizer deny(Action action, String topic) {
        denied.add(action + " " + topic);
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

    @Override
    public CompletionStage<Boolean> authorize(Principal principal, Action action, String topic) {
        boolean allowed = !denied.contains(action + " " + topic);
        if (!held) {
            return allowed ? ALLOWED : DENIED;
        }
        CompletableFuture<Boolean> open = new CompletableFuture<>();
        pending.add(() -> open.complete(allowed));
        return open;
    }
}
