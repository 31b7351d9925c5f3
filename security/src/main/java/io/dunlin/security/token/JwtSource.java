package io.dunlin.security.token;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.login.InvalidSource;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginSource;
import io.dunlin.security.token.ClaimReader.Client;
import io.dunlin.security.token.JwtSettings.JwksFile;
import io.dunlin.security.token.JwtSettings.JwksUrl;
import io.dunlin.security.token.JwtSettings.PublicKeyFile;
import io.dunlin.security.token.JwtSettings.Secret;
import io.dunlin.security.token.SignedToken.None;
import io.dunlin.security.token.SignedToken.Signed;
import io.dunlin.security.token.SignedToken.Unusable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Logins with JSON Web Tokens: as password or user name, or by the enhanced authentication {@value #METHOD}, with which a client also
 * shows a fresh token before the old one ends. A password that is no token is none of its business. Signatures are checked on virtual
 * threads. Thread: any.
 */
public final class JwtSource implements LoginSource, AutoCloseable {
    /** The authentication method; its data is the token. */
    public static final String METHOD = "OAUTH2-JWT";

    private static final int KEYS_TRIED_MAX = 16;
    private static final int FILE_BYTES_MAX = 1 << 20;
    private static final int AUDIENCES_MAX = 16;
    private static final String MARK = "token.key";
    private static final String ISSUER = "token.iss";
    private static final String AUDIENCE = "token.aud.";
    private static final Thread.Builder.OfVirtual VERIFIERS = Thread.ofVirtual().name("token");

    private final String name;
    private final JwtSettings settings;
    private final KeySource keys;
    private final ClaimReader reader;
    private final Clock clock;
    private final Instant opened;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder unavailable = new LongAdder();

    private JwtSource(String name, JwtSettings settings, KeySource keys, Clock clock) {
        this.name = name;
        this.settings = settings;
        this.keys = keys;
        this.reader = new ClaimReader(name, settings);
        this.clock = clock;
        this.opened = Instant.ofEpochMilli(clock.wallMillis());
    }

    /**
     * Reads the keys. Those of an address are fetched later, so that a broker starts while its issuer is away.
     *
     * @param name as the configuration calls it
     * @throws InvalidSource where a key or a file cannot be used
     */
    public static JwtSource open(String name, JwtSettings settings, Clock clock) {
        return new JwtSource(name, settings, keys(settings, clock), clock);
    }

    /** Serves the keys of the source before a reload, where they are of the same address, until it has fetched them itself. */
    public void takeOver(JwtSource before) {
        if (keys instanceof FetchedKeys mine && before.keys instanceof FetchedKeys theirs) {
            mine.takeOver(theirs);
        }
    }

    /** Fetches keys anew where they are old, though nobody logs in; does not wait for them. */
    public void refresh() {
        keys.refresh();
    }

    /** @param review asks {@link #whyGone} about all clients: runs whenever a key is trusted no more, on a thread of its own */
    public void onDropped(Runnable review) {
        keys.onDropped(review);
    }

    private static KeySource keys(JwtSettings settings, Clock clock) {
        return switch (settings.keys()) {
            case Secret(byte[] secret) ->
                new KeySource.Fixed(new KeySet(List.of(VerificationKey.ofSecret(Optional.empty(), secret))));
            case PublicKeyFile(Path file) -> new KeySource.Fixed(read(file, KeySet::ofPem));
            case JwksFile(Path file) -> new KeySource.Fixed(read(file, text -> KeySet.ofJwks(text, true)));
            case JwksUrl url -> {
                FetchedKeys fetched = new FetchedKeys(url, clock);
                fetched.warm();
                yield fetched;
            }
        };
    }

    private static KeySet read(Path file, Function<String, KeySet> parse) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new InvalidSource(file + " is too large for keys (1 MiB at most)");
            }
            return parse.apply(KeySet.text(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new InvalidSource(file + " cannot be read: give a file that this user can read");
        } catch (InvalidSource e) {
            throw new InvalidSource(file + " cannot be used: " + e.getMessage());
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        Client client = new Client(credentials.clientId(), credentials.username());
        return check(token(credentials), client, ReasonCode.BAD_USER_NAME_OR_PASSWORD);
    }

    private @Nullable String token(Credentials credentials) {
        byte[] password = credentials.password();
        return switch (settings.tokenIn()) {
            case USERNAME -> credentials.username();
            // A token is ASCII; other bytes become characters that no token has.
            case PASSWORD -> password == null ? null : new String(password, StandardCharsets.ISO_8859_1);
        };
    }

    /** @param wrong the reason code for a token that is refused */
    CompletionStage<LoginAnswer> check(@Nullable String text, Client client, ReasonCode wrong) {
        SignedToken token = text == null ? new None() : SignedToken.of(text);
        return switch (token) {
            case None _ -> CompletableFuture.completedStage(counted(LoginAnswer.UNKNOWN));
            case Unusable(String why) -> CompletableFuture.completedStage(counted(refused(wrong, why)));
            case Signed signed ->
                CompletableFuture.supplyAsync(() -> counted(judged(signed, client, wrong)), VERIFIERS::start);
        };
    }

    private LoginAnswer judged(Signed token, Client client, ReasonCode wrong) {
        Optional<VerificationKey> key;
        try {
            KeySet known = keys.current();
            List<VerificationKey> candidates = known.candidates(token.header());
            if (candidates.isEmpty()) {
                candidates = keys.newerThan(known).candidates(token.header());
            }
            if (candidates.isEmpty()) {
                return refused(wrong, "no key is known that has the token's kid and serves its alg");
            }
            key = candidates.stream().limit(KEYS_TRIED_MAX).filter(token::isBy).findFirst();
        } catch (KeySource.Unavailable e) {
            return new LoginAnswer.Refused(ReasonCode.SERVER_UNAVAILABLE, String.valueOf(e.getMessage()));
        }
        if (key.isEmpty()) {
            return refused(wrong, "the token's signature is wrong");
        }
        Optional<Map<String, Object>> claims = token.claims();
        if (claims.isEmpty()) {
            return refused(wrong, "the token's claims are no JSON object");
        }
        return switch (reader.read(claims.get(), client, clock.wallMillis())) {
            case LoginAnswer.Accepted yes ->
                new LoginAnswer.Accepted(yes.username(), marked(yes.login(), key.get(), claims.get()));
            case LoginAnswer.Refused no -> refused(wrong, no.message());
            case LoginAnswer.Unknown none -> none;
        };
    }

    /** Notes what {@link #whyGone} looks at; of many audiences the first, so that a login ends rather too early than too late. */
    private static Login marked(Login login, VerificationKey key, Map<String, Object> claims) {
        Map<String, String> attributes = new HashMap<>(login.attributes());
        attributes.put(MARK, key.mark());
        if (claims.get("iss") instanceof String issuer) {
            attributes.put(ISSUER, issuer);
        }
        Object audience = claims.get("aud");
        List<?> all = audience instanceof List<?> list ? list : audience == null ? List.of() : List.of(audience);
        all.stream()
                .filter(String.class::isInstance)
                .limit(AUDIENCES_MAX)
                .forEach(one -> attributes.put(AUDIENCE + one, (String) one));
        return login.withAttributes(attributes);
    }

    private static LoginAnswer refused(ReasonCode reason, String why) {
        return new LoginAnswer.Refused(reason, why);
    }

    private LoginAnswer counted(LoginAnswer answer) {
        switch (answer) {
            case LoginAnswer.Accepted _ -> accepted.increment();
            case LoginAnswer.Refused no when no.reason() == ReasonCode.SERVER_UNAVAILABLE -> unavailable.increment();
            case LoginAnswer.Refused _ -> refused.increment();
            case LoginAnswer.Unknown _ -> unknown.increment();
        }
        return answer;
    }

    @Override
    public List<String> methods() {
        return List.of(METHOD);
    }

    @Override
    public Exchange begin(String method, Credentials credentials) {
        return new TokenExchange(this, new Client(credentials.clientId(), credentials.username()));
    }

    /** A login ends with the trust in the key that signed its token, in its issuer and in its audience. */
    @Override
    public Optional<String> whyGone(Principal principal, Login login) {
        Map<String, String> attributes = login.attributes();
        String mark = attributes.get(MARK);
        if (mark == null) {
            return Optional.empty();
        }
        Optional<KeySet> known = keys.known();
        if (known.isEmpty()) { // of another address, and not fetched yet
            return Optional.of("the keys for its token are not known yet");
        }
        if (!known.get().has(mark)) {
            return Optional.of("the key that signed its token is no longer trusted");
        }
        if (settings.issuer().isPresent() && !settings.issuer().get().equals(attributes.get(ISSUER))) {
            return Optional.of("the issuer of its token is no longer trusted");
        }
        boolean isForUs = settings.audience().isEmpty()
                || settings.audience().stream().anyMatch(one -> attributes.containsKey(AUDIENCE + one));
        return isForUs ? Optional.empty() : Optional.of("its token is for an audience that is no longer taken");
    }

    /** What became of its logins; thread: any. */
    public JwtFigures figures() {
        KeySource.Figures source = keys.figures();
        return new JwtFigures(
                accepted.sum(),
                refused.sum(),
                unknown.sum(),
                unavailable.sum(),
                source.keys(),
                source.fetches(),
                source.failedFetches());
    }

    /** The keys that it trusts now, without a word of the keys themselves; thread: any. */
    public JwtKeys trusted() {
        KeySource.Figures now = keys.figures();
        Optional<Instant> fetched = settings.keys() instanceof JwksUrl
                ? now.fetchedNanosAgo()
                        .map(ago -> Instant.ofEpochMilli(clock.wallMillis()).minusNanos(ago))
                : Optional.of(opened);
        return new JwtKeys(
                kind(settings.keys()),
                place(settings.keys()),
                now.keys(),
                keys.known().map(KeySet::ids).orElse(List.of()),
                fetched,
                now.error(),
                now.fetches(),
                now.failedFetches());
    }

    /** As its setting is called. */
    private static String kind(JwtSettings.Keys keys) {
        return switch (keys) {
            case Secret _ -> "secret";
            case PublicKeyFile _ -> "public-key-file";
            case JwksFile _ -> "jwks-file";
            case JwksUrl _ -> "jwks-url";
        };
    }

    private static String place(JwtSettings.Keys keys) {
        return switch (keys) {
            case Secret _ -> "";
            case PublicKeyFile(Path file) -> file.toString();
            case JwksFile(Path file) -> file.toString();
            case JwksUrl jwks -> withoutQuery(jwks.url());
        };
    }

    private static String withoutQuery(URI url) {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return url.getScheme() + "://" + url.getHost() + port + url.getRawPath();
    }

    /** Fetches no more. */
    @Override
    public void close() {
        keys.close();
    }
}
