package io.dunlin.transport;

import io.dunlin.broker.port.Clock;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates of clients a listener believes: the authorities and the revocation lists that were read together. Looks
 * nothing up outside. Immutable. Thread: any.
 *
 * <p>An authority that another one of the same file has issued is no root of trust of its own, but is checked like one that a client
 * sends: else nobody could revoke it.
 */
final class ClientTrust {
    private final Set<TrustAnchor> anchors;
    private final List<X509Certificate> between;
    private final List<X509Certificate> authorities;
    private final RevocationLists revoked;
    private final Clock clock;
    private final X509ExtendedTrustManager manager;

    /** @param authorities one or more; empty for those of the JDK */
    ClientTrust(List<X509Certificate> authorities, RevocationLists revoked, Clock clock)
            throws GeneralSecurityException {
        this.authorities = authorities.isEmpty() ? List.of(jdkAuthorities()) : List.copyOf(authorities);
        this.revoked = revoked;
        this.clock = clock;
        List<X509Certificate> issued =
                authorities.isEmpty() ? List.of() : issuedByAnother(List.copyOf(new HashSet<>(authorities)));
        this.between = issued;
        Set<TrustAnchor> roots = new HashSet<>();
        this.authorities.stream()
                .filter(authority -> !issued.contains(authority))
                .forEach(root -> roots.add(new TrustAnchor(root, null)));
        this.anchors = Set.copyOf(roots);
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters(List.of(), new X509CertSelector())));
        this.manager = new ListedClients(extended(factory), this::whyUnlisted);
    }

    private static X509Certificate[] jdkAuthorities() throws GeneralSecurityException {
        TrustManagerFactory defaults = TrustManagerFactory.getInstance("PKIX");
        defaults.init((KeyStore) null);
        return extended(defaults).getAcceptedIssuers();
    }

    private static X509ExtendedTrustManager extended(TrustManagerFactory made) {
        return Arrays.stream(made.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the JDK has no trust manager for PKIX"));
    }

    /** Those that another one of them has issued. A pair that issued each other would leave no root: then both are roots. */
    private static List<X509Certificate> issuedByAnother(List<X509Certificate> all) {
        List<X509Certificate> issued = all.stream()
                .filter(one -> all.stream().anyMatch(other -> !other.equals(one) && hasIssued(other, one)))
                .filter(one -> !one.getSubjectX500Principal().equals(one.getIssuerX500Principal()))
                .toList();
        return issued.size() == all.size() ? List.of() : issued;
    }

    /** Whether the key of one has signed the other. */
    static boolean hasIssued(X509Certificate issuer, X509Certificate one) {
        if (!issuer.getSubjectX500Principal().equals(one.getIssuerX500Principal())) {
            return false;
        }
        try {
            one.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) { // another key of the same name
            return false;
        }
    }

    /** Whether there is no list for a client's own certificate: for that of an authority the checker of paths asks none. */
    private Optional<String> whyUnlisted(List<X509Certificate> shown) {
        X509Certificate own = shown.getFirst();
        boolean isRoot = anchors.stream().anyMatch(root -> own.equals(root.getTrustedCert()));
        if (revoked.isEmpty() || own.getBasicConstraints() < 0 || isRoot) {
            return Optional.empty();
        }
        List<X509Certificate> path = path(shown);
        return path.size() > 1 && revoked.hasList(own, path.get(1).getPublicKey())
                ? Optional.empty()
                : Optional.of(RevocationLists.noList(own));
    }

    private PKIXBuilderParameters parameters(List<X509Certificate> shown, X509CertSelector target)
            throws GeneralSecurityException {
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
        parameters.setRevocationEnabled(false); // the lists below are asked, and no network
        List<X509Certificate> known = new ArrayList<>(between);
        known.addAll(shown);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(known)));
        if (!revoked.isEmpty()) {
            parameters.addCertPathChecker(new RevocationChecker(revoked, anchors));
        }
        return parameters;
    }

    /** For a TLS context. */
    X509ExtendedTrustManager manager() {
        return manager;
    }

    /** All that it was made of, also those between, for showing when they end. */
    List<X509Certificate> authorities() {
        return authorities;
    }

    /** What it refuses, and when that was last brought up to date. */
    RevocationLists revoked() {
        return revoked;
    }

    /**
     * Verifies a client's certificates as a handshake does.
     *
     * @param shown the client's own first
     * @return why it is not to be believed; empty where it is
     */
    Optional<String> whyNot(List<X509Certificate> shown) {
        try {
            manager.checkClientTrusted(shown.toArray(X509Certificate[]::new), "UNKNOWN");
            return Optional.empty();
        } catch (CertificateException e) {
            return Optional.of(reason(e));
        } catch (RuntimeException e) { // what the JDK cannot parse is not believed either
            return Optional.of(Causes.sentence(e));
        }
    }

    /**
     * Whether what was verified by these very authorities and lists has run out since: of a session that was resumed, nothing else
     * is verified again.
     */
    Optional<String> whyOver(List<X509Certificate> shown) {
        Instant now = Instant.ofEpochMilli(clock.wallMillis());
        for (X509Certificate one : shown) {
            Instant end = one.getNotAfter().toInstant();
            if (now.isAfter(end)) {
                return Optional.of("its certificate ended at " + end);
            }
        }
        return shown.isEmpty() ? Optional.empty() : revoked.whyOver(shown.getFirst());
    }

    /**
     * The way from a client's certificate to a root that is trusted, both included.
     *
     * @return empty where there is none, which {@link #whyNot} explains
     */
    List<X509Certificate> path(List<X509Certificate> shown) {
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(shown.getFirst());
            PKIXCertPathBuilderResult built = (PKIXCertPathBuilderResult)
                    CertPathBuilder.getInstance("PKIX").build(parameters(shown, target));
            List<X509Certificate> path = new ArrayList<>();
            built.getCertPath().getCertificates().forEach(one -> path.add((X509Certificate) one));
            path.add(built.getTrustAnchor().getTrustedCert());
            return path;
        } catch (GeneralSecurityException | RuntimeException e) {
            return List.of();
        }
    }

    /** The sentence of whoever refused: ours of the lists, or the JDK's. */
    static String reason(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathValidatorException refused && refused.getMessage() != null) {
                return refused.getCause() == null ? String.valueOf(refused.getMessage()) : Causes.sentence(refused);
            }
        }
        return Causes.sentence(thrown);
    }

    /** Whether a handshake was refused because of a list; the reason is for the log. */
    static @Nullable String revocation(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof RevocationChecker.Refused refused) {
                return refused.getMessage();
            }
        }
        return null;
    }
}
