package io.dunlin.transport;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a listener's TLS works with, and what it has refused since it started.
 *
 * @param certificates the server's own first, then those between
 * @param authorities those that clients' certificates are verified against; empty where clients show none
 * @param listsUntil when the first revocation list has to be replaced; empty where there is none
 * @param revoked certificates that were refused as revoked
 * @param listOverdue certificates that came while the revocation list of their issuer was out of date
 */
public record TlsFigures(
        List<X509Certificate> certificates,
        List<X509Certificate> authorities,
        Optional<Instant> listsUntil,
        long revoked,
        long listOverdue) {
    public TlsFigures {
        certificates = List.copyOf(certificates);
        authorities = List.copyOf(authorities);
    }

    static TlsFigures of(TlsState state) {
        ClientTrust trust = state.trust();
        return trust == null
                ? new TlsFigures(state.certificates(), List.of(), Optional.empty(), 0, 0)
                : new TlsFigures(
                        state.certificates(),
                        trust.authorities(),
                        trust.revoked().nextUpdate(),
                        trust.revoked().counts().revoked.sum(),
                        trust.revoked().counts().overdue.sum());
    }
}
