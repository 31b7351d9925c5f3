package io.dunlin.security.certificate;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** What the listeners of a broker know of their clients' certificates. Thread: any. */
public interface ClientCertificates {
    /**
     * The way from a client's certificate to a root that its listener trusts, both included; empty where there is none. Computes
     * signatures: not for a shard.
     */
    List<X509Certificate> path(String listener, List<X509Certificate> shown);

    /**
     * Why the certificate of a live client is not taken any more, known once the listener's files have been replaced; empty where it is.
     * Must not block.
     *
     * @param fingerprint as {@link CertificateNames#fingerprint} writes it
     */
    Optional<String> whyUntrusted(String listener, String fingerprint);
}
