package io.dunlin.security.http;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Clock;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.certificate.CertificateNames;
import io.dunlin.security.certificate.UsernameFrom;
import io.dunlin.security.http.BackendAnswer.Allowed;
import io.dunlin.security.http.BackendAnswer.Denied;
import io.dunlin.security.http.BackendAnswer.Ignored;
import io.dunlin.security.http.HttpBackend.Failed;
import io.dunlin.security.login.Login;
import io.dunlin.security.login.LoginAnswer;
import io.dunlin.security.login.LoginSource;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Logins that a service decides about. A service that fails, is slow or answers with what is not understood refuses the client: nobody
 * else is asked. Thread: any; blocks nobody.
 */
public final class HttpLoginSource implements LoginSource, AutoCloseable {
    private static final Set<String> PLACEHOLDERS =
            Set.of("clientid", "username", "password", "peerhost", "listener", "cert_common_name", "cert_subject");

    private final String name;
    private final HttpBackend backend;
    private final Clock clock;

    /**
     * Opens nothing yet.
     *
     * @param name as the configuration calls it
     * @throws io.dunlin.security.login.InvalidSource where the settings cannot be used
     */
    public HttpLoginSource(String name, HttpSettings settings, Clock clock) {
        this.name = name;
        this.clock = clock;
        this.backend = new HttpBackend("authentication." + name, settings, PLACEHOLDERS::contains, clock);
    }

    /**
     * Says what is wrong with settings, without using them.
     *
     * @throws io.dunlin.security.login.InvalidSource where they cannot be used; files are not looked at
     */
    public static void check(String name, HttpSettings settings) {
        RequestTemplate.check("authentication." + name, settings, PLACEHOLDERS::contains);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        Optional<String> password = text(credentials.password());
        if (password.isEmpty()) {
            return CompletableFuture.completedFuture(LoginAnswer.Refused.wrong("the password is no UTF-8 text"));
        }
        return backend.ask(placeholder -> value(placeholder, credentials, password.get()))
                .handle((known, error) ->
                        known == null ? refused(error) : answer(known.answer(), credentials.username()));
    }

    private LoginAnswer answer(BackendAnswer said, @Nullable String username) {
        return switch (said) {
            case Allowed yes
            when yes.endsAtMillis() <= clock.wallMillis() ->
                LoginAnswer.Refused.wrong("the service's login has already ended");
            case Allowed _
            when username == null -> LoginAnswer.UNKNOWN; // the answer names no user, so nobody was found
            case Allowed yes -> new LoginAnswer.Accepted(username, login(yes));
            case Denied _ -> LoginAnswer.Refused.wrong("the service refuses it");
            case Ignored _ -> LoginAnswer.UNKNOWN;
        };
    }

    private Login login(Allowed yes) {
        Login login = Login.of(name)
                .withAttributes(yes.attributes())
                .withRules(yes.rules())
                .endingAt(yes.endsAtMillis());
        return yes.superuser() ? login.asSuperuser() : login;
    }

    private static LoginAnswer refused(@Nullable Throwable error) {
        Failed failed = Failed.of(Objects.requireNonNullElseGet(error, IllegalStateException::new));
        ReasonCode reason =
                switch (failed.failure()) {
                    case BUSY -> ReasonCode.SERVER_BUSY;
                    case UNASKABLE -> ReasonCode.BAD_USER_NAME_OR_PASSWORD;
                    case TIMED_OUT, UNREACHABLE, BAD_ANSWER -> ReasonCode.SERVER_UNAVAILABLE;
                };
        return new LoginAnswer.Refused(reason, String.valueOf(failed.getMessage()));
    }

    private static String value(String placeholder, Credentials credentials, String password) {
        return switch (placeholder) {
            case "clientid" -> credentials.clientId();
            case "username" -> Objects.requireNonNullElse(credentials.username(), "");
            case "password" -> password;
            case "peerhost" -> host(credentials.connection().peer());
            case "listener" -> credentials.connection().listener();
            case "cert_common_name" -> certificate(credentials, UsernameFrom.CN);
            case "cert_subject" -> certificate(credentials, UsernameFrom.DN);
            default -> throw new IllegalStateException("no placeholder: " + placeholder);
        };
    }

    /** The address alone; of a unix domain socket nothing. */
    static String host(@Nullable SocketAddress peer) {
        return peer instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "";
    }

    /** Of the certificate that the client showed; empty where it has no such name, or several. */
    private static String certificate(Credentials credentials, UsernameFrom kind) {
        return CertificateNames.attributes(credentials.connection().tls()).getOrDefault(kind.attribute(), "");
    }

    private static Optional<String> text(byte @Nullable [] password) {
        if (password == null) {
            return Optional.of("");
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(password))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** What became of its questions; thread: any. */
    public HttpFigures figures() {
        return backend.figures();
    }

    /** Lets questions under way end; later ones refuse. */
    @Override
    public void close() {
        backend.close();
    }
}
