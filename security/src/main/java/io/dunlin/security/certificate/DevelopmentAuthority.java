package io.dunlin.security.certificate;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An authority of one's own for development and small sites, in a folder: it signs certificates of servers and clients (EC, P-256), and
 * revokes them. Thread: one.
 */
public final class DevelopmentAuthority {
    private static final String SIGNED_BY = "SHA256withECDSA";
    private static final String CURVE = "secp256r1";
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);
    private static final int SERIAL_BITS = 126;
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

    private final CertificateFolder files;
    private final X509Certificate certificate;
    private final PrivateKey key;

    private DevelopmentAuthority(CertificateFolder files, X509Certificate certificate, PrivateKey key) {
        this.files = files;
        this.certificate = certificate;
        this.key = key;
    }

    /** What a certificate is for. */
    public enum Kind {
        AUTHORITY,
        SERVER,
        CLIENT,
        OTHER
    }

    /**
     * A certificate in the folder.
     *
     * @param names what it is for: host names and addresses of a server
     * @param revoked when it was revoked, empty where it was not
     */
    public record Entry(
            String name,
            Kind kind,
            String subject,
            List<String> names,
            Instant begin,
            Instant end,
            Optional<Instant> revoked) {
        public Entry {
            names = List.copyOf(names);
        }
    }

    /**
     * @param days that it holds, from now on
     * @param force write over a key that is there
     */
    public record Terms(int days, boolean force) {}

    /** Makes an authority with an empty revocation list in a folder, which is made if absent. */
    public static DevelopmentAuthority create(Path folder, String commonName, Terms terms)
            throws CertificateFolderProblem {
        CertificateFolder files = new CertificateFolder(folder);
        files.makeFolder();
        refuseOverwriting(files, CertificateFolder.AUTHORITY, terms);
        try {
            KeyPair own = keys();
            X500Name name = name(commonName);
            Instant begin = begin();
            JcaX509v3CertificateBuilder builder = builder(name, name, own.getPublic(), begin, end(begin, terms));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            X509Certificate made = sign(builder, own.getPublic(), own.getPrivate());
            files.writeKey(CertificateFolder.AUTHORITY, own.getPrivate());
            files.writeCertificate(CertificateFolder.AUTHORITY, made);
            DevelopmentAuthority authority = new DevelopmentAuthority(files, made, own.getPrivate());
            authority.writeList(List.of(), Optional.empty());
            return authority;
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new CertificateFolderProblem("the authority cannot be made: " + e, e);
        }
    }

    /** The authority in a folder. */
    public static DevelopmentAuthority open(Path folder) throws CertificateFolderProblem {
        CertificateFolder files = new CertificateFolder(folder);
        if (!files.hasKey(CertificateFolder.AUTHORITY)) {
            throw new CertificateFolderProblem("there is no authority in " + folder
                    + ": make one with dunlin certs init, or say where with --dir");
        }
        return new DevelopmentAuthority(
                files, files.readCertificate(CertificateFolder.AUTHORITY), files.readKey(CertificateFolder.AUTHORITY));
    }

    public Path certificateFile(String name) {
        return files.certificate(name);
    }

    public Path keyFile(String name) {
        return files.key(name);
    }

    /** Makes a server's certificate. @param names host names and addresses, one or more; the first is its common name */
    public Entry server(String file, List<String> names, Terms terms) throws CertificateFolderProblem {
        for (String name : names) {
            CertificateFolder.checkName(name.startsWith(":") ? "0" + name : name);
        }
        GeneralName[] alternatives = names.stream()
                .map(name -> new GeneralName(
                        ADDRESS.matcher(name).matches() ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        return issue(file, names.getFirst(), KeyPurposeId.id_kp_serverAuth, alternatives, terms);
    }

    /** Makes a client's certificate. @param name becomes its common name, which is its user name in the broker */
    public Entry client(String name, Terms terms) throws CertificateFolderProblem {
        return issue(name, name, KeyPurposeId.id_kp_clientAuth, new GeneralName[0], terms);
    }

    private Entry issue(String file, String commonName, KeyPurposeId purpose, GeneralName[] alternatives, Terms terms)
            throws CertificateFolderProblem {
        CertificateFolder.checkName(file);
        CertificateFolder.checkFree(file);
        refuseOverwriting(files, file, terms);
        try {
            KeyPair own = keys();
            Instant begin = begin();
            Instant end = end(begin, terms);
            Instant last = certificate.getNotAfter().toInstant();
            JcaX509v3CertificateBuilder builder =
                    builder(ownName(), name(commonName), own.getPublic(), begin, end.isAfter(last) ? last : end);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            if (alternatives.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
            }
            X509Certificate made = sign(builder, certificate.getPublicKey(), key);
            files.writeKey(file, own.getPrivate());
            files.writeCertificate(file, made);
            return entry(file, made, Optional.empty());
        } catch (GeneralSecurityException | IOException | OperatorCreationException | IllegalArgumentException e) {
            throw new CertificateFolderProblem("the certificate " + file + " cannot be made: " + e.getMessage(), e);
        }
    }

    /** Puts a certificate onto the revocation list; again is no error. */
    public void revoke(String name) throws CertificateFolderProblem {
        CertificateFolder.checkName(name);
        CertificateFolder.checkFree(name);
        X509Certificate leaving = files.readCertificate(name);
        Optional<X509CRL> list = files.readList();
        if (list.map(old -> old.getRevokedCertificate(leaving.getSerialNumber()))
                .isPresent()) {
            return;
        }
        try {
            List<X509CRLEntry> before = new ArrayList<>();
            list.map(X509CRL::getRevokedCertificates).ifPresent(before::addAll);
            writeList(before, Optional.of(leaving.getSerialNumber()));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new CertificateFolderProblem("the revocation list cannot be made: " + e, e);
        }
    }

    /** The list holds as long as the authority: nobody renews it by the clock. */
    private void writeList(List<X509CRLEntry> before, Optional<BigInteger> leaving)
            throws CertificateFolderProblem, GeneralSecurityException, IOException, OperatorCreationException {
        Date now = Date.from(Instant.now().truncatedTo(ChronoUnit.SECONDS));
        JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), now);
        builder.setNextUpdate(certificate.getNotAfter());
        for (X509CRLEntry old : before) {
            builder.addCRLEntry(old.getSerialNumber(), old.getRevocationDate(), CRLReason.UNSPECIFIED.ordinal());
        }
        leaving.ifPresent(serial -> builder.addCRLEntry(serial, now, CRLReason.UNSPECIFIED.ordinal()));
        JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.authorityKeyIdentifier, false, utils.createAuthorityKeyIdentifier(certificate));
        builder.addExtension(
                Extension.cRLNumber,
                false,
                new CRLNumber(BigInteger.valueOf(now.toInstant().toEpochMilli())));
        files.writeList(new JcaX509CRLConverter().getCRL(builder.build(signer(key))));
    }

    /** Everything in the folder, the authority first. */
    public List<Entry> list() throws CertificateFolderProblem {
        Optional<X509CRL> list = files.readList();
        List<Entry> all = new ArrayList<>();
        all.add(entry(CertificateFolder.AUTHORITY, certificate, Optional.empty()));
        for (String name : files.names()) {
            X509Certificate one = files.readCertificate(name);
            Optional<Instant> revoked = list.map(known -> known.getRevokedCertificate(one.getSerialNumber()))
                    .map(entry -> entry.getRevocationDate().toInstant());
            all.add(entry(name, one, revoked));
        }
        return all;
    }

    private static Entry entry(String name, X509Certificate one, Optional<Instant> revoked) {
        Set<String> names = new TreeSet<>();
        Kind kind = Kind.OTHER;
        try {
            if (one.getSubjectAlternativeNames() != null) {
                one.getSubjectAlternativeNames().forEach(alternative -> names.add(String.valueOf(alternative.get(1))));
            }
            List<String> uses = Optional.ofNullable(one.getExtendedKeyUsage()).orElse(List.of());
            if (one.getBasicConstraints() >= 0) {
                kind = Kind.AUTHORITY;
            } else if (uses.contains(KeyPurposeId.id_kp_serverAuth.getId())) {
                kind = Kind.SERVER;
            } else if (uses.contains(KeyPurposeId.id_kp_clientAuth.getId())) {
                kind = Kind.CLIENT;
            }
        } catch (GeneralSecurityException e) { // somebody else's: shown without those
            names.clear();
        }
        return new Entry(
                name,
                kind,
                one.getSubjectX500Principal().getName(),
                List.copyOf(names),
                one.getNotBefore().toInstant(),
                one.getNotAfter().toInstant(),
                revoked);
    }

    private static void refuseOverwriting(CertificateFolder files, String name, Terms terms)
            throws CertificateFolderProblem {
        if (files.hasKey(name) && !terms.force()) {
            throw new CertificateFolderProblem(
                    files.key(name) + " is there already: --force makes a new one, and the old one is lost then");
        }
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(CURVE));
        return generator.generateKeyPair();
    }

    private static Instant begin() {
        return Instant.now().minus(CLOCKS_DIFFER).truncatedTo(ChronoUnit.SECONDS);
    }

    private static Instant end(Instant begin, Terms terms) {
        return begin.plus(terms.days(), ChronoUnit.DAYS);
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    private X500Name ownName() {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey own, Instant begin, Instant end)
            throws GeneralSecurityException, IOException {
        BigInteger serial = new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS);
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(issuer, serial, Date.from(begin), Date.from(end), subject, own);
        builder.addExtension(
                Extension.subjectKeyIdentifier, false, new JcaX509ExtensionUtils().createSubjectKeyIdentifier(own));
        return builder;
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PublicKey issuer, PrivateKey signing)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.authorityKeyIdentifier, false, utils.createAuthorityKeyIdentifier(issuer));
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer(signing)));
    }

    private static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
        return new JcaContentSignerBuilder(SIGNED_BY).build(key);
    }
}
