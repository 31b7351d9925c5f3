package io.dunlin.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Locale;

/**
 * Whether a private key and a certificate belong together, tried by signing: engines that do not look would start, and then
 * fail each client's handshake.
 */
final class KeyCheck {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    private KeyCheck() {}

    /** False where they surely do not; true also for keys that it cannot read, such as encrypted ones. */
    static boolean mayBelongTogether(Path key, PublicKey certified) throws IOException {
        String pem = Files.readString(key);
        int begin = pem.indexOf(BEGIN);
        int end = pem.indexOf(END);
        if (begin < 0 || end < begin) {
            return true;
        }
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
            byte[] encoded = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
            PrivateKey own =
                    KeyFactory.getInstance(certified.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            return verifies(algorithm, own, certified);
        } catch (InvalidKeySpecException e) {
            return false; // a key of another algorithm
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return true; // the engine decides
        }
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
