package io.dunlin.security.token;

import io.dunlin.broker.port.Identity;
import io.dunlin.security.acl.ClaimedRules;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.token.JwtSettings.Claims;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges the claims of a token whose signature is right, and makes a login of them. A claim of the wrong kind refuses the token, so
 * that no prohibition gets lost. Messages name claims, never their values. Immutable; thread: any.
 */
final class ClaimReader {
    private static final int ATTRIBUTES_MAX = 64;
    private static final int ATTRIBUTE_CHARS_MAX = 1_024;
    private static final int NAME_CHARS_MAX = 65_535;

    private final String source;
    private final JwtSettings settings;

    ClaimReader(String source, JwtSettings settings) {
        this.source = source;
        this.settings = settings;
    }

    /** What the client says of itself. */
    record Client(String id, @Nullable String username) {}

    private static final class Unfit extends Exception {
        private static final long serialVersionUID = 1;

        Unfit(String message) {
            super(message, null, false, false);
        }
    }

    LoginAnswer read(Map<String, Object> claims, Client client, long nowMillis) {
        try {
            long endsAtMillis = times(claims, nowMillis);
            issuer(claims);
            required(claims, client);
            Claims names = settings.claims();
            String username = name(claims, names.username());
            Login login = Login.of(source)
                    .withRoles(names(claims, names.roles()), names(claims, names.groups()))
                    .withAttributes(attributes(claims))
                    .withRules(rules(claims, names.acl()))
                    .endingAt(endsAtMillis);
            return new LoginAnswer.Accepted(username, superuser(claims) ? login.asSuperuser() : login);
        } catch (Unfit e) {
            return LoginAnswer.Refused.wrong(String.valueOf(e.getMessage()));
        }
    }

    /** When the login ends. */
    private long times(Map<String, Object> claims, long nowMillis) throws Unfit {
        long skew = settings.clockSkew().toMillis();
        Optional<Long> expires = time(claims, "exp");
        if (expires.isEmpty() && settings.requireExpiry()) {
            throw new Unfit("the token never expires: it has no claim exp");
        }
        long end = expires.map(millis -> plus(millis, skew)).orElse(Identity.NEVER);
        if (nowMillis >= end) {
            throw new Unfit("the token has expired");
        }
        if (time(claims, "nbf").orElse(Long.MIN_VALUE) > plus(nowMillis, skew)) {
            throw new Unfit("the token is not valid yet");
        }
        if (time(claims, "iat").orElse(Long.MIN_VALUE) > plus(nowMillis, skew)) {
            throw new Unfit("the token was issued in the future: compare the clocks of issuer and broker");
        }
        return end;
    }

    private static long plus(long millis, long more) {
        return millis > Long.MAX_VALUE - more ? Long.MAX_VALUE : millis + more;
    }

