package io.dunlin.transport;

import io.netty.handler.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of reading the files of a listener's TLS, all at one time. Has a key of its own for resuming sessions, so that no session
 * outlives the files under which its client was verified.
 *
 * @param certificates the server's own first
 * @param trust null where clients are not asked for certificates
 */
record TlsState(
        SslContext context,
        List<X509Certificate> certificates,
        @Nullable ClientTrust trust) {
    TlsState {
        certificates = List.copyOf(certificates);
    }
}
