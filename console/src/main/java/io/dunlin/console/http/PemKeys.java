package io.dunlin.console.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Certificates and keys in PEM, as TLS needs them. */
final class PemKeys {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);
    private static final List<String> KINDS = List.of("EC", "RSA", "EdDSA");
    private static final byte[] SIGNED = "dunlin".getBytes(StandardCharsets.US_ASCII);

    private PemKeys() {}

    /**
     * Reads them, under an alias that no others have.
     *
     * @throws IOException with a sentence that says what to do, where the files cannot be used
     */
    static X509ExtendedKeyManager read(Path certfile, Path keyfile) throws IOException {
        try {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bytes("certfile", certfile)))
                    .toArray(new Certificate[0]);
            if (chain.length == 0) {
                throw new IOException("console.tls.certfile = " + certfile + " holds no certificate in PEM");
            }
            PrivateKey key = key(keyfile);
            if (!belongs(key, chain[0].getPublicKey())) {
                throw new GeneralSecurityException("the key is that of another certificate");
            }
            String alias = Long.toHexString(new SecureRandom().nextLong());
            char[] nobody = Long.toHexString(new SecureRandom().nextLong()).toCharArray();
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setKeyEntry(alias, key, nobody, chain);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, nobody);
            return Arrays.stream(keys.getKeyManagers())
                    .filter(X509ExtendedKeyManager.class::isInstance)
                    .map(X509ExtendedKeyManager.class::cast)
                    .findFirst()
                    .orElseThrow(() -> new GeneralSecurityException("this JDK has no keys for TLS"));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "console.tls.certfile = " + certfile + " and keyfile = " + keyfile + " cannot be used together: "
                            + e.getMessage(),
                    e);
        }
    }

    private static boolean belongs(PrivateKey key, PublicKey whose) throws GeneralSecurityException {
        String kind = key.getAlgorithm();
        Signature signature = Signature.getInstance(
                switch (kind) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> kind;
                });
        signature.initSign(key);
        signature.update(SIGNED);
        byte[] signed = signature.sign();
        signature.initVerify(whose);
        signature.update(SIGNED);
        return signature.verify(signed);
    }

    private static byte[] bytes(String setting, Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException("console.tls." + setting + " = " + file + " does not exist", e);
        } catch (IOException e) {
            throw new IOException("console.tls." + setting + " = " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        Matcher found = KEY.matcher(new String(bytes("keyfile", file), StandardCharsets.ISO_8859_1));
        if (!found.find()) {
            throw new IOException("console.tls.keyfile = " + file
                    + " holds no key in the form PKCS#8 without a password: write one with"
                    + " openssl pkcs8 -topk8 -nocrypt");
        }
        byte[] bytes = Base64.getMimeDecoder().decode(found.group(1));
        @Nullable InvalidKeySpecException last = null; // of another kind
        for (String kind : KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            } catch (InvalidKeySpecException e) {
                last = e;
            }
        }
        throw new IOException(
                "console.tls.keyfile = " + file + " holds a key that is none of RSA, EC and Ed25519", last);
    }
}
