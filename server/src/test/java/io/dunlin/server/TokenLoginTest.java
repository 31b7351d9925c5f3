package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tokens and services before a whole broker: the end of a login, a fresh token in time, and a service that hangs. */
class TokenLoginTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String METHOD = "OAUTH2-JWT";
    private static final int HANGING = 1_000;

    private static Bound<ServerConfig> config(String... settings) throws InvalidConfig {
        List<String> all = new ArrayList<>(Arrays.asList(settings));
        all.addAll(List.of("listeners.tcp.bind=127.0.0.1:0", "shards=2", "store.enabled=false"));
        List<ConfigSources.Given> given = all.stream()
                .map(setting -> setting.split("=", 2))
                .map(setting -> new ConfigSources.Given(setting[0], setting[1], setting[0]))
                .toList();
        return ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), given));
    }

    private static Bound<ServerConfig> tokens(String secret) throws InvalidConfig {
        return config("authentication.jwt.secret=" + secret, "authentication.jwt.clock-skew=0s");
    }

    private static String token(long seconds) throws JOSEException {
        return token(seconds, Map.of());
    }

    private static String token(long seconds, Map<String, Object> more) throws JOSEException {
        Map<String, Object> claims = new HashMap<>(more);
        claims.put("sub", "ada");
        claims.put("exp", System.currentTimeMillis() / 1_000 + seconds);
        JWSObject token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims));
        token.sign(new MACSigner(SECRET));
        return token.serialize();
    }

    private static ReasonCode goodbye(RawClient client) throws IOException {
        Packet packet = client.receive();
        assertThat(packet).isInstanceOf(Disconnect.class);
        return ((Disconnect) packet).reason();
    }

    private static Properties shown(String token) {
        return Properties.builder()
                .text(Property.AUTHENTICATION_METHOD, METHOD)
                .binary(Property.AUTHENTICATION_DATA, token.getBytes(StandardCharsets.US_ASCII))
                .build();
    }

    private static ReasonCode connect(RawClient client, String clientId, String token) throws IOException {
        client.send(new Connect(ProtocolVersion.V5, clientId, true, 60, shown(token), null, null, null));
        return ((Connack) client.receive()).reason();
    }

    @Test
    void aTokenIsAPasswordUntilItEnds() throws Exception {
        try (Server server = Server.start(tokens(SECRET));
                RawClient good = new RawClient(server.port("tcp"));
                RawClient expired = new RawClient(server.port("tcp"));
                RawClient none = new RawClient(server.port("tcp"))) {
            assertThat(expired.connect("b", "any", token(-5)).reason()).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
            assertThat(none.connect("c", "any", "secret").reason()).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
            assertThat(good.connect("a", "any", token(2)).reason()).isEqualTo(ReasonCode.SUCCESS);
            assertThat(goodbye(good)).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        }
    }

    @Test
    void aFreshTokenInTimeKeepsAClientThatAnotherLoses() throws Exception {
        try (Server server = Server.start(tokens(SECRET));
                RawClient stays = new RawClient(server.port("tcp"));
                RawClient goes = new RawClient(server.port("tcp"));
                RawClient wrong = new RawClient(server.port("tcp"))) {
            String first = token(3);
            assertThat(connect(stays, "a", first)).isEqualTo(ReasonCode.SUCCESS);
            assertThat(connect(goes, "b", first)).isEqualTo(ReasonCode.SUCCESS);
            assertThat(connect(wrong, "c", token(600))).isEqualTo(ReasonCode.SUCCESS);

            stays.send(new Auth(ReasonCode.REAUTHENTICATE, shown(token(600))));
            assertThat(((Auth) stays.receive()).reason()).isEqualTo(ReasonCode.SUCCESS);
            wrong.send(new Auth(ReasonCode.REAUTHENTICATE, shown(token(-5))));
            assertThat(goodbye(wrong)).isEqualTo(ReasonCode.NOT_AUTHORIZED);

            assertThat(goodbye(goes)).isEqualTo(ReasonCode.NOT_AUTHORIZED);
            stays.send(new Pingreq());
            assertThat(stays.receive()).isInstanceOf(Pingresp.class);
        }
    }

    @Test
    void aReloadThatTakesTheKeyAwayEndsTheLoginsOfItsTokens() throws Exception {
        try (Server server = Server.start(tokens(SECRET));
                RawClient client = new RawClient(server.port("tcp"))) {
            assertThat(client.connect("a", "any", token(600)).reason()).isEqualTo(ReasonCode.SUCCESS);
            server.reload(tokens(SECRET));
            client.send(new Pingreq());
            assertThat(client.receive()).isInstanceOf(Pingresp.class);
            server.reload(tokens(SECRET.toUpperCase(java.util.Locale.ROOT)));
            assertThat(client.receive()).isInstanceOf(Disconnect.class);
        }
    }

    private static ECKey key(String id) throws JOSEException {
        return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    }

    private static String signed(ECKey key) throws JOSEException {
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build();
        long end = System.currentTimeMillis() / 1_000 + 600;
        JWSObject token = new JWSObject(header, new Payload(Map.of("sub", "ada", "exp", end)));
        token.sign(new ECDSASigner(key));
        return token.serialize();
    }

    @Test
    void aKeyThatTheIssuerTakesBackEndsTheLoginsOfItsTokensThoughNobodyElseLogsIn() throws Exception {
        ECKey kept = key("kept");
        ECKey dropped = key("dropped");
        AtomicBoolean isTakenBack = new AtomicBoolean();
        String before = new JWKSet(List.of(kept, dropped)).toString(true);
        String after = new JWKSet(kept).toString(true);
        HttpServer issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        issuer.createContext("/", exchange -> {
            byte[] body = (isTakenBack.get() ? after : before).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        issuer.start();
        Bound<ServerConfig> config = config(
                "authentication.jwt.jwks-url=http://127.0.0.1:"
                        + issuer.getAddress().getPort() + "/",
                "authentication.jwt.refresh-interval=1s",
                "authentication.jwt.refetch-interval=1s");
        try (Server server = Server.start(config);
                RawClient stays = new RawClient(server.port("tcp"));
                RawClient goes = new RawClient(server.port("tcp"))) {
            assertThat(stays.connect("a", "any", signed(kept)).reason()).isEqualTo(ReasonCode.SUCCESS);
            assertThat(goes.connect("b", "any", signed(dropped)).reason()).isEqualTo(ReasonCode.SUCCESS);
            server.reload(config); // the sources made anew tell of it, too
            isTakenBack.set(true);
            assertThat(goes.receive()).isInstanceOf(Disconnect.class);
            stays.send(new Pingreq());
            assertThat(stays.receive()).isInstanceOf(Pingresp.class);
        } finally {
            issuer.stop(0);
        }
    }

    private static ReasonCode publish(RawClient client, int packetId, String topic) throws IOException {
        client.send(new Publish(
                false, QoS.AT_LEAST_ONCE, false, TopicName.of(topic), packetId, Properties.NONE, new byte[] {7}));
        return ((Puback) client.receive()).reason();
    }

    @Test
    void rightsComeWithTheTokenAndFromTheService() throws Exception {
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        service.createContext("/", exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(asked.contains("\"topic\":\"service/") ? 204 : 403, -1);
            exchange.close();
        });
        service.start();
        Bound<ServerConfig> config = config(
                "authentication.jwt.secret=" + SECRET,
                "authorization.http.url=http://127.0.0.1:"
                        + service.getAddress().getPort() + "/");
        try (Server server = Server.start(config);
                RawClient client = new RawClient(server.port("tcp"))) {
            String rights = token(600, Map.of("acl", Map.of("pub", List.of("own/${clientid}"))));
            assertThat(client.connect("a", "any", rights).reason()).isEqualTo(ReasonCode.SUCCESS);
            assertThat(publish(client, 1, "own/a").isError()).isFalse();
            assertThat(publish(client, 2, "own/b")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
            assertThat(publish(client, 3, "service/x").isError()).isFalse();
            service.stop(0);
            assertThat(publish(client, 4, "service/x").isError()).isFalse(); // remembered
            assertThat(publish(client, 5, "service/y")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        } finally {
            service.stop(0);
        }
    }

    /** A thousand logins hang at a service while others talk and log in. */
    @Test
    void aServiceThatHangsSlowsNobodyElse() throws Exception {
        AtomicInteger hanging = new AtomicInteger();
        CountDownLatch released = new CountDownLatch(1);
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), HANGING);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        service.setExecutor(threads);
        service.createContext("/", exchange -> {
            try (exchange) {
                hanging.incrementAndGet();
                released.await();
                exchange.sendResponseHeaders(204, -1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        service.start();
        List<RawClient> waiting = new ArrayList<>();
        Bound<ServerConfig> config = config(
                "authentication.users.al.password=secret",
                "authentication.chain=[users, http]",
                "authentication.http.url=http://127.0.0.1:"
                        + service.getAddress().getPort() + "/",
                "authentication.http.timeout=60s",
                "authentication.http.max-concurrent=" + 2 * HANGING);
        try (Server server = Server.start(config);
                RawClient from = new RawClient(server.port("tcp"));
                RawClient to = new RawClient(server.port("tcp"))) {
            assertThat(from.connect("from", "al", "secret").reason()).isEqualTo(ReasonCode.SUCCESS);
            assertThat(to.connect("to", "al", "secret").reason()).isEqualTo(ReasonCode.SUCCESS);
            to.subscribe("t");
            for (int i = 0; i < HANGING; i++) {
                RawClient client = new RawClient(server.port("tcp"));
                waiting.add(client);
                client.send(new Connect(
                        ProtocolVersion.V5, "device-" + i, true, 60, Properties.NONE, null, "device", new byte[] {'x'
                        }));
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> hanging.get() == HANGING);

            for (int i = 0; i < 1_000; i++) {
                from.send(new Publish(
                        false, QoS.AT_MOST_ONCE, false, TopicName.of("t"), 0, Properties.NONE, new byte[] {7}));
                assertThat(to.receive()).isInstanceOf(Publish.class);
            }
            for (int i = 0; i < 50; i++) {
                try (RawClient late = new RawClient(server.port("tcp"))) {
                    assertThat(late.connect("late-" + i, "al", "secret").reason())
                            .isEqualTo(ReasonCode.SUCCESS);
                }
            }

            assertThat(released.getCount()).isEqualTo(1); // all that while nobody had been answered
            released.countDown();
            try (RawClient device = new RawClient(server.port("tcp"))) {
                assertThat(device.connect("device", "device", "y").reason()).isEqualTo(ReasonCode.SUCCESS);
            }
        } finally {
            released.countDown();
            for (RawClient client : waiting) {
                client.close();
            }
            service.stop(0);
            threads.shutdownNow();
        }
    }
}
