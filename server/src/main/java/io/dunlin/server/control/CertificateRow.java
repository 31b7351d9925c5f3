package io.dunlin.server.control;

import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A certificate as a row of a list.
 *
 * @param setting where it is from, such as {@code listeners.tls.certfile}
 * @param names the subject alternative names: of hosts, addresses, e-mail, URIs
 * @param serial in hexadecimal
 * @param daysLeft as {@link #days} counts
 * @param state one of {@link #STATES}
 * @param keyAlgorithm of the public key, with its bits where they differ: {@code RSA 2048}, {@code EC 256}, {@code Ed25519}
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CertificateRow(
        String setting,
        String subject,
        String issuer,
        List<String> names,
        String serial,
        Instant notBefore,
        Instant notAfter,
        long daysLeft,
        String state,
        String keyAlgorithm) {
    static final List<String> STATES = List.of("ok", "not_yet", "ends_soon", "ended");
    static final Comparator<CertificateRow> BY_END = Comparator.comparing(CertificateRow::notAfter)
            .thenComparing(CertificateRow::setting)
            .thenComparing(CertificateRow::subject)
            .thenComparing(CertificateRow::serial);

    static final Map<String, Comparator<CertificateRow>> ORDERS = Map.of(
            "setting", Comparator.comparing(CertificateRow::setting),
            "subject", Comparator.comparing(CertificateRow::subject),
            "issuer", Comparator.comparing(CertificateRow::issuer),
            "not_before", Comparator.comparing(CertificateRow::notBefore),
            "not_after", BY_END,
            "days_left", Comparator.comparingLong(CertificateRow::daysLeft));

    private static final Duration SOON = Duration.ofDays(14);
    private static final List<Integer> TEXTS = List.of(1, 2, 6, 7); // e-mail, host, URI, address: RFC 5280, 4.2.1.6

    static CertificateRow of(Certificates.InUse inUse, Instant now) {
        X509Certificate it = inUse.certificate();
        Instant begin = it.getNotBefore().toInstant();
        Instant end = it.getNotAfter().toInstant();
        return new CertificateRow(
                inUse.setting(),
                it.getSubjectX500Principal().getName(),
                it.getIssuerX500Principal().getName(),
                names(it),
                it.getSerialNumber().toString(16),
                begin,
                end,
                days(now, end),
                state(begin, end, now),
                algorithm(it.getPublicKey()));
    }

    /** Whole days until an end: 0 on the last day, below 0 once it has come. */
    public static long days(Instant now, Instant end) {
        return Math.floorDiv(
                Duration.between(now, end).toSeconds(), Duration.ofDays(1).toSeconds());
    }

    private static String state(Instant begin, Instant end, Instant now) {
        if (end.isBefore(now)) {
            return "ended";
        }
        if (begin.isAfter(now)) {
            return "not_yet";
        }
        return end.isAfter(now.plus(SOON)) ? "ok" : "ends_soon";
    }

    private static List<String> names(X509Certificate of) {
        List<String> names = new ArrayList<>();
        try {
            @Nullable Collection<List<?>> all = of.getSubjectAlternativeNames();
            for (List<?> name : all == null ? List.<List<?>>of() : all) {
                if (TEXTS.contains(name.get(0)) && name.get(1) instanceof String text) {
                    names.add(text);
                }
            }
        } catch (CertificateParsingException e) {
            return List.of("(cannot be read)");
        }
        return names;
    }

    private static String algorithm(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> "RSA " + rsa.getModulus().bitLength();
            case ECPublicKey ec -> "EC " + ec.getParams().getOrder().bitLength();
            case EdECPublicKey ed -> ed.getParams().getName();
            default -> key.getAlgorithm();
        };
    }
}
