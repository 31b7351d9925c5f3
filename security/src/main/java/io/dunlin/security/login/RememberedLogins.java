package io.dunlin.security.login;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.port.TlsInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A source that need not be asked again for a while about a client that it let in with the same credentials from the same place. It
 * keeps a digest that is keyed with a secret of this process, never a password. Refusals are not remembered. Thread: any.
 */
public final class RememberedLogins implements LoginSource {
    private static final String HMAC = "HmacSHA256";

    private final LoginSource source;
    private final Cache<ByteBuffer, LoginAnswer.Accepted> remembered;
    private final SecretKeySpec secret;
    private final Clock clock;

    /**
     * @param life for how long an answer is good
     * @param loginsMax remembered at the same time; those not used for longest leave
     */
    public RememberedLogins(LoginSource source, Duration life, int loginsMax, Clock clock) {
        this.source = source;
        this.clock = clock;
        this.remembered = Caffeine.newBuilder()
                .expireAfterWrite(life)
                .maximumSize(loginsMax)
                .executor(Runnable::run)
                .ticker(clock::nanos)
                .build();
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        this.secret = new SecretKeySpec(key, HMAC);
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public CompletionStage<LoginAnswer> check(Credentials credentials) {
        ByteBuffer digest = digest(credentials);
        LoginAnswer.Accepted known = remembered.getIfPresent(digest);
        if (known != null && known.login().endsAtMillis() > clock.wallMillis()) {
            return CompletableFuture.completedStage(known);
        }
        return source.check(credentials).thenApply(answer -> {
            if (answer instanceof LoginAnswer.Accepted accepted) {
                remembered.put(digest, accepted);
            }
            return answer;
        });
    }

    private ByteBuffer digest(Credentials credentials) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(secret);
            add(mac, credentials.connection().listener());
            add(mac, host(credentials.connection().peer()));
            add(mac, credentials.clientId());
            add(mac, credentials.username());
            add(mac, credentials.password());
            TlsInfo tls = credentials.connection().tls();
            if (tls != null && !tls.certificates().isEmpty()) {
                add(mac, tls.certificates().getFirst().getEncoded());
            }
            return ByteBuffer.wrap(mac.doFinal());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate that was read cannot be written", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }

    private static void add(Mac mac, @Nullable String text) {
        add(mac, text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    // With its length, so that two different rows of fields never look alike.
    private static void add(Mac mac, byte @Nullable [] bytes) {
        mac.update(
                ByteBuffer.allocate(4).putInt(bytes == null ? -1 : bytes.length).array());
        if (bytes != null) {
            mac.update(bytes);
        }
    }

    private static String host(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getHostString() : address.toString();
    }

    @Override
    public List<String> methods() {
        return source.methods();
    }

    @Override
    public Exchange begin(String method, Credentials credentials) {
        return source.begin(method, credentials);
    }

    @Override
    public Optional<String> whyGone(Principal principal, Login login) {
        return source.whyGone(principal, login);
    }
}
