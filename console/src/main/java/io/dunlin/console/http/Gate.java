package io.dunlin.console.http;

import io.dunlin.console.account.Accounts;
import io.dunlin.console.account.Role;
import io.dunlin.console.account.Sessions;
import io.dunlin.console.http.Call.Caller;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Who asks, and whether that one may. Thread: any. */
public final class Gate {
    /** The cookie of a login. */
    public static final String COOKIE = "dunlin_session";

    /** The header that shows that a page of ours asks. */
    public static final String CSRF_HEADER = "X-CSRF-Token";

    private static final String BEARER = "bearer ";
    private static final Set<String> SAFE = Set.of("GET", "HEAD");

    private final Accounts accounts;
    private final Sessions sessions;

    public Gate(Accounts accounts, Sessions sessions) {
        this.accounts = accounts;
        this.sessions = sessions;
    }

    /** @throws Problem where the caller may not take this route */
    Optional<Caller> admit(Route route, Incoming incoming) {
        checkOrigin(incoming);
        Optional<Caller> caller = caller(incoming);
        if (route.role().isEmpty()) {
            return caller;
        }
        Caller who = caller.orElseThrow(() -> new Problem(
                401,
                "UNAUTHORIZED",
                "log in with POST /api/v1/login, or send an API key as Authorization: Bearer KEY"));
        if (who.byCookie() && !SAFE.contains(incoming.method()) && !showsCsrf(who, incoming)) {
            throw new Problem(
                    403,
                    "CSRF",
                    "send the csrf token of the login in the header " + CSRF_HEADER + ": GET /api/v1/whoami tells it");
        }
        Role needed = route.role().get();
        if (!who.identity().role().covers(needed)) {
            throw new Problem(
                    403,
                    "FORBIDDEN",
                    who.identity().name() + " is " + who.identity().role().text() + ", and this needs "
                            + needed.text());
        }
        return caller;
    }

    /** Whether who asked may still take the route: the same login or key holds, and its role is enough. */
    boolean admitsStill(Route route, Incoming incoming) {
        return route.role()
                .map(needed -> caller(incoming)
                        .filter(who -> who.identity().role().covers(needed))
                        .isPresent())
                .orElse(true);
    }

    /** A page of another site asks: browsers say so where something is changed. */
    private static void checkOrigin(Incoming incoming) {
        if (SAFE.contains(incoming.method())) {
            return;
        }
        Optional<String> origin = incoming.header().apply("origin");
        // Without the scheme: a proxy in front may speak TLS while we do not.
        String asked = origin.orElse("").replaceFirst("^https?://", "");
        if (origin.isPresent()
                && !asked.equalsIgnoreCase(incoming.header().apply("host").orElse(""))) {
            throw new Problem(403, "CSRF", "a page of another site asked, and only our own may");
        }
    }

    private static boolean showsCsrf(Caller who, Incoming incoming) {
        byte[] shown = incoming.header().apply(CSRF_HEADER).orElse("").getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(who.csrf().getBytes(StandardCharsets.UTF_8), shown);
    }

    private Optional<Caller> caller(Incoming incoming) {
        Optional<String> authorization = incoming.header().apply("authorization");
        if (authorization.isPresent()) {
            String text = authorization.get();
            if (!text.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                return Optional.empty();
            }
            String token = text.substring(BEARER.length()).trim();
            return accounts.key(token)
                    .map(identity -> new Caller(identity, "", "", false))
                    .or(() -> session(token, false));
        }
        return cookie(incoming).flatMap(token -> session(token, true));
    }

    private Optional<Caller> session(String token, boolean byCookie) {
        return sessions.find(token).map(session -> new Caller(session.identity(), token, session.csrf(), byCookie));
    }

    private static Optional<String> cookie(Incoming incoming) {
        String prefix = COOKIE + "=";
        return Arrays.stream(incoming.header().apply("cookie").orElse("").split(";"))
                .map(String::trim)
                .filter(cookie -> cookie.startsWith(prefix))
                .map(cookie -> cookie.substring(prefix.length()))
                .findFirst();
    }
}
