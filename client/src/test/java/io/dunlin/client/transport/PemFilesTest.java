package io.dunlin.client.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {
    @TempDir
    Path folder = Path.of("");

    private static String pem(String label, byte[] der) {
        return "text before is ignored\n-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    @Test
    void missingFileIsNamed() throws Exception {
        Path certificate = Files.writeString(folder.resolve("c.pem"), pem("CERTIFICATE", new byte[3]));
        assertThatThrownBy(() -> PemFiles.certificates(folder.resolve("nothing.pem")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing.pem does not exist");
        assertThatThrownBy(() -> PemFiles.key(certificate, null))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no private key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void readsPkcs8OfEachAlgorithm(String algorithm) throws Exception {
        PrivateKey key =
                KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
        Path file = Files.writeString(folder.resolve(algorithm + ".key"), pem("PRIVATE KEY", key.getEncoded()));

        assertThat(PemFiles.key(file, null)).isEqualTo(key);
    }

    @Test
    void readsThePkcs1Form() throws Exception {
        PrivateKey key = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
        byte[] pkcs8 = key.getEncoded();
        byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length); // behind version and algorithm
        Path file = Files.writeString(folder.resolve("pkcs1.key"), pem("RSA PRIVATE KEY", pkcs1));

        assertThat(PemFiles.key(file, null)).isEqualTo(key);
    }

    @Test
    void readsTheSec1Form() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        PrivateKey key = generator.generateKeyPair().getPrivate();
        byte[] pkcs8 = key.getEncoded();
        byte[] secret = Arrays.copyOfRange(pkcs8, pkcs8.length - 32, pkcs8.length);
        byte[] curve = {(byte) 0xA0, 0x0A, 0x06, 0x08, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x03, 0x01, 0x07};
        byte[] sec1 = new byte[7 + secret.length + curve.length];
        System.arraycopy(new byte[] {0x30, (byte) (sec1.length - 2), 2, 1, 1, 4, 32}, 0, sec1, 0, 7);
        System.arraycopy(secret, 0, sec1, 7, secret.length);
        System.arraycopy(curve, 0, sec1, 7 + secret.length, curve.length);
        Path file = Files.writeString(folder.resolve("sec1.key"), pem("EC PRIVATE KEY", sec1));

        assertThat(((ECPrivateKey) PemFiles.key(file, null)).getS()).isEqualTo(((ECPrivateKey) key).getS());
    }

    @Test
    void readsAnEncryptedKeyWithItsPassword() throws Exception {
        PrivateKey key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
        byte[] encrypted = encrypt(key, "sesame");
        Path file = Files.writeString(folder.resolve("encrypted.key"), pem("ENCRYPTED PRIVATE KEY", encrypted));

        assertThat(PemFiles.key(file, "sesame")).isEqualTo(key);
        assertThatThrownBy(() -> PemFiles.key(file, "wrong")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> PemFiles.key(file, null)).hasMessageContaining("encrypted");
    }

    private static byte[] encrypt(PrivateKey key, String password) throws Exception {
        String algorithm = "PBEWithHmacSHA256AndAES_256";
        javax.crypto.Cipher cipher = javax.crypto.Cipher.getInstance(algorithm);
        cipher.init(
                javax.crypto.Cipher.ENCRYPT_MODE,
                javax.crypto.SecretKeyFactory.getInstance(algorithm)
                        .generateSecret(new javax.crypto.spec.PBEKeySpec(password.toCharArray())));
        byte[] content = cipher.doFinal(key.getEncoded());
        byte[] pbes2 = {0x06, 0x09, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 0x01, 0x05, 0x0D};
        return PemFiles.sequence(
                PemFiles.sequence(pbes2, cipher.getParameters().getEncoded()), PemFiles.tagged(0x04, content));
    }
}
