package io.dunlin.client.transport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** Reads certificates and keys from PEM files. */
final class PemFiles {
    private static final String BEGIN = "-----BEGIN ";
    private static final String DASHES = "-----";
    private static final String[] KEY_ALGORITHMS = {"RSA", "EC", "Ed25519", "Ed448", "RSASSA-PSS"};

    // AlgorithmIdentifier of rsaEncryption with NULL parameters, for a PKCS#1 key that is wrapped into PKCS#8.
    private static final byte[] RSA_IDENTIFIER = {
        0x30, 0x0D, 0x06, 0x09, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    // OBJECT IDENTIFIER id-ecPublicKey; the curve of the SEC 1 key follows it.
    private static final byte[] EC_IDENTIFIER = {0x06, 0x07, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x02, 0x01};
    private static final byte[] VERSION_ZERO = {0x02, 0x01, 0x00};

    private PemFiles() {}

    /** One block between BEGIN and END. */
    private record Block(String label, byte[] der) {}

    /** @throws IOException with a sentence that names the file where it cannot be read or holds no certificate */
    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(file)) {
                if (block.label.endsWith("CERTIFICATE")) {
                    found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der)));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("The certificate in " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
        if (found.isEmpty()) {
            throw new IOException("The file " + file + " holds no certificate in PEM form.");
        }
        return found;
    }

    /** @throws IOException with a sentence that names the file and says what to do */
    static PrivateKey key(Path file, @Nullable String password) throws IOException {
        for (Block block : blocks(file)) {
            if (block.label.endsWith("PRIVATE KEY")) {
                try {
                    return key(file, block, password);
                } catch (GeneralSecurityException e) {
                    throw new IOException("The key in " + file + " cannot be read: " + e.getMessage() + ".", e);
                }
            }
        }
        throw new IOException("The file " + file + " holds no private key in PEM form.");
    }

    private static PrivateKey key(Path file, Block block, @Nullable String password)
            throws GeneralSecurityException, IOException {
        switch (block.label) {
            case "PRIVATE KEY":
                return pkcs8(block.der);
            case "RSA PRIVATE KEY":
                return pkcs8(sequence(VERSION_ZERO, RSA_IDENTIFIER, tagged(0x04, block.der)));
            case "EC PRIVATE KEY":
                return pkcs8(sequence(
                        VERSION_ZERO, sequence(EC_IDENTIFIER, curveOf(block.der, file)), tagged(0x04, block.der)));
            case "ENCRYPTED PRIVATE KEY":
                if (password == null) {
                    throw new IOException("The key in " + file + " is encrypted: give its password (--key-password).");
                }
                return decrypt(block.der, password, file);
            default:
                throw new IOException("The key in " + file + " is a " + block.label
                        + ", which is not supported: convert it with" + " 'openssl pkcs8 -topk8'.");
        }
    }

    private static PrivateKey decrypt(byte[] der, String password, Path file)
            throws GeneralSecurityException, IOException {
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
        String algorithm = info.getAlgName();
        if (algorithm.equals("PBES2")) { // the JDK knows the exact pair of functions only by the parameters
            algorithm = info.getAlgParameters().toString();
        }
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(
                Cipher.DECRYPT_MODE,
                SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())),
                info.getAlgParameters());
        try {
            return pkcs8(info.getKeySpec(cipher).getEncoded());
        } catch (InvalidKeySpecException e) {
            throw new IOException("The password does not open the key in " + file + ".", e);
        }
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        GeneralSecurityException last = new InvalidKeySpecException("no known algorithm");
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw last;
    }

    /** The curve stands in the SEC 1 key as [0] EXPLICIT OBJECT IDENTIFIER. */
    private static byte[] curveOf(byte[] sec1, Path file) throws IOException {
        for (int i = 0; i + 3 < sec1.length; i++) {
            boolean explicitZero = (sec1[i] & 0xFF) == 0xA0 && sec1[i + 2] == 0x06;
            if (explicitZero && sec1[i + 1] == sec1[i + 3] + 2 && i + 4 + sec1[i + 3] <= sec1.length) {
                byte[] identifier = new byte[sec1[i + 3] + 2];
                System.arraycopy(sec1, i + 2, identifier, 0, identifier.length);
                return identifier;
            }
        }
        throw new IOException("The key in " + file + " names no curve: convert it with 'openssl pkcs8 -topk8'.");
    }

    static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        return tagged(0x30, content.toByteArray());
    }

    static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 5);
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static List<Block> blocks(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new IOException("The file " + file + " does not exist.", e);
        } catch (IOException e) {
            throw new IOException("The file " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
        List<Block> found = new ArrayList<>();
        int from = text.indexOf(BEGIN);
        while (from >= 0) {
            int labelEnd = text.indexOf(DASHES, from + BEGIN.length());
            if (labelEnd < 0) {
                break;
            }
            String label = text.substring(from + BEGIN.length(), labelEnd);
            int end = text.indexOf("-----END " + label, labelEnd);
            if (end < 0) {
                break;
            }
            try {
                String body = text.substring(labelEnd + DASHES.length(), end);
                found.add(new Block(label, Base64.getMimeDecoder().decode(body)));
            } catch (IllegalArgumentException e) {
                throw new IOException("The block " + label + " in " + file + " is no base64.", e);
            }
            from = text.indexOf(BEGIN, end);
        }
        return found;
    }
}