    /** In milliseconds; seconds may have a fraction. */
    private static Optional<Long> time(Map<String, Object> claims, String name) throws Unfit {
        Object value = claims.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Number seconds && Double.isFinite(seconds.doubleValue())) {
            return Optional.of((long) (seconds.doubleValue() * 1_000)); // the cast stays within the bounds of long
        }
        throw new Unfit("the claim " + name + " is no time");
    }

    private void issuer(Map<String, Object> claims) throws Unfit {
        if (settings.issuer().isPresent() && !settings.issuer().get().equals(claims.get("iss"))) {
            throw new Unfit("the token is of another issuer (claim iss)");
        }
        if (!settings.audience().isEmpty() && !contains(claims.get("aud"), settings.audience())) {
            throw new Unfit("the token is for another audience (claim aud)");
        }
    }

    private static boolean contains(@Nullable Object claim, List<String> wanted) {
        return claim instanceof List<?> list
                ? list.stream().anyMatch(wanted::contains)
                : claim instanceof String text && wanted.contains(text);
    }

    private void required(Map<String, Object> claims, Client client) throws Unfit {
        Optional<String> clientId = settings.claims().clientId();
        if (clientId.isPresent() && !contains(value(claims, clientId.get()), List.of(client.id()))) {
            throw new Unfit("the token is for another client id (claim " + clientId.get() + ")");
        }
        for (Map.Entry<String, String> claim : settings.claims().required().entrySet()) {
            String wanted = expanded(claim.getValue(), client);
            Object found = value(claims, claim.getKey());
            if (!(found instanceof List<?>) && found != null) {
                found = scalar(found).orElse(null);
            }
            if (!contains(found, List.of(wanted))) {
                throw new Unfit("the claim " + claim.getKey() + " is not what this client needs");
            }
        }
    }

    /** The whole text is one placeholder, or there is none: nothing that a client says can look like another value. */
    private static String expanded(String template, Client client) throws Unfit {
        return switch (template) {
            case "${clientid}" -> client.id();
            case "${username}" -> {
                if (client.username() == null) {
                    throw new Unfit("the client gave no user name to compare with the token");
                }
                yield client.username();
            }
            default -> template;
        };
    }

    private String name(Map<String, Object> claims, String claim) throws Unfit {
        String name = Optional.ofNullable(value(claims, claim))
                .flatMap(ClaimReader::scalar)
                .orElse("");
        if (name.isBlank() || name.length() > NAME_CHARS_MAX || name.chars().anyMatch(Character::isISOControl)) {
            throw new Unfit("the token names no user (claim " + claim + ")");
        }
        return name;
    }

    private static Set<String> names(Map<String, Object> claims, Optional<String> claim) throws Unfit {
        Object value = claim.isEmpty() ? null : value(claims, claim.get());
        if (value == null) {
            return Set.of();
        }
        Set<String> names = new LinkedHashSet<>();
        List<?> given = value instanceof String text ? List.of(text.strip().split("\\s+")) : list(value, claim);
        for (Object name : given) {
            if (!(name instanceof String text)) {
                throw new Unfit("the claim " + claim.orElse("") + " is no list of names");
            }
            if (!text.isEmpty()) {
                names.add(text);
            }
        }
        return names;
    }

    private static List<?> list(Object value, Optional<String> claim) throws Unfit {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new Unfit("the claim " + claim.orElse("") + " is no list of names");
    }

    private static List<Rule> rules(Map<String, Object> claims, Optional<String> claim) throws Unfit {
        Object value = claim.isEmpty() ? null : value(claims, claim.get());
        if (value == null) {
            return List.of();
        }
        try {
            return ClaimedRules.parse(value, "token");
        } catch (ClaimedRules.Malformed e) {
            throw new Unfit("the claim " + claim.orElse("") + " is malformed: " + e.getMessage());
        }
    }

    private boolean superuser(Map<String, Object> claims) throws Unfit {
        Optional<String> claim = settings.claims().superuser();
        Object value = claim.isEmpty() ? null : value(claims, claim.get());
        if (value == null || value instanceof Boolean) {
            return Objects.equals(value, true);
        }
        throw new Unfit("the claim " + claim.orElse("") + " is neither true nor false");
    }

    /** Claims that are single values, for placeholders of rules. */
    private static Map<String, String> attributes(Map<String, Object> claims) {
        Map<String, String> attributes = new HashMap<>();
        for (Map.Entry<String, Object> claim : claims.entrySet()) {
            Optional<String> value = claim.getValue() == null ? Optional.empty() : scalar(claim.getValue());
            if (value.isPresent()
                    && value.get().length() <= ATTRIBUTE_CHARS_MAX
                    && attributes.size() < ATTRIBUTES_MAX) {
                attributes.put("jwt." + claim.getKey(), value.get());
            }
        }
        return attributes;
    }

    private static Optional<String> scalar(Object value) {
        return switch (value) {
            case String text -> Optional.of(text);
            case Boolean flag -> Optional.of(flag.toString());
            case Number number -> Optional.of(number.toString());
            default -> Optional.empty();
        };
    }

    /** A claim of this name, or where the dots of the name lead. */
    private static @Nullable Object value(Map<?, ?> claims, String name) {
        Object found = claims.get(name);
        int dot = name.indexOf('.');
        if (found == null && dot > 0 && claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner) {
            return value(inner, name.substring(dot + 1));
        }
        return found;
    }
}
