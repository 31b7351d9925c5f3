package io.dunlin.security.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.dunlin.security.login.InvalidSource;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service over https is believed only where its certificate is of an authority that is trusted, and for its name. */
class WebClientTlsTest {
    @TempDir
    Path folder;

    private static X509Bundle certificate(String host) throws Exception {
        return new CertificateBuilder()
                .subject("cn=" + host)
                .addSanDnsName(host)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static HttpsServer serve(X509Bundle certificate) throws Exception {
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private int ask(HttpsServer server, Optional<X509Bundle> trusted) throws Exception {
        Path cafile = folder.resolve("ca.pem");
        if (trusted.isPresent()) {
            Files.writeString(cafile, trusted.get().getCertificatePEM());
        }
        URI uri = URI.create("https://localhost:" + server.getAddress().getPort() + "/");
        try (WebClient client = new WebClient(trusted.map(_ -> cafile), Duration.ofSeconds(20), 100)) {
            return client.send(HttpRequest.newBuilder(uri).build()).join().status();
        }
    }

    @Test
    void believesATrustedCertificateForThisNameAlone() throws Exception {
        X509Bundle right = certificate("localhost");
        X509Bundle otherName = certificate("elsewhere.example");
        HttpsServer server = serve(right);
        HttpsServer misnamed = serve(otherName);
        try {
            assertThat(ask(server, Optional.of(right))).isEqualTo(204);
            assertThatThrownBy(() -> ask(server, Optional.empty()))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(SSLException.class);
            assertThatThrownBy(() -> ask(server, Optional.of(certificate("localhost"))))
                    .hasCauseInstanceOf(SSLException.class);
            assertThatThrownBy(() -> ask(misnamed, Optional.of(otherName))).hasCauseInstanceOf(SSLException.class);
        } finally {
            server.stop(0);
            misnamed.stop(0);
        }
    }

    @Test
    void saysWhatIsWrongWithAFileOfAuthorities() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        Path other = Files.writeString(folder.resolve("other.pem"), "-----BEGIN CERTIFICATE-----\nx\n");
        for (Path file : new Path[] {empty, other}) {
            assertThatThrownBy(() -> new WebClient(Optional.of(file), Duration.ofSeconds(1), 1))
                    .isInstanceOf(InvalidSource.class)
                    .hasMessageContaining(file.toString());
        }
    }
}
