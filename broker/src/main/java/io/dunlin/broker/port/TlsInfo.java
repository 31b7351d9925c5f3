package io.dunlin.broker.port;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the TLS handshake found.
 *
 * @param certificates the client's verified chain, its own certificate first; empty where it sent none
 */
public record TlsInfo(
        String protocol,
        String cipher,
        @Nullable String serverName,
        @Nullable String alpn,
        List<X509Certificate> certificates) {}
