package io.dunlin.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/** Key stores of this run, made once with the JDK's keytool, and TLS servers that use them. */
final class TestStores {
    static final String PASSWORD = "changeit";

    private static final class Holder {
        static final Path FOLDER = make();
    }

    private TestStores() {}

    static Path file(String name) {
        return Holder.FOLDER.resolve(name);
    }

    private static Path make() {
        try {
            Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "stores");
            for (String name : new String[] {"server", "client"}) {
                Path store = folder.resolve(name + ".p12");
                keytool(name, store);
                byte[] der = load(store).getCertificate("x").getEncoded();
                Files.write(folder.resolve(name + ".der"), der);
                Files.writeString(
                        folder.resolve(name + ".pem"),
                        "-----BEGIN CERTIFICATE-----\n"
                                + Base64.getMimeEncoder().encodeToString(der) + "\n-----END CERTIFICATE-----\n");
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void keytool(String name, Path store) throws IOException, InterruptedException {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String arguments = "-genkeypair -alias x -keyalg EC -dname CN=" + name + " -ext san=dns:localhost -keystore "
                + store + " -storetype PKCS12 -storepass " + PASSWORD + " -validity 2";
        String[] command = (keytool + " " + arguments).split(" ");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output;
        try (InputStream in = process.getInputStream()) {
            output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    }

    /** Trusts the client's certificate, and asks for one. */
    static SSLServerSocket server() throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(file("server.p12")), PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("client", load(file("client.p12")).getCertificate("x"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        SSLServerSocket socket = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        socket.setWantClientAuth(true);
        socket.setSoTimeout(20_000);
        return socket;
    }

    static TlsOptions trusting() {
        return TlsOptions.trusting(file("server.pem"));
    }
}
