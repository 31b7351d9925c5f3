package io.dunlin.transport;

import io.dunlin.transport.TlsConfig.ClientCertificate;
import io.dunlin.transport.TlsConfig.Engine;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Makes a TLS context out of a listener's files, or says in a sentence which file is wrong and how. */
final class TlsFiles {
    private final String listener;
    private final TlsConfig config;
    private final boolean webSocket;

    TlsFiles(String listener, TlsConfig config, boolean webSocket) {
        this.listener = listener;
        this.config = config;
        this.webSocket = webSocket;
    }

    /** Reads the files anew. @throws TransportException where one cannot be used */
    SslContext context() {
        SslProvider provider = provider();
        PublicKey certified =
                certificates("certificate", config.certificates()).getFirst().getPublicKey();
        readable("key", config.key());
        SslContextBuilder builder = keyed(certified).sslProvider(provider).protocols(config.protocols());
        if (!config.ciphers().isEmpty()) {
            builder.ciphers(config.ciphers(), SupportedCipherSuiteFilter.INSTANCE);
        }
        builder.clientAuth(
                switch (config.clientCertificate()) {
                    case NONE -> ClientAuth.NONE;
                    case OPTIONAL -> ClientAuth.OPTIONAL;
                    case REQUIRED -> ClientAuth.REQUIRE;
                });
        if (config.clientAuthorities() != null && config.clientCertificate() != ClientCertificate.NONE) {
            builder.trustManager(certificates("client authorities", config.clientAuthorities()));
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
            return builder.build();
        } catch (SSLException | RuntimeException e) {
            throw wrong("key", config.key(), keyReason(e), e);
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

    private SslContextBuilder keyed(PublicKey certified) {
        try (InputStream key = Files.newInputStream(config.key());
                InputStream certificates = Files.newInputStream(config.certificates())) {
            SslContextBuilder builder = SslContextBuilder.forServer(certificates, key, config.keyPassword());
            if (!KeyCheck.mayBelongTogether(config.key(), certified)) {
                throw wrong("key", config.key(), foreignKey(), null);
            }
            return builder;
        } catch (TransportException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw wrong("key", config.key(), keyReason(e), e);
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

    private List<X509Certificate> certificates(String what, Path file) {
        readable(what, file);
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (read.isEmpty()) {
                throw wrong(what, file, "holds no certificate in PEM", null);
            }
            return read.stream().map(X509Certificate.class::cast).toList();
        } catch (IOException | CertificateException e) {
            throw wrong(what, file, "is no certificate in PEM (" + Causes.sentence(e) + ")", e);
        }
    }

    private void readable(String what, Path file) {
        if (!Files.exists(file)) {
            throw wrong(what, file, "does not exist", null);
        }
        if (!Files.isRegularFile(file)) {
            throw wrong(what, file, "is no file", null);
        }
        if (!Files.isReadable(file)) {
            throw wrong(what, file, "cannot be read by this user; change its owner or permissions", null);
        }
    }

    private TransportException wrong(String what, Path file, String reason, @Nullable Throwable cause) {
        return new TransportException(
                "Listener \"" + listener + "\" cannot use its TLS " + what + " file: " + file + " " + reason + ".",
                cause);
    }
}
