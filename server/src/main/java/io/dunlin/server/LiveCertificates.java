package io.dunlin.server;

import io.dunlin.security.certificate.CertificateNames;
import io.dunlin.security.certificate.ClientCertificates;
import io.dunlin.transport.Listener;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the open listeners know of their clients' certificates; nothing before there are any. Thread: any. */
final class LiveCertificates implements ClientCertificates {
    private final Lock reviewing = new ReentrantLock();
    private volatile @Nullable OpenListeners listeners;
    private volatile Map<String, Map<String, String>> gone = Map.of();

    /** Once, when the listeners are there. */
    void of(OpenListeners open) {
        listeners = open;
    }

    @Override
    public List<X509Certificate> path(String listener, List<X509Certificate> shown) {
        OpenListeners open = listeners;
        return open == null
                ? List.of()
                : open.transport(listener)
                        .map(transport -> transport.trustedPath(shown))
                        .orElse(List.of());
    }

    @Override
    public Optional<String> whyUntrusted(String listener, String fingerprint) {
        return Optional.ofNullable(gone.getOrDefault(listener, Map.of()).get(fingerprint));
    }

    /**
     * Holds all live clients against the authorities and revocation lists of now.
     *
     * @param review asks {@link #whyUntrusted} about each client, and tells those that have to go; who is still there afterwards, such as a
     *     client that logged in with a password, loses its connection
     */
    void review(Runnable review) {
        reviewing.lock();
        try {
            reviewAlone(review);
        } finally {
            reviewing.unlock();
        }
    }

    private void reviewAlone(Runnable review) {
        OpenListeners open = listeners;
        List<Listener.Untrusted> found = new ArrayList<>();
        Map<String, Map<String, String>> reasons = new HashMap<>();
        if (open != null) {
            open.transports().forEach((name, transport) -> {
                Listener.Untrusted untrusted = transport.untrusted();
                Map<String, String> byFingerprint = new HashMap<>();
                untrusted
                        .reasons()
                        .forEach((certificate, why) ->
                                byFingerprint.put(CertificateNames.fingerprint(certificate), why));
                if (!byFingerprint.isEmpty()) {
                    reasons.put(name, byFingerprint);
                    found.add(untrusted);
                }
            });
        }
        gone = reasons;
        try {
            review.run();
        } finally {
            gone = Map.of();
            found.forEach(Listener.Untrusted::end);
        }
    }
}
