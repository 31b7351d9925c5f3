package io.dunlin.server.assess;

import io.dunlin.server.config.ListenerSettings.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The certificates that the listeners name: how long they hold, and how well. */
final class CertificateChecks {
    private static final long SOON_DAYS = 30;
    private static final long VERY_SOON_DAYS = 7;
    private static final int RSA_BITS_MIN = 2_048;
    private static final int EC_BITS_MIN = 224;

    private final Subject subject;

    private CertificateChecks(Subject subject) {
        this.subject = subject;
    }

    static void check(Subject subject) {
        CertificateChecks checks = new CertificateChecks(subject);
        subject.listeners().forEach((path, listener) -> listener.tls().ifPresent(tls -> checks.tls(path, tls)));
    }

    private void tls(String path, Tls tls) {
        certificates(path, path + ".tls.certfile", tls.certfile());
        tls.cafile().ifPresent(file -> certificates(path, path + ".tls.cafile", file));
    }

    private void certificates(String listener, String path, Path file) {
        List<X509Certificate> read = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                if (certificate instanceof X509Certificate x509) {
                    read.add(x509);
                }
            }
        } catch (IOException | CertificateException e) {
            subject.unassessed(path + " = " + file + " holds no certificates that can be read");
            return;
        }
        for (X509Certificate certificate : read) {
            lifetime(listener, path, file, certificate);
            strength(path, file, certificate);
        }
    }

    private void lifetime(String listener, String path, Path file, X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        long days = Duration.between(subject.now(), end).toDays();
        String name = certificate.getSubjectX500Principal().getName();
        String fix = "dunlin certs server ... (or your authority): put the new one into " + file
                + ", then dunlin reload; " + listener + " takes it without a restart";
        if (end.isBefore(subject.now())) {
            subject.find(
                    Check.CERTIFICATE_EXPIRED,
                    Severity.HIGH,
                    path,
                    file + ": the certificate of " + name + " ended at " + end,
                    fix);
        } else if (days < SOON_DAYS) {
            subject.find(
                    Check.CERTIFICATE_EXPIRING,
                    days < VERY_SOON_DAYS ? Severity.HIGH : Severity.MEDIUM,
                    path,
                    file + ": the certificate of " + name + " ends in " + days + (days == 1 ? " day" : " days")
                            + ", at " + end,
                    fix);
        }
    }

    private void strength(String path, Path file, X509Certificate certificate) {
        List<String> faults = new ArrayList<>();
        if (certificate.getPublicKey() instanceof RSAKey rsa && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
            faults.add("an RSA key of " + rsa.getModulus().bitLength() + " bits");
        }
        if (certificate.getPublicKey() instanceof ECKey ec
                && ec.getParams().getCurve().getField().getFieldSize() < EC_BITS_MIN) {
            faults.add("a key on a curve of "
                    + ec.getParams().getCurve().getField().getFieldSize() + " bits");
        }
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        boolean root = certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
        if (!root && (signature.startsWith("SHA1") || signature.startsWith("MD"))) {
            faults.add("a signature by " + certificate.getSigAlgName());
        }
        if (!faults.isEmpty()) {
            subject.find(
                    Check.CERTIFICATE_WEAK,
                    Severity.HIGH,
                    path,
                    file + ": the certificate of "
                            + certificate.getSubjectX500Principal().getName() + " has " + String.join(" and ", faults),
                    "have it made anew with a key on P-256 or of RSA with 3072 bits, and put it into " + file);
        }
    }
}
