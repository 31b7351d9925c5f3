package io.dunlin.console.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dunlin.broker.port.Clock;
import io.dunlin.console.account.Accounts;
import io.dunlin.console.account.Sessions;
import io.dunlin.security.password.Hashing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What is sent piece by piece. */
@Timeout(60)
class HttpServerTest {
    private static Route sent(String path, Reply.Feed feed) {
        return new Route("GET", path, Optional.empty(), List.of(), "", call -> Reply.feed("text/plain", feed));
    }

    @Test
    void whatFailsHalfWayIsInTheLogAndDoesNotEndAsIfItWereWhole() throws Exception {
        Route whole = sent("/whole", out -> out.write("all of it".getBytes(StandardCharsets.UTF_8)));
        Route half = sent("/half", out -> {
            out.write("half of it".getBytes(StandardCharsets.UTF_8));
            out.flush();
            throw new IOException("the disk is gone");
        });
        Clock clock = Clock.system();
        Accounts accounts = Accounts.open(Optional.empty(), new Hashing(Hashing.Limits.DEFAULT, clock), clock);
        Gate gate = new Gate(accounts, new Sessions(clock, Duration.ofHours(1)));
        Front front = new Front(new Routes(List.of(whole, half)), gate, new Pages(), List.of());
        Logger log = (Logger) LoggerFactory.getLogger(HttpServer.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try (HttpServer server = HttpServer.start("127.0.0.1", 0, Optional.empty(), front);
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(get(client, server, "/whole")).isEqualTo("all of it");
            assertThat(lines.list).isEmpty();
            assertThatThrownBy(() -> get(client, server, "/half")).isInstanceOf(IOException.class);
            assertThat(lines.list)
                    .singleElement()
                    .asString()
                    .contains("WARN", "/half was not sent as a whole", "the disk is gone");
        } finally {
            log.detachAppender(lines);
        }
    }

    /** The library refuses it before we see it. */
    @Test
    void aPathThatCannotBeReadIsRefusedAsAllErrorsAre() throws Exception {
        Clock clock = Clock.system();
        Accounts accounts = Accounts.open(Optional.empty(), new Hashing(Hashing.Limits.DEFAULT, clock), clock);
        Gate gate = new Gate(accounts, new Sessions(clock, Duration.ofHours(1)));
        Front front = new Front(new Routes(List.of()), gate, new Pages(), List.of());
        try (HttpServer server = HttpServer.start("127.0.0.1", 0, Optional.empty(), front);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET /clients/%E0%A4%A HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 400 ")
                    .containsIgnoringCase("Content-Type: application/json")
                    .containsIgnoringCase("X-Content-Type-Options: nosniff")
                    .contains("{\"code\":\"BAD_REQUEST\",\"message\":\"");
        }
    }

    private static String get(HttpClient client, HttpServer server, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
