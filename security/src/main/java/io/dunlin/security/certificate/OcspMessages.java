package io.dunlin.security.certificate;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * The questions and answers of OCSP (RFC 6960) about one certificate: an answer counts where its issuer has signed it, or somebody whom the
 * issuer has certified for that, where it is about this certificate, and where it is of this time. Thread: any.
 */
final class OcspMessages {
    private static final String FOR_SIGNING_ANSWERS = "1.3.6.1.5.5.7.3.9";
    private static final Duration SKEW_MAX = Duration.ofMinutes(5);
    private static final Duration AGE_MAX = Duration.ofDays(1);
    private static final Duration LIFE_MIN = Duration.ofMinutes(1);
    private static final int NONCE_BYTES = 16;

    private final X509Certificate certificate;
    private final X509Certificate issuer;
    private final byte[] nonce = new byte[NONCE_BYTES];

    OcspMessages(X509Certificate certificate, X509Certificate issuer) {
        this.certificate = certificate;
        this.issuer = issuer;
        new SecureRandom().nextBytes(nonce);
    }

    /** Where the certificate says that its responder is; empty where it names none over HTTP. */
    static Optional<URI> responder(X509Certificate certificate) {
        try {
            Extensions extensions = new JcaX509CertificateHolder(certificate).getExtensions();
            AuthorityInformationAccess access =
                    extensions == null ? null : AuthorityInformationAccess.fromExtensions(extensions);
            if (access == null) {
                return Optional.empty();
            }
            return Arrays.stream(access.getAccessDescriptions())
                    .filter(one -> one.getAccessMethod().equals(AccessDescription.id_ad_ocsp))
                    .map(AccessDescription::getAccessLocation)
                    .filter(name -> name.getTagNo() == GeneralName.uniformResourceIdentifier)
                    .map(name -> URI.create(name.getName().toString()))
                    .filter(OcspMessages::isHttp)
                    .findFirst();
        } catch (GeneralSecurityException | IllegalArgumentException e) { // no name of a place
            return Optional.empty();
        }
    }

    static boolean isHttp(URI uri) {
        return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
    }

    /** The question, encoded. */
    byte[] question() throws IOException {
        try {
            CertificateID id = new CertificateID(
                    digests().get(CertificateID.HASH_SHA1),
                    new JcaX509CertificateHolder(issuer),
                    certificate.getSerialNumber());
            OCSPReqBuilder builder = new OCSPReqBuilder();
            builder.addRequest(id);
            builder.setRequestExtensions(new Extensions(new Extension(
                    OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, new DEROctetString(nonce).getEncoded())));
            return builder.build().getEncoded();
        } catch (OCSPException | GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("the question cannot be written", e);
        }
    }

    private static DigestCalculatorProvider digests() throws OperatorCreationException {
        return new JcaDigestCalculatorProviderBuilder().build();
    }

    /** What an encoded answer says. */
    OcspAnswer read(byte[] answer, Instant now) {
        try {
            OCSPResp response = new OCSPResp(answer);
            if (response.getStatus() != OCSPResp.SUCCESSFUL) {
                return new OcspAnswer.None("it answers with status " + response.getStatus());
            }
            if (!(response.getResponseObject() instanceof BasicOCSPResp basic)) {
                return new OcspAnswer.None("its answer is of a kind that nobody knows");
            }
            if (!isSignedRightly(basic, now)) {
                return new OcspAnswer.None("its answer is not signed by the certificate's issuer, nor for it");
            }
            Extension theirs = basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
            if (theirs != null && !isOurNonce(theirs)) {
                return new OcspAnswer.None("its answer is one to another question");
            }
            for (SingleResp single : basic.getResponses()) {
                if (isOurs(single.getCertID())) {
                    return status(single, now);
                }
            }
            return new OcspAnswer.None("its answer is about another certificate");
        } catch (IOException
                | OCSPException
                | GeneralSecurityException
                | OperatorCreationException
                | RuntimeException e) { // whatever a parser throws at bytes of others
            return new OcspAnswer.None("its answer cannot be read (" + e + ")");
        }
    }

    private boolean isOurNonce(Extension theirs) {
        byte[] value = theirs.getExtnValue().getOctets();
        return Arrays.equals(DEROctetString.getInstance(value).getOctets(), nonce);
    }

    private boolean isOurs(CertificateID id) throws OCSPException, GeneralSecurityException, OperatorCreationException {
        return id.getSerialNumber().equals(certificate.getSerialNumber())
                && id.matchesIssuer(new JcaX509CertificateHolder(issuer), digests());
    }

    private static OcspAnswer status(SingleResp single, Instant now) {
        Instant from = single.getThisUpdate().toInstant();
        Date next = single.getNextUpdate();
        Instant until = next == null ? from.plus(AGE_MAX) : next.toInstant();
        if (from.isAfter(now.plus(SKEW_MAX))) {
            return new OcspAnswer.None("its answer is of the future: " + from);
        }
        if (until.isBefore(now.minus(SKEW_MAX))) {
            return new OcspAnswer.None("its answer was good until " + until);
        }
        Instant again = until.isBefore(now.plus(LIFE_MIN)) || next == null ? now.plus(LIFE_MIN) : until;
        CertificateStatus status = single.getCertStatus();
        if (status == null) { // that is how BouncyCastle says good
            return new OcspAnswer.Good(again);
        }
        return status instanceof RevokedStatus revoked
                ? new OcspAnswer.Revoked(revoked.getRevocationTime().toInstant(), again)
                : new OcspAnswer.Unknown(again);
    }

    private boolean isSignedRightly(BasicOCSPResp basic, Instant now)
            throws OCSPException, GeneralSecurityException, OperatorCreationException {
        if (isSignedBy(basic, issuer)) {
            return true;
        }
        for (X509CertificateHolder holder : basic.getCerts()) {
            X509Certificate other = new JcaX509CertificateConverter().getCertificate(holder);
            if (mayAnswer(other, now) && isSignedBy(basic, other)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the issuer has certified it for signing answers, and that still holds. */
    private boolean mayAnswer(X509Certificate other, Instant now) throws GeneralSecurityException {
        List<String> uses = other.getExtendedKeyUsage();
        if (uses == null
                || !uses.contains(FOR_SIGNING_ANSWERS)
                || !other.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return false;
        }
        try {
            other.verify(issuer.getPublicKey());
            other.checkValidity(Date.from(now));
            return true;
        } catch (GeneralSecurityException e) { // somebody else's, or not of this time
            return false;
        }
    }

    private static boolean isSignedBy(BasicOCSPResp basic, X509Certificate signer)
            throws OCSPException, GeneralSecurityException, OperatorCreationException {
        JcaX509CertificateHolder holder = new JcaX509CertificateHolder(signer);
        RespID byName = new RespID(holder.getSubject());
        RespID byKey = new RespID(holder.getSubjectPublicKeyInfo(), digests().get(RespID.HASH_SHA1));
        RespID named = basic.getResponderId();
        return (named.equals(byName) || named.equals(byKey))
                && basic.isSignatureValid(new JcaContentVerifierProviderBuilder().build(signer.getPublicKey()));
    }
}
