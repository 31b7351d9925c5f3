package io.dunlin.transport;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Whether a private key and a certificate belong together, tried by signing: engines that do not look would start, and then
 * fail each client's handshake.
 */
final class KeyCheck {
    private static final String PLAIN = "PRIVATE KEY-----";
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY-----";

    private KeyCheck() {}

    /**
     * False where they surely do not; true also for keys that it cannot read.
     *
     * @param pem the text of the key's file
     */
    static boolean mayBelongTogether(String pem, @Nullable String password, PublicKey certified) {
        String algorithm =
                switch (certified.getAlgorithm().toUpperCase(Locale.ROOT)) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    case "EDDSA", "ED25519", "ED448" -> "EdDSA";
                    default -> "";
                };
        if (algorithm.isEmpty()) {
            return true;
        }
        try {
            KeySpec spec = spec(pem, password);
            if (spec == null) {
                return true;
            }
            PrivateKey own = KeyFactory.getInstance(certified.getAlgorithm()).generatePrivate(spec);
            return verifies(algorithm, own, certified);
        } catch (InvalidKeySpecException e) {
            return false; // a key of another algorithm
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            return true; // the engine decides
        }
    }

    private static @Nullable KeySpec spec(String pem, @Nullable String password)
            throws IOException, GeneralSecurityException {
        byte[] plain = between(pem, PLAIN);
        if (plain.length > 0) {
            return new PKCS8EncodedKeySpec(plain);
        }
        byte[] encrypted = between(pem, ENCRYPTED);
        if (encrypted.length == 0 || password == null) {
            return null;
        }
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(encrypted);
        String algorithm = String.valueOf(info.getAlgParameters());
        Key key = SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
        try {
            return info.getKeySpec(cipher);
        } catch (InvalidKeySpecException e) {
            return null; // a wrong password: the engine says so
        }
    }

    private static byte[] between(String pem, String label) {
        String beginning = "-----BEGIN " + label;
        int begin = pem.indexOf(beginning);
        int end = pem.indexOf("-----END " + label);
        return begin < 0 || end < begin
                ? new byte[0]
                : Base64.getMimeDecoder().decode(pem.substring(begin + beginning.length(), end));
    }

    private static boolean verifies(String algorithm, PrivateKey own, PublicKey certified)
            throws GeneralSecurityException {
        byte[] something = {1, 2, 3};
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(own);
        signing.update(something);
        byte[] signed = signing.sign();
        Signature checking = Signature.getInstance(algorithm);
        checking.initVerify(certified);
        checking.update(something);
        return checking.verify(signed);
    }
}
