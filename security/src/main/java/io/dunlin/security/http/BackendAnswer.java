package io.dunlin.security.http;

import io.dunlin.broker.port.Identity;
import io.dunlin.security.acl.ClaimedRules;
import io.dunlin.security.acl.Rule;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a service says: the forms are those of EMQX, so that a service made for it serves here unchanged. */
sealed interface BackendAnswer {
    /**
     * Yes.
     *
     * @param attributes its {@code client_attrs}, under that name
     * @param endsAtMillis its {@code expire_at}, in milliseconds since 1970; {@link Identity#NEVER} without one
     */
    record Allowed(boolean superuser, Map<String, String> attributes, List<Rule> rules, long endsAtMillis)
            implements BackendAnswer {
        static final Allowed PLAIN = new Allowed(false, Map.of(), List.of(), Identity.NEVER);
    }

    /** No. */
    record Denied() implements BackendAnswer {}

    /** Somebody else may decide. */
    record Ignored() implements BackendAnswer {}

    Denied DENIED = new Denied();
    Ignored IGNORED = new Ignored();

    /** An answer that is none; the message holds nothing of it. */
    final class Bad extends Exception {
        private static final long serialVersionUID = 1;

        Bad(String message) {
            super(message, null, false, false);
        }
    }

    JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** @throws Bad for every other status than 200, 204, 401 and 403, and for a body that is not understood */
    static BackendAnswer of(WebClient.Reply reply) throws Bad {
        return switch (reply.status()) {
            case 200 -> parse(reply.body());
            case 204 -> Allowed.PLAIN;
            case 401, 403 -> DENIED;
            default -> throw new Bad("the service answered with status " + reply.status());
        };
    }

    private static BackendAnswer parse(byte[] body) throws Bad {
        Object json;
        try {
            json = JSON.readValue(body, Object.class);
        } catch (JacksonException e) {
            throw new Bad("the service's answer is no JSON");
        }
        if (!(json instanceof Map<?, ?> object) || !(object.get("result") instanceof String result)) {
            throw new Bad("the service's answer is no object with a result");
        }
        return switch (result) {
            case "allow" ->
                new Allowed(flag(object), attributes(object), rules(object), endsAtMillis(object.get("expire_at")));
            case "deny" -> DENIED;
            case "ignore" -> IGNORED;
            default -> throw new Bad("the service's result is none of allow, deny and ignore");
        };
    }

    private static boolean flag(Map<?, ?> object) throws Bad {
        Object flag = object.get("is_superuser");
        if (flag == null) {
            return false;
        }
        if (flag instanceof Boolean superuser) {
            return superuser;
        }
        throw new Bad("the service's is_superuser is neither true nor false");
    }

    private static Map<String, String> attributes(Map<?, ?> object) throws Bad {
        Object given = object.get("client_attrs");
        if (given == null) {
            return Map.of();
        }
        if (!(given instanceof Map<?, ?> map)) {
            throw new Bad("the service's client_attrs is no object");
        }
        Map<String, String> attributes = new HashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getValue() instanceof String
                    || entry.getValue() instanceof Number
                    || entry.getValue() instanceof Boolean)) {
                throw new Bad("the service's client_attrs has a value that is no text");
            }
            attributes.put("client_attrs." + entry.getKey(), String.valueOf(entry.getValue()));
        }
        return attributes;
    }

    private static List<Rule> rules(Map<?, ?> object) throws Bad {
        Object acl = object.get("acl");
        if (acl == null) {
            return List.of();
        }
        try {
            return ClaimedRules.parse(acl, "service");
        } catch (ClaimedRules.Malformed e) {
            throw new Bad("the service's acl is not understood: " + e.getMessage());
        }
    }

    private static long endsAtMillis(@Nullable Object seconds) throws Bad {
        if (seconds == null) {
            return Identity.NEVER;
        }
        if (seconds instanceof Integer || seconds instanceof Long) {
            long value = ((Number) seconds).longValue();
            return value > Long.MAX_VALUE / 1_000 ? Identity.NEVER : Math.max(value, 0) * 1_000;
        }
        if (seconds instanceof BigInteger big && big.signum() > 0) {
            return Identity.NEVER;
        }
        throw new Bad("the service's expire_at is no number of seconds");
    }
}
