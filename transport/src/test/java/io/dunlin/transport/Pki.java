package io.dunlin.transport;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority or a client with its key, and the revocation lists that an authority signs, for one test. */
@SuppressWarnings("TimeInStaticInitializer") // the moment of the test
final class Pki {
    static final Instant BEGIN = Instant.now().minus(10, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    static final Instant END = BEGIN.plus(365, ChronoUnit.DAYS);
    private static final AtomicLong SERIALS = new AtomicLong(1000);

    final X509Certificate certificate;
    final KeyPair keys;

    private Pki(X509Certificate certificate, KeyPair keys) {
        this.certificate = certificate;
        this.keys = keys;
    }

    static Pki root(String name) throws Exception {
        KeyPair keys = keys();
        return new Pki(certificate(new X500Name("CN=" + name), keys, "CN=" + name, keys, true, BEGIN, END), keys);
    }

    Pki authority(String name) throws Exception {
        KeyPair own = keys();
        return new Pki(certificate(name(), keys, "CN=" + name, own, true, BEGIN, END), own);
    }

    Pki client(String name) throws Exception {
        return client(name, BEGIN, END);
    }

    Pki client(String name, Instant begin, Instant end) throws Exception {
        KeyPair own = keys();
        return new Pki(certificate(name(), keys, "CN=" + name, own, false, begin, end), own);
    }

    private X500Name name() {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(
            X500Name issuer,
            KeyPair signing,
            String subject,
            KeyPair own,
            boolean authority,
            Instant begin,
            Instant end)
            throws Exception {
        var builder = new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(SERIALS.incrementAndGet()),
                Date.from(begin),
                Date.from(end),
                new X500Name(subject),
                own.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signing.getPrivate())));
    }

    /** A list of this authority. */
    X509CRL list(Instant from, Instant until, X509Certificate... revoked) throws Exception {
        return list(from, until, false, revoked);
    }

    X509CRL list(Instant from, Instant until, boolean partial, X509Certificate... revoked) throws Exception {
        var builder = new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(from));
        builder.setNextUpdate(Date.from(until));
        for (X509Certificate one : List.of(revoked)) {
            builder.addCRLEntry(one.getSerialNumber(), Date.from(from), 1);
        }
        if (partial) {
            builder.addExtension(
                    Extension.issuingDistributionPoint,
                    true,
                    new IssuingDistributionPoint(null, true, false, null, false, false));
        }
        return new JcaX509CRLConverter()
                .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    static String pem(String what, byte[] encoded) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(encoded)
                + "\n-----END " + what + "-----\n";
    }

    String pem() throws Exception {
        return pem("CERTIFICATE", certificate.getEncoded());
    }
}
