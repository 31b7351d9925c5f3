package io.dunlin.security.certificate;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.TlsInfo;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** A certificate with its key, made for one test. */
public final class Made {
    private static final AtomicLong SERIALS = new AtomicLong(0x1000);

    final X509Certificate certificate;
    final KeyPair keys;

    private Made(X509Certificate certificate, KeyPair keys) {
        this.certificate = certificate;
        this.keys = keys;
    }

    public static Made root(String name) {
        return make(
                new X500NameBuilder().addRDN(BCStyle.CN, name).build(),
                null,
                List.of(),
                null,
                null,
                Duration.ofDays(365));
    }

    public Made client(String subject, GeneralName... alternatives) {
        return client(new X500Name(subject), alternatives);
    }

    Made client(X500Name subject, GeneralName... alternatives) {
        return make(subject, this, List.of(alternatives), null, null, Duration.ofDays(30));
    }

    /** A client whose certificate names a responder. */
    Made clientAt(String responder) {
        return make(new X500Name("CN=client"), this, List.of(), responder, null, Duration.ofDays(30));
    }

    Made signer(KeyPurposeId purpose, Duration life) {
        return make(new X500Name("CN=responder"), this, List.of(), null, purpose, life);
    }

    X500Name name() {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    private static Made make(
            X500Name subject,
            @Nullable Made issuer,
            List<GeneralName> alternatives,
            @Nullable String responder,
            @Nullable KeyPurposeId purpose,
            Duration life) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            KeyPair own = generator.generateKeyPair();
            Instant begin = Instant.now().minus(Duration.ofDays(2));
            var builder = new JcaX509v3CertificateBuilder(
                    issuer == null ? subject : issuer.name(),
                    BigInteger.valueOf(SERIALS.incrementAndGet()),
                    Date.from(begin),
                    Date.from(begin.plus(life)),
                    subject,
                    own.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(issuer == null));
            if (!alternatives.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(alternatives.toArray(GeneralName[]::new)));
            }
            if (responder != null) {
                builder.addExtension(
                        Extension.authorityInfoAccess,
                        false,
                        new AuthorityInformationAccess(new AccessDescription(
                                AccessDescription.id_ad_ocsp,
                                new GeneralName(GeneralName.uniformResourceIdentifier, responder))));
            }
            if (purpose != null) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            }
            KeyPair signing = issuer == null ? own : issuer.keys;
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signing.getPrivate())));
            return new Made(certificate, own);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    Credentials credentials() {
        return credentials(null, null);
    }

    public Credentials credentials(@Nullable String username, @Nullable String password) {
        return credentials(List.of(certificate), username, password);
    }

    static Credentials credentials(List<X509Certificate> shown, @Nullable String username, @Nullable String password) {
        TlsInfo tls = new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", null, null, shown);
        return new Credentials(
                "client",
                username,
                password == null ? null : password.getBytes(StandardCharsets.UTF_8),
                new ConnectionInfo(
                        "secure", "tls", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1000), tls));
    }
}
