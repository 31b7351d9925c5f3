package io.dunlin.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.client.ConnectionState;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.PublishResult;
import io.dunlin.conformance.ClientUnderTest.Inbox;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.server.Server;
import io.dunlin.testkit.Direction;
import io.dunlin.testkit.FaultProxy;
import io.dunlin.testkit.FaultProxy.Part;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * At least once and exactly once between Dunlin's client and Dunlin's broker, on a network that fails at each step of the
 * exchange, both ways.
 */
class ClientFaultTest {
    private static final int MESSAGES = 8;
    private static final int CUT_AT = 3;

    private static Server server;
    private static int names;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        server = ClientUnderTest.broker(0, null);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String serverUrl() {
        return ClientUnderTest.url(server.port("tcp"));
    }

    /** One packet of an exchange, and how much of it gets through. */
    record Step(QoS qos, int packetType, boolean fromPublisher, Part part) {}

    static List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (Part part : Part.values()) {
            steps.add(new Step(QoS.AT_LEAST_ONCE, 3, true, part));
            steps.add(new Step(QoS.AT_LEAST_ONCE, 4, false, part));
            for (int type : new int[] {3, 5, 6, 7}) {
                steps.add(new Step(QoS.EXACTLY_ONCE, type, type == 3 || type == 6, part));
            }
        }
        return steps;
    }

    @ParameterizedTest
    @MethodSource("steps")
    void aPublisherIsCutOffAtEachStep(Step step) throws Exception { // [MQTT-4.3.2-1] [MQTT-4.3.3-1] [MQTT-4.4.0-1]
        String topic = "publisher/" + names++;
        Inbox inbox = new Inbox();
        try (FaultProxy proxy = FaultProxy.toPort(server.port("tcp"));
                MqttClient receiver = MqttClient.connect(serverUrl());
                MqttClient publisher =
                        ClientUnderTest.lasting(topic, proxy.url()).build()) {
            inbox.subscribe(receiver, topic, QoS.EXACTLY_ONCE);
            publisher.connect();
            CompletableFuture<Void> cut = proxy.cutAtPacket(
                    step.fromPublisher ? Direction.TO_SERVER : Direction.TO_CLIENT, step.packetType, CUT_AT, step.part);
            List<CompletableFuture<PublishResult>> results =
                    ClientUnderTest.publish(publisher, topic, step.qos, MESSAGES);
            cut.get(10, TimeUnit.SECONDS);
            ClientUnderTest.awaitAll(results);
            inbox.holds(step.qos, MESSAGES);
            assertThat(proxy.accepted()).isGreaterThan(1);
        }
    }

    @ParameterizedTest
    @MethodSource("steps")
    void aReceiverIsCutOffAtEachStep(Step step) throws Exception { // [MQTT-4.3.2-5] [MQTT-4.3.3-10] [MQTT-4.4.0-1]
        String topic = "receiver/" + names++;
        Inbox inbox = new Inbox();
        try (FaultProxy proxy = FaultProxy.toPort(server.port("tcp"));
                MqttClient publisher = MqttClient.connect(serverUrl());
                MqttClient receiver =
                        ClientUnderTest.lasting(topic, proxy.url()).build()) {
            receiver.connect();
            inbox.subscribe(receiver, topic, step.qos);
            CompletableFuture<Void> cut = proxy.cutAtPacket(
                    step.fromPublisher ? Direction.TO_CLIENT : Direction.TO_SERVER, step.packetType, CUT_AT, step.part);
            ClientUnderTest.awaitAll(ClientUnderTest.publish(publisher, topic, step.qos, MESSAGES));
            cut.get(10, TimeUnit.SECONDS);
            inbox.holds(step.qos, MESSAGES);
        }
    }

    @Test
    void aSlowNetworkThatTakesPacketsApartChangesNothing() {
        Inbox inbox = new Inbox();
        try (FaultProxy proxy = FaultProxy.toPort(server.port("tcp"));
                MqttClient receiver =
                        ClientUnderTest.lasting("bytes-in", proxy.url()).build();
                MqttClient publisher =
                        ClientUnderTest.lasting("bytes-out", proxy.url()).build()) {
            for (Direction direction : Direction.values()) {
                proxy.oneByteAtATime(direction);
                proxy.delay(direction, Duration.ofMillis(1));
            }
            receiver.connect();
            publisher.connect();
            inbox.subscribe(receiver, "bytes", QoS.EXACTLY_ONCE);
            ClientUnderTest.awaitAll(ClientUnderTest.publish(publisher, "bytes", QoS.EXACTLY_ONCE, 50));
            inbox.holds(QoS.EXACTLY_ONCE, 50);
        }
    }

    @Test
    void aConnectionIsCutAgainAndAgain() {
        Inbox inbox = new Inbox();
        try (FaultProxy proxy = FaultProxy.toPort(server.port("tcp"));
                MqttClient receiver =
                        ClientUnderTest.lasting("cuts-in", proxy.url()).build();
                MqttClient publisher =
                        ClientUnderTest.lasting("cuts-out", proxy.url()).build()) {
            receiver.connect();
            publisher.connect();
            inbox.subscribe(receiver, "cuts", QoS.EXACTLY_ONCE);
            for (int cut = 1; cut <= 10; cut++) {
                proxy.cutAfterBytes(Direction.TO_SERVER, 150L * cut);
                proxy.cutAfterBytes(Direction.TO_CLIENT, 170L * cut);
            }
            ClientUnderTest.awaitAll(ClientUnderTest.publish(publisher, "cuts", QoS.EXACTLY_ONCE, 200));
            inbox.holds(QoS.EXACTLY_ONCE, 200);
            assertThat(proxy.accepted()).isGreaterThan(10);
        }
    }

    @Test
    void aHalfOpenConnectionIsNoticedByKeepAlive() { // 3.1.2.10
        Inbox inbox = new Inbox();
        List<ConnectionState> states = new CopyOnWriteArrayList<>();
        try (FaultProxy proxy = FaultProxy.toPort(server.port("tcp"));
                MqttClient receiver = MqttClient.connect(serverUrl());
                MqttClient publisher = ClientUnderTest.lasting("half-open", proxy.url())
                        .keepAlive(Duration.ofSeconds(1))
                        .onStateChange(change -> states.add(change.to()))
                        .build()) {
            inbox.subscribe(receiver, "half-open", QoS.EXACTLY_ONCE);
            publisher.connect();
            proxy.swallow();
            List<CompletableFuture<PublishResult>> results =
                    ClientUnderTest.publish(publisher, "half-open", QoS.EXACTLY_ONCE, MESSAGES);
            await().atMost(Duration.ofSeconds(10)).until(() -> proxy.accepted() > 1);
            ClientUnderTest.awaitAll(results);
            inbox.holds(QoS.EXACTLY_ONCE, MESSAGES);
            assertThat(states)
                    .startsWith(ConnectionState.CONNECTING, ConnectionState.CONNECTED)
                    .endsWith(ConnectionState.CONNECTED)
                    .hasSizeGreaterThan(2);
        }
    }

    @Test
    void aBrokerIsRestarted() {
        Inbox inbox = new Inbox();
        Server first = ClientUnderTest.broker(0, folder);
        int port = first.port("tcp");
        try (MqttClient receiver = ClientUnderTest.lasting("restart-in", ClientUnderTest.url(port))
                        .build();
                MqttClient publisher = ClientUnderTest.lasting("restart-out", ClientUnderTest.url(port))
                        .build()) {
            receiver.connect();
            publisher.connect();
            inbox.subscribe(receiver, "restart", QoS.EXACTLY_ONCE);
            List<CompletableFuture<PublishResult>> results =
                    ClientUnderTest.publish(publisher, "restart", QoS.EXACTLY_ONCE, 500);
            first.close();
            try (Server second = ClientUnderTest.broker(port, folder)) {
                assertThat(second.port("tcp")).isEqualTo(port);
                ClientUnderTest.awaitAll(results);
                inbox.holds(QoS.EXACTLY_ONCE, 500);
            }
        }
    }

    @Test
    void whatAFileKeepsIsSentByTheNextClient() {
        Inbox inbox = new Inbox();
        Path file = folder.resolve("buffer");
        try (FaultProxy proxy = FaultProxy.toPort(server.port("tcp"));
                MqttClient receiver = MqttClient.connect(serverUrl())) {
            inbox.subscribe(receiver, "file", QoS.EXACTLY_ONCE);
            try (MqttClient publisher = fileClient(proxy, file)) {
                publisher.connect();
                proxy.swallow();
                ClientUnderTest.publish(publisher, "file", QoS.EXACTLY_ONCE, MESSAGES);
            }
            try (MqttClient publisher = fileClient(proxy, file)) {
                publisher.connect();
                inbox.holds(QoS.EXACTLY_ONCE, MESSAGES);
                assertThat(publisher
                                .publish(Message.of("other", "x").withQos(QoS.EXACTLY_ONCE))
                                .isAccepted())
                        .isTrue();
                inbox.holds(QoS.EXACTLY_ONCE, MESSAGES);
            }
        }
    }

    private static MqttClient fileClient(FaultProxy proxy, Path file) {
        return ClientUnderTest.lasting("file", proxy.url())
                .offlineBuffer(buffer -> buffer.inFile(file))
                .build();
    }
}
