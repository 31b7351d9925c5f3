package io.dunlin.testkit;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** An authenticator that does what the test says: at once or when told, in one step or in many. */
public final class ScriptedAuthenticator implements Authenticator {
    /** What one round of an enhanced exchange answers to the client's data. */
    @FunctionalInterface
    public interface Step {
        Outcome apply(byte[] data);
    }

    private final Function<Credentials, Outcome> decision;
    private final Map<String, List<Step>> methods = new HashMap<>();
    private final List<Credentials> asked = new ArrayList<>();
    private final Deque<Runnable> pending = new ArrayDeque<>();
    private boolean held;

    /** @param decision about a CONNECT without an authentication method */
    public ScriptedAuthenticator(Function<Credentials, Outcome> decision) {
        this.decision = decision;
    }

    public static ScriptedAuthenticator acceptAll() {
        return new ScriptedAuthenticator(ScriptedAuthenticator::accepted);
    }

    /**
     * Takes one user name with one password and refuses all others with BAD_USER_NAME_OR_PASSWORD; a client that shows neither comes
     * in anonymously.
     */
    public static ScriptedAuthenticator only(String username, String password) {
        return new ScriptedAuthenticator(credentials -> {
            byte[] given = credentials.password();
            if (given == null && credentials.username() == null) {
                return accepted(credentials);
            }
            boolean right = username.equals(credentials.username())
                    && given != null
                    && password.equals(new String(given, StandardCharsets.UTF_8));
            return right
                    ? accepted(credentials)
                    : new Outcome.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong user name or password");
        });
    }

    /** As {@link #only}, but a client that shows neither is refused with NOT_AUTHORIZED. */
    public static ScriptedAuthenticator onlyNamed(String username, String password) {
        ScriptedAuthenticator only = only(username, password);
        return new ScriptedAuthenticator(credentials -> credentials.username() == null && credentials.password() == null
                ? new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "a user name and a password are needed")
                : only.decision.apply(credentials));
    }

    public static Outcome accepted(Credentials credentials) {
        return new Outcome.Accepted(new Principal(credentials.clientId(), credentials.username()), null);
    }

    /** Adds an enhanced method; each exchange goes through these steps in order. */
    public ScriptedAuthenticator method(String name, Step... steps) {
        methods.put(name, List.of(steps));
        return this;
    }

    /** From now on answers about clients with a user name, and those of enhanced exchanges, wait for {@link #answer}. */
    public ScriptedAuthenticator hold() {
        held = true;
        return this;
    }

    /** Gives all answers that wait. */
    public void answer() {
        while (!pending.isEmpty()) {
            pending.removeFirst().run();
        }
    }

    /** Who came so far. */
    public List<Credentials> asked() {
        return asked;
    }

    @Override
    public CompletionStage<Outcome> authenticate(Credentials credentials) {
        asked.add(credentials);
        return credentials.username() == null
                ? CompletableFuture.completedStage(decision.apply(credentials))
                : later(() -> decision.apply(credentials));
    }

    @Override
    public List<String> methods() {
        return List.copyOf(methods.keySet());
    }

    @Override
    public Exchange begin(String method, Credentials credentials) {
        asked.add(credentials);
        Deque<Step> steps = new ArrayDeque<>(methods.getOrDefault(method, List.of()));
        return data -> {
            Step step = steps.poll();
            return later(() -> step == null
                    ? new Outcome.Refused(ReasonCode.NOT_AUTHORIZED, "no step is left")
                    : step.apply(data));
        };
    }

    private CompletionStage<Outcome> later(Supplier<Outcome> answer) {
        if (!held) {
            return CompletableFuture.completedStage(answer.get());
        }
        CompletableFuture<Outcome> open = new CompletableFuture<>();
        pending.add(() -> open.complete(answer.get()));
        return open;
    }
}
