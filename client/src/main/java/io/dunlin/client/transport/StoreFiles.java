package io.dunlin.client.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads certificates and keys from PKCS#12 files and Java key stores. */
final class StoreFiles {
    private static final int DER_SEQUENCE = 0x30;
    private static final int JKS = 0xFE;

    private StoreFiles() {}

    /** A key and its certificates, its own first. */
    record Identity(PrivateKey key, List<X509Certificate> chain) {}

    /** Whether the file is no text: a store, or a single certificate in DER form. */
    static boolean isBinary(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            int first = in.read();
            return first == DER_SEQUENCE || first == JKS;
        } catch (NoSuchFileException e) {
            throw new IOException("The file " + file + " does not exist.", e);
        }
    }

    /**
     * All certificates, also those of keys.
     *
     * @throws IOException with a sentence that names the file and says what to do
     */
    static List<X509Certificate> certificates(Path file, @Nullable String password) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        try {
            KeyStore store = load(file, password);
            for (String alias : Collections.list(store.aliases())) {
                Certificate[] chain = store.getCertificateChain(alias);
                for (Certificate certificate :
                        chain == null ? new Certificate[] {store.getCertificate(alias)} : chain) {
                    if (certificate instanceof X509Certificate x509) {
                        found.add(x509);
                    }
                }
            }
        } catch (KeyStoreException e) { // no store at all
            return List.of(certificate(file, e));
        }
        if (found.isEmpty()) {
            throw new IOException("The store " + file + " holds no certificate"
                    + (password == null ? " that can be read without a password: give it." : "."));
        }
        return found;
    }

    private static X509Certificate certificate(Path file, KeyStoreException noStore) throws IOException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
        } catch (CertificateException e) {
            e.addSuppressed(noStore);
            throw new IOException("The file " + file + " is neither a PEM file, a PKCS#12 store nor a certificate.", e);
        }
    }

    /**
     * The first key.
     *
     * @throws IOException with a sentence that names the file and says what to do
     */
    static Identity identity(Path file, @Nullable String password) throws IOException {
        try {
            KeyStore store = load(file, password);
            for (String alias : Collections.list(store.aliases())) {
                Key key = store.getKey(alias, password == null ? new char[0] : password.toCharArray());
                if (key instanceof PrivateKey secret) {
                    List<X509Certificate> chain = new ArrayList<>();
                    for (Certificate certificate : store.getCertificateChain(alias)) {
                        chain.add((X509Certificate) certificate);
                    }
                    return new Identity(secret, chain);
                }
            }
        } catch (KeyStoreException e) {
            throw new IOException("The file " + file + " is neither a PEM file nor a PKCS#12 store.", e);
        } catch (GeneralSecurityException e) {
            throw wrongPassword(file, password, e);
        }
        throw new IOException("The store " + file + " holds no private key.");
    }

    private static KeyStore load(Path file, @Nullable String password) throws IOException, KeyStoreException {
        try {
            return KeyStore.getInstance(file.toFile(), password == null ? null : password.toCharArray());
        } catch (KeyStoreException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IOException("The store " + file + " cannot be read: " + e.getMessage() + ".", e);
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw wrongPassword(file, password, e);
            }
            throw new IOException("The store " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static IOException wrongPassword(Path file, @Nullable String password, Exception cause) {
        return new IOException(
                password == null
                        ? "The store " + file + " is encrypted: give its password (--key-password)."
                        : "The password does not open the store " + file + ".",
                cause);
    }
}
