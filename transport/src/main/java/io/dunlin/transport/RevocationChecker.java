package io.dunlin.transport;

import java.io.Serial;
import java.security.PublicKey;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks each certificate of a path up in the revocation lists, from the root down. One path at a time; the JDK clones it. */
final class RevocationChecker extends PKIXCertPathChecker {
    private final RevocationLists lists;
    private final Set<TrustAnchor> anchors;
    private @Nullable PublicKey issuer;

    RevocationChecker(RevocationLists lists, Set<TrustAnchor> anchors) {
        this.lists = lists;
        this.anchors = anchors;
    }

    /** Why a certificate is refused. */
    static final class Refused extends CertPathValidatorException {
        @Serial
        private static final long serialVersionUID = 1;

        Refused(String message, BasicReason reason) {
            super(message, null, null, -1, reason);
        }
    }

    @Override
    public void init(boolean forward) throws CertPathValidatorException {
        if (forward) {
            throw new CertPathValidatorException("revocation is checked from the root down");
        }
        issuer = null;
    }

    @Override
    public boolean isForwardCheckingSupported() {
        return false;
    }

    @Override
    @SuppressWarnings("NullAway") // null is how this interface says none
    public Set<String> getSupportedExtensions() {
        return null;
    }

    @Override
    public void check(Certificate certificate, Collection<String> unresolved) throws CertPathValidatorException {
        X509Certificate one = (X509Certificate) certificate;
        List<PublicKey> keys = issuer == null ? rootKeys(one) : List.of(issuer);
        issuer = one.getPublicKey();
        RevocationLists.Finding finding = lists.find(one, keys);
        switch (finding) {
            case RevocationLists.Finding.Good good -> {
                // goes on
            }
            case RevocationLists.Finding.Revoked(String message) ->
                throw new Refused(message, CertPathValidatorException.BasicReason.REVOKED);
            case RevocationLists.Finding.Unknown(String message) ->
                throw new Refused(message, CertPathValidatorException.BasicReason.UNDETERMINED_REVOCATION_STATUS);
        }
    }

    /** Of roots with one name but several keys, the key that has signed this certificate. */
    private List<PublicKey> rootKeys(X509Certificate one) {
        List<X509Certificate> named = anchors.stream()
                .map(TrustAnchor::getTrustedCert)
                .filter(root -> root.getSubjectX500Principal().equals(one.getIssuerX500Principal()))
                .toList();
        return named.stream()
                .filter(root -> named.size() == 1 || ClientTrust.hasIssued(root, one))
                .map(X509Certificate::getPublicKey)
                .toList();
    }
}
