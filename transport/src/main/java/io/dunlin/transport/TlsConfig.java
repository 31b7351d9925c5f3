package io.dunlin.transport;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a listener. The files are read when the listener starts and at each reload.
 *
 * @param certificates PEM file: the server's certificate first, then its intermediates
 * @param key PEM file with the private key of the first certificate
 * @param keyPassword null where the key is not encrypted
 * @param clientAuthorities PEM file with the authorities that client certificates are verified against; null for those of
 *     the JDK
 * @param protocols like "TLSv1.3"
 * @param ciphers empty for the engine's own choice
 * @param revocationLists PEM or DER file with the revocation lists (CRLs) of those authorities; null where none is checked
 * @param expiredList what a list that is out of date means
 * @param applicationProtocols offered by ALPN ("mqtt"); a client that asks for none or for others is served as well; empty to
 *     leave ALPN out
 */
public record TlsConfig(
        Path certificates,
        Path key,
        @Nullable String keyPassword,
        @Nullable Path clientAuthorities,
        ClientCertificate clientCertificate,
        @Nullable Path revocationLists,
        ExpiredList expiredList,
        List<String> protocols,
        List<String> ciphers,
        List<String> applicationProtocols,
        Engine engine) {

    /** Whether clients show a certificate. */
    public enum ClientCertificate {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    /** What becomes of clients whose issuer's revocation list should have been replaced already. */
    public enum ExpiredList {
        /** They are refused until there is a new list. */
        REFUSE,
        /** The old list goes on to count. */
        ACCEPT
    }

    /** Who does the cryptography. */
    public enum Engine {
        /** OPENSSL where its library loads, else JDK. */
        AUTO,
        /** BoringSSL through netty-tcnative. */
        OPENSSL,
        JDK
    }

    public TlsConfig {
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        applicationProtocols = List.copyOf(applicationProtocols);
    }

    /** TLS 1.2 and 1.3 without client certificates. */
    public static TlsConfig of(Path certificates, Path key) {
        return new TlsConfig(
                certificates,
                key,
                null,
                null,
                ClientCertificate.NONE,
                null,
                ExpiredList.REFUSE,
                List.of("TLSv1.3", "TLSv1.2"),
                List.of(),
                List.of("mqtt"),
                Engine.AUTO);
    }

    public TlsConfig withClientCertificates(ClientCertificate need, @Nullable Path authorities) {
        return with(keyPassword, authorities, need, revocationLists, expiredList, engine);
    }

    public TlsConfig withRevocationLists(@Nullable Path file, ExpiredList expired) {
        return with(keyPassword, clientAuthorities, clientCertificate, file, expired, engine);
    }

    public TlsConfig withEngine(Engine other) {
        return with(keyPassword, clientAuthorities, clientCertificate, revocationLists, expiredList, other);
    }

    public TlsConfig withKeyPassword(@Nullable String password) {
        return with(password, clientAuthorities, clientCertificate, revocationLists, expiredList, engine);
    }

    private TlsConfig with(
            @Nullable String password,
            @Nullable Path authorities,
            ClientCertificate need,
            @Nullable Path lists,
            ExpiredList expired,
            Engine who) {
        return new TlsConfig(
                certificates,
                key,
                password,
                authorities,
                need,
                lists,
                expired,
                protocols,
                ciphers,
                applicationProtocols,
                who);
    }
}
