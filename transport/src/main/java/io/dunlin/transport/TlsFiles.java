package io.dunlin.transport;

import io.dunlin.broker.port.Clock;
import io.dunlin.transport.TlsConfig.ClientCertificate;
import io.dunlin.transport.TlsConfig.Engine;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Reads the files of a listener's TLS, or says in a sentence which file is wrong and how. */
final class TlsFiles {
    /** How long a client may resume its TLS session without showing its certificate again. */
    private static final long RESUMABLE_SECONDS = 3600;

    private static final String CERTIFICATE = "certificate";
    private static final String KEY = "key";
    private static final String AUTHORITIES = "client authorities";
    private static final String LISTS = "revocation list";

    private final String listener;
    private final TlsConfig config;
    private final boolean webSocket;
    private final RevocationLists.Counts counts;
    private final Clock clock;

    TlsFiles(String listener, TlsConfig config, boolean webSocket, RevocationLists.Counts counts, Clock clock) {
        this.counts = counts;
        this.clock = clock;
        this.listener = listener;
        this.config = config;
        this.webSocket = webSocket;
    }

    /** Reads the files anew, each once. @throws TransportException where one cannot be used */
    TlsState read() {
        SslProvider provider = provider();
        byte[] chain = bytes(CERTIFICATE, config.certificates());
        List<X509Certificate> own = certificates(CERTIFICATE, config.certificates(), chain);
        byte[] key = bytes(KEY, config.key());
        ClientTrust trust = config.clientCertificate() == ClientCertificate.NONE ? null : trust();
        SslContextBuilder builder = keyed(chain, key, own.getFirst().getPublicKey())
                .sslProvider(provider)
                .protocols(config.protocols())
                .sessionTimeout(RESUMABLE_SECONDS);
        if (!config.ciphers().isEmpty()) {
            builder.ciphers(config.ciphers(), SupportedCipherSuiteFilter.INSTANCE);
        }
        builder.clientAuth(
                switch (config.clientCertificate()) {
                    case NONE -> ClientAuth.NONE;
                    case OPTIONAL -> ClientAuth.OPTIONAL;
                    case REQUIRED -> ClientAuth.REQUIRE;
                });
        if (trust != null) {
            builder.trustManager(trust.manager());
        }
        List<String> applicationProtocols = applicationProtocols();
        if (!applicationProtocols.isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    applicationProtocols));
        }
        try {
            SslContext context = builder.build();
            if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
                sessions.setTicketKeys(); // BoringSSL makes its own keys for tickets, new ones for each context
            }
            return new TlsState(context, own, trust);
        } catch (SSLException | RuntimeException e) {
            throw wrong(KEY, config.key(), keyReason(e), e);
        }
    }

    private ClientTrust trust() {
        Path file = config.clientAuthorities();
        List<X509Certificate> authorities =
                file == null ? List.of() : certificates(AUTHORITIES, file, bytes(AUTHORITIES, file));
        Path lists = config.revocationLists();
        List<X509CRL> revoked = lists == null ? List.of() : revoked(lists, authorities);
        try {
            return new ClientTrust(
                    authorities, new RevocationLists(revoked, config.expiredList(), clock, counts), clock);
        } catch (GeneralSecurityException e) {
            throw wrong(
                    AUTHORITIES,
                    file == null ? Path.of("cacerts") : file,
                    "cannot be used (" + Causes.sentence(e) + ")",
                    e);
        }
    }

    private List<X509CRL> revoked(Path file, List<X509Certificate> authorities) {
        Collection<? extends CRL> read;
        try {
            read = CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(bytes(LISTS, file)));
        } catch (CertificateException | CRLException e) {
            throw wrong(LISTS, file, "is no CRL in PEM or DER (" + Causes.sentence(e) + ")", e);
        }
        if (read.isEmpty()) {
            throw wrong(LISTS, file, "holds no CRL in PEM or DER", null);
        }
        List<X509CRL> lists = read.stream().map(X509CRL.class::cast).toList();
        lists.forEach(list -> usable(file, list, authorities));
        return lists;
    }

    private void usable(Path file, X509CRL list, List<X509Certificate> authorities) {
        boolean isPartial = list.hasUnsupportedCriticalExtension()
                || !Objects.requireNonNullElse(list.getCriticalExtensionOIDs(), Set.of())
                        .isEmpty()
                || Objects.requireNonNullElse(list.getRevokedCertificates(), Set.<X509CRLEntry>of()).stream()
                        .anyMatch(X509CRLEntry::hasUnsupportedCriticalExtension);
        if (isPartial) {
            throw wrong(
                    LISTS,
                    file,
                    "has a list of " + list.getIssuerX500Principal()
                            + " that is partial, indirect or a delta: give whole lists",
                    null);
        }
        List<X509Certificate> issuers = authorities.stream()
                .filter(one -> one.getSubjectX500Principal().equals(list.getIssuerX500Principal()))
                .toList();
        if (!issuers.isEmpty()
                && issuers.stream().noneMatch(one -> RevocationLists.isSigned(list, one.getPublicKey()))) {
            throw wrong(
                    LISTS,
                    file,
                    "has a list of " + list.getIssuerX500Principal() + " whose signature is not that of "
                            + config.clientAuthorities(),
                    null);
        }
    }

    private SslProvider provider() {
        boolean openSsl = OpenSsl.isAvailable();
        if (config.engine() == Engine.OPENSSL && !openSsl) {
            throw new TransportException(
                    "Listener \"" + listener + "\" cannot use the OPENSSL engine: "
                            + Causes.sentence(OpenSsl.unavailabilityCause()) + "; choose AUTO or JDK.",
                    OpenSsl.unavailabilityCause());
        }
        return openSsl && config.engine() != Engine.JDK ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    private SslContextBuilder keyed(byte[] chain, byte[] key, PublicKey certified) {
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(
                    new ByteArrayInputStream(chain), new ByteArrayInputStream(key), config.keyPassword());
            if (!KeyCheck.mayBelongTogether(
                    new String(key, StandardCharsets.ISO_8859_1), config.keyPassword(), certified)) {
                throw wrong(KEY, config.key(), foreignKey(), null);
            }
            return builder;
        } catch (TransportException e) {
            throw e;
        } catch (RuntimeException e) {
            throw wrong(KEY, config.key(), keyReason(e), e);
        }
    }

    /** Over WebSocket the client speaks HTTP first, and browsers say so. */
    private List<String> applicationProtocols() {
        return webSocket && !config.applicationProtocols().isEmpty()
                ? List.of("http/1.1")
                : config.applicationProtocols();
    }

    private String keyReason(Throwable thrown) {
        String lower = String.valueOf(thrown.getMessage()).toLowerCase(Locale.ROOT) + " "
                + Causes.sentence(thrown).toLowerCase(Locale.ROOT);
        if (lower.contains("values_mismatch") || lower.contains("does not match")) {
            return foreignKey();
        }
        if (config.keyPassword() != null) {
            return "cannot be decrypted or is not a PKCS#8 key in PEM; check the password";
        }
        return "is not an unencrypted PKCS#8 key in PEM; give its password, or convert it with"
                + " `openssl pkcs8 -topk8 -nocrypt`";
    }

    private String foreignKey() {
        return "does not belong to the certificate in " + config.certificates();
    }

    private List<X509Certificate> certificates(String what, Path file, byte[] bytes) {
        try {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes));
            if (read.isEmpty()) {
                throw wrong(what, file, "holds no certificate in PEM", null);
            }
            return read.stream().map(X509Certificate.class::cast).toList();
        } catch (CertificateException e) {
            throw wrong(what, file, "is no certificate in PEM (" + Causes.sentence(e) + ")", e);
        }
    }

    private byte[] bytes(String what, Path file) {
        if (!Files.exists(file)) {
            throw wrong(what, file, "does not exist", null);
        }
        if (!Files.isRegularFile(file)) {
            throw wrong(what, file, "is no file", null);
        }
        if (!Files.isReadable(file)) {
            throw wrong(what, file, "cannot be read by this user; change its owner or permissions", null);
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw wrong(what, file, "cannot be read (" + Causes.sentence(e) + ")", e);
        }
    }

    private TransportException wrong(String what, Path file, String reason, @Nullable Throwable cause) {
        return new TransportException(
                "Listener \"" + listener + "\" cannot use its TLS " + what + " file: " + file + " " + reason + ".",
                cause);
    }
}
