package io.dunlin.console.http;

import io.dunlin.console.account.Identity;
import java.io.InputStream;
import java.net.SocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A request that has found its route and may take it. Thread: its own. */
public final class Call {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PARAMETERS_MAX = 100;
    private static final int BODY_BYTES_MAX = 8 << 20;
    private static final int STRANGERS_BODY_BYTES_MAX = 16 << 10;

    private final Incoming incoming;
    private final Map<String, String> variables;
    private final Optional<Caller> caller;
    private final Map<String, List<String>> query;
    private final BooleanSupplier holds;

    /** @param holds whether the caller may take the route now */
    Call(Incoming incoming, Map<String, String> variables, Optional<Caller> caller, BooleanSupplier holds) {
        this.incoming = incoming;
        this.holds = holds;
        this.variables = Map.copyOf(variables);
        this.caller = caller;
        this.query = parameters(incoming.query());
    }

    /**
     * Who asks, and by what.
     *
     * @param token what the session is known by, "" for a key
     * @param csrf of the session, "" for a key
     * @param byCookie whether the browser sent it by itself
     */
    public record Caller(Identity identity, String token, String csrf, boolean byCookie) {
        @Override
        public String toString() {
            return identity.toString();
        }
    }

    private static Map<String, List<String>> parameters(String raw) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        int count = 0;
        for (String pair : raw.isEmpty() ? new String[0] : raw.split("&")) {
            if (++count > PARAMETERS_MAX) {
                throw Problem.badRequest("the query has more than " + PARAMETERS_MAX + " parameters");
            }
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            all.computeIfAbsent(name, n -> new ArrayList<>())
                    .add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
        }
        return all;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("the query has a % that is no escape");
        }
    }

    /** Who asks; only where the route demands a login. */
    public Identity who() {
        return caller.orElseThrow(() -> new IllegalStateException("a route without a login"))
                .identity();
    }

    public Optional<Caller> caller() {
        return caller;
    }

    /** Whether the caller may still ask for this, for answers that take long: logins end, and keys are deleted. Thread: the call's. */
    public boolean holds() {
        return holds.getAsBoolean();
    }

    public SocketAddress peer() {
        return incoming.peer();
    }

    public boolean isSecure() {
        return incoming.secure();
    }

    /** The value of a variable of the route's template, decoded. */
    public String variable(String name) {
        return Optional.ofNullable(variables.get(name)).orElseThrow();
    }

    public Map<String, String> variables() {
        return variables;
    }

    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name)).map(List::getFirst);
    }

    public List<String> queries(String name) {
        return query.getOrDefault(name, List.of());
    }

    public Map<String, List<String>> query() {
        return query;
    }

    public Optional<String> header(String name) {
        return incoming.header().apply(name);
    }

    public byte[] body() {
        return incoming.body().apply(caller.isPresent() ? BODY_BYTES_MAX : STRANGERS_BODY_BYTES_MAX);
    }

    /** The body as it comes, however long it is: read it once, in place of all else. */
    public InputStream stream() {
        return incoming.stream().get();
    }

    /** The body, which has to be an object; an empty one where there is no body. */
    public ObjectNode object() {
        byte[] bytes = body();
        if (bytes.length == 0) {
            return JSON.createObjectNode();
        }
        if (!header("content-type").orElse("").startsWith(Reply.JSON)) {
            throw new Problem(415, "UNSUPPORTED_MEDIA_TYPE", "send the body with Content-Type: application/json");
        }
        try {
            JsonNode tree = JSON.readTree(bytes);
            if (tree instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) { // its text may show a secret
            throw Problem.badRequest("the body is no JSON");
        }
        throw Problem.badRequest("the body is no JSON object");
    }

    /** @throws Problem where the body has no such text */
    public static String text(ObjectNode body, String name) {
        JsonNode value = body.path(name);
        if (!value.isString()) {
            throw Problem.badRequest("the body has no text " + name);
        }
        return value.stringValue();
    }
}
