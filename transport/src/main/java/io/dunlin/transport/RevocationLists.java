package io.dunlin.transport;

import io.dunlin.broker.port.Clock;
import io.dunlin.transport.TlsConfig.ExpiredList;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The certificate revocation lists (CRLs) of a listener, in memory. For the client's own certificate its issuer must have a list; for the
 * authorities between it and the root, a list is asked where there is one. Of several lists of one issuer the newest counts.
 * Immutable but for its figures. Thread: any.
 */
final class RevocationLists {
    /** What all lists of a listener have refused, also those that were replaced. */
    static final class Counts {
        /** Certificates that were refused as revoked. */
        final LongAdder revoked = new LongAdder();

        /** Certificates that came while the list of their issuer was out of date. */
        final LongAdder overdue = new LongAdder();
    }

    private static final Duration AHEAD_MAX = Duration.ofMinutes(5);

    private final Map<X500Principal, List<Listed>> byIssuer = new HashMap<>();
    private final ExpiredList expired;
    private final Clock clock;
    private final Counts counts;

    /** A list, and whether it bears the signature of a key. */
    private record Listed(X509CRL list, Map<PublicKey, Boolean> signed) {
        boolean isSigned(PublicKey key) {
            return signed.computeIfAbsent(key, other -> RevocationLists.isSigned(list, other));
        }
    }

    RevocationLists(List<X509CRL> lists, ExpiredList expired, Clock clock, Counts counts) {
        this.counts = counts;
        this.expired = expired;
        this.clock = clock;
        for (X509CRL list : lists) {
            byIssuer.computeIfAbsent(list.getIssuerX500Principal(), name -> new ArrayList<>())
                    .add(new Listed(list, new ConcurrentHashMap<>()));
        }
        byIssuer.values()
                .forEach(same -> same.sort(Comparator.comparing(
                                (Listed listed) -> listed.list.getThisUpdate().toInstant())
                        .reversed()));
    }

    /** What the lists say of a certificate. */
    sealed interface Finding {
        /** It is not revoked, or no list is needed for it. */
        record Good() implements Finding {}

        record Revoked(String message) implements Finding {}

        /** There is no list that could say so. */
        record Unknown(String message) implements Finding {}
    }

    private static final Finding GOOD = new Finding.Good();

    boolean isEmpty() {
        return byIssuer.isEmpty();
    }

    Counts counts() {
        return counts;
    }

    /** When the first of the lists has to be replaced; empty where none says. */
    Optional<Instant> nextUpdate() {
        return byIssuer.values().stream()
                .map(same -> same.getFirst().list.getNextUpdate())
                .filter(Objects::nonNull)
                .map(Date::toInstant)
                .min(Comparator.naturalOrder());
    }

    /** @param keys those of the certificate's issuer */
    Finding find(X509Certificate one, List<PublicKey> keys) {
        if (isEmpty()) {
            return GOOD;
        }
        X509CRL list = newest(one.getIssuerX500Principal(), keys);
        if (list == null) {
            return one.getBasicConstraints() >= 0 ? GOOD : new Finding.Unknown(noList(one));
        }
        X509CRLEntry entry = list.getRevokedCertificate(one.getSerialNumber());
        if (entry != null && entry.getRevocationReason() != CRLReason.REMOVE_FROM_CRL) {
            counts.revoked.increment();
            return new Finding.Revoked("the certificate of " + one.getSubjectX500Principal() + " (serial "
                    + one.getSerialNumber().toString(16) + ") was revoked at "
                    + entry.getRevocationDate().toInstant());
        }
        Optional<String> late = late(list);
        if (late.isPresent()) {
            counts.overdue.increment();
            if (expired == ExpiredList.REFUSE) {
                return new Finding.Unknown(late.get());
            }
        }
        return GOOD;
    }

    /** Whether there is a list that bears the signature of the certificate's issuer. */
    boolean hasList(X509Certificate one, PublicKey issuer) {
        return newest(one.getIssuerX500Principal(), List.of(issuer)) != null;
    }

    static String noList(X509Certificate one) {
        return "there is no revocation list of " + one.getIssuerX500Principal() + ", which issued the certificate of "
                + one.getSubjectX500Principal();
    }

    /** Whether the list that was asked about a certificate has run out by now, and that counts. */
    Optional<String> whyOver(X509Certificate one) {
        List<Listed> lists = byIssuer.getOrDefault(one.getIssuerX500Principal(), List.of());
        boolean counts = expired == ExpiredList.REFUSE
                && !lists.isEmpty()
                && lists.stream().noneMatch(listed -> late(listed.list).isEmpty());
        return counts ? late(lists.getFirst().list) : Optional.empty();
    }

    private Optional<String> late(X509CRL list) {
        Instant now = Instant.ofEpochMilli(clock.wallMillis());
        Date next = list.getNextUpdate();
        if (next != null && now.isAfter(next.toInstant())) {
            return Optional.of("the revocation list of " + list.getIssuerX500Principal()
                    + " has been out of date since " + next.toInstant());
        }
        Instant from = list.getThisUpdate().toInstant();
        return from.isAfter(now.plus(AHEAD_MAX))
                ? Optional.of("the revocation list of " + list.getIssuerX500Principal() + " begins only at " + from)
                : Optional.empty();
    }

    private @Nullable X509CRL newest(X500Principal issuer, List<PublicKey> keys) {
        for (Listed listed : byIssuer.getOrDefault(issuer, List.of())) {
            if (keys.stream().anyMatch(listed::isSigned)) {
                return listed.list;
            }
        }
        return null;
    }

    static boolean isSigned(X509CRL list, PublicKey key) {
        try {
            list.verify(key);
            return true;
        } catch (GeneralSecurityException e) { // another key of the same name
            return false;
        }
    }
}
