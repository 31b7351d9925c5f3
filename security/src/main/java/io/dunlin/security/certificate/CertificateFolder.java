package io.dunlin.security.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * The files of a {@link DevelopmentAuthority}: {@code ca.pem}, {@code ca.key}, {@code crl.pem}, and {@code NAME.pem} with
 * {@code NAME.key} for each certificate. Keys are PKCS#8 in PEM, readable for their owner alone; each file is written whole or not at
 * all. Thread: one.
 */
final class CertificateFolder {
    static final String AUTHORITY = "ca";
    static final String LIST = "crl";

    private static final String CERTIFICATE_END = ".pem";
    private static final String KEY_END = ".key";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9*][A-Za-z0-9._@:-]{0,63}");

    private final Path folder;

    CertificateFolder(Path folder) {
        this.folder = folder;
    }

    Path path() {
        return folder;
    }

    Path certificate(String name) {
        return folder.resolve(file(name) + CERTIFICATE_END);
    }

    Path key(String name) {
        return folder.resolve(file(name) + KEY_END);
    }

    private static String file(String name) {
        return name.replace("*", "_").replace(":", "_");
    }

    /** Names become file names, so they hold nothing that means something to a file system. */
    static void checkName(String name) throws CertificateFolderProblem {
        if (!NAME.matcher(name).matches() || name.endsWith(".")) {
            throw new CertificateFolderProblem("\"" + name
                    + "\" cannot be the name of a certificate: expected are up to 64 letters, digits and . _ - @ :");
        }
    }

    static void checkFree(String name) throws CertificateFolderProblem {
        if (name.equals(AUTHORITY) || name.equals(LIST)) {
            throw new CertificateFolderProblem("\"" + name + "\" is the name of a file of the authority itself");
        }
    }

    /** Whether a key of this name is there; one is never written over by mistake. */
    boolean hasKey(String name) {
        return Files.exists(key(name), LinkOption.NOFOLLOW_LINKS);
    }

    void makeFolder() throws CertificateFolderProblem {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, isPosix() ? permissions("rwx------") : new FileAttribute<?>[0]);
            }
        } catch (IOException e) {
            throw new CertificateFolderProblem("the folder " + folder + " cannot be made: " + e, e);
        }
    }

    private boolean isPosix() {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] permissions(String mode) {
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))};
    }

    void writeKey(String name, PrivateKey key) throws CertificateFolderProblem {
        write(key(name), "rw-------", new PemObject("PRIVATE KEY", key.getEncoded()));
    }

    void writeCertificate(String name, X509Certificate certificate) throws CertificateFolderProblem {
        try {
            write(certificate(name), "rw-r--r--", new PemObject("CERTIFICATE", certificate.getEncoded()));
        } catch (CertificateException e) {
            throw new CertificateFolderProblem("a certificate that was just made cannot be written", e);
        }
    }

    void writeList(X509CRL list) throws CertificateFolderProblem {
        try {
            write(certificate(LIST), "rw-r--r--", new PemObject("X509 CRL", list.getEncoded()));
        } catch (CRLException e) {
            throw new CertificateFolderProblem("a revocation list that was just made cannot be written", e);
        }
    }

    private void write(Path file, String mode, PemObject object) throws CertificateFolderProblem {
        try {
            StringWriter text = new StringWriter();
            try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
                pem.writeObject(object);
            }
            Path fresh = Files.createTempFile(
                    folder, ".new", "", isPosix() ? permissions("rw-------") : new FileAttribute<?>[0]);
            try {
                Files.writeString(fresh, text.toString(), StandardOpenOption.WRITE);
                if (isPosix()) {
                    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(mode));
                }
                Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            throw new CertificateFolderProblem(file + " cannot be written: " + e, e);
        }
    }

    X509Certificate readCertificate(String name) throws CertificateFolderProblem {
        Path file = certificate(name);
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new CertificateFolderProblem("there is no certificate " + file, e);
        } catch (CertificateException e) {
            throw new CertificateFolderProblem(file + " is no certificate in PEM", e);
        }
    }

    PrivateKey readKey(String name) throws CertificateFolderProblem {
        Path file = key(name);
        try {
            String pem = Files.readString(file);
            byte[] encoded = Base64.getMimeDecoder()
                    .decode(pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "")
                            .strip());
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (IOException e) {
            throw new CertificateFolderProblem("there is no key " + file, e);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new CertificateFolderProblem(file + " is no key that dunlin certs has made (EC, PKCS#8 in PEM)", e);
        }
    }

    Optional<X509CRL> readList() throws CertificateFolderProblem {
        Path file = certificate(LIST);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of((X509CRL) CertificateFactory.getInstance("X.509")
                    .generateCRL(new ByteArrayInputStream(Files.readAllBytes(file))));
        } catch (IOException | CertificateException | CRLException e) {
            throw new CertificateFolderProblem(file + " is no revocation list in PEM", e);
        }
    }

    /** The names of all certificates but the authority's own, sorted. */
    List<String> names() throws CertificateFolderProblem {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*" + CERTIFICATE_END)) {
            for (Path file : all) {
                String name = file.getFileName().toString();
                name = name.substring(0, name.length() - CERTIFICATE_END.length());
                if (!name.equals(AUTHORITY) && !name.equals(LIST)) {
                    names.add(name);
                }
            }
        } catch (IOException e) {
            throw new CertificateFolderProblem("the folder " + folder + " cannot be read: " + e, e);
        }
        names.sort(String::compareTo);
        return names;
    }
}
