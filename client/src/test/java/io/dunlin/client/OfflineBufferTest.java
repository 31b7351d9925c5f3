package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.client.OfflineBuffer.WhenFull;
import io.dunlin.client.ScriptedServer.Peer;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits without a connection, what has to go, and what outlives the client. */
class OfflineBufferTest {
    private final ScriptedServer server = ScriptedServer.open();
    private final BlockingQueue<Dropped> dropped = new LinkedBlockingQueue<>();
    private final List<MqttClient> clients = new ArrayList<>();

    @TempDir
    Path folder;

    private MqttClient client(UnaryOperator<ClientBuilder> options) {
        MqttClient client = options.apply(MqttClient.builder()
                        .url(server.url())
                        .clientId("c1")
                        .cleanStart(false)
                        .sessionExpiry(Duration.ofHours(1))
                        .reconnect(Backoff.constant(Duration.ofMillis(20)))
                        .onDrop(dropped::add))
                .build();
        clients.add(client);
        return client;
    }

    /** Without a connection, and with one to come. */
    private MqttClient offline(UnaryOperator<OfflineBuffer> buffer) throws Exception {
        MqttClient client = client(builder -> builder.offlineBuffer(buffer));
        CompletableFuture<Connack> connected = client.connectAsync();
        Peer peer = server.acceptMqtt();
        connected.get(10, TimeUnit.SECONDS);
        peer.close();
        await().until(() -> client.state() == ConnectionState.RECONNECTING);
        return client;
    }

    private static Message message(String text, int qos) {
        return Message.of("t", text).withQos(QoS.of(qos));
    }

    private static String text(Publish publish) {
        return new String(publish.payload(), StandardCharsets.UTF_8);
    }

    @AfterEach
    void close() throws IOException {
        clients.forEach(MqttClient::close);
        server.close();
    }

    @Test
    void aFullBufferRefusesTheNewMessage() throws Exception {
        MqttClient client = offline(buffer -> buffer.withMessages(2));
        client.publishAsync(message("1", 1));
        client.publishAsync(message("2", 0));
        assertThatThrownBy(() -> client.publish(message("3", 1)))
                .isInstanceOf(LimitExceeded.class)
                .hasMessageContaining("2 messages");
        assertThat(client.tryPublish(message("3", 1))).isFalse();
        assertThat(dropped).isEmpty();
    }

    @Test
    void orItDropsTheOldestOfQos0() throws Exception {
        MqttClient client = offline(buffer -> buffer.withMessages(3).whenFull(WhenFull.DROP_OLDEST_QOS0));
        client.publishAsync(message("1", 1));
        CompletableFuture<PublishResult> victim = client.publishAsync(message("2", 0));
        client.publishAsync(message("3", 0));
        client.publishAsync(message("4", 1));
        assertThat(victim).isCompletedExceptionally();
        assertThat(dropped.poll()).satisfies(drop -> {
            assertThat(drop.reason()).isEqualTo(Dropped.Reason.BUFFER_FULL);
            assertThat(drop.message().text()).isEqualTo("2");
        });
        client.publishAsync(message("5", 1));
        assertThat(client.publishAsync(message("6", 1))).isCompletedExceptionally();
        assertThat(client.metrics().dropped()).containsEntry(Dropped.Reason.BUFFER_FULL, 2L);
        assertThat(client.tryPublish(message("7", 0))).isFalse();
    }

    @Test
    void orTheOldestOfAll() throws Exception {
        MqttClient client = offline(buffer -> buffer.withMessages(2).whenFull(WhenFull.DROP_OLDEST));
        for (int i = 1; i <= 5; i++) {
            client.publishAsync(message(Integer.toString(i), 1));
        }
        try (Peer peer = server.acceptMqtt()) {
            assertThat(text(peer.expect(Publish.class))).isEqualTo("4");
            assertThat(text(peer.expect(Publish.class))).isEqualTo("5");
        }
        assertThat(client.metrics().droppedTotal()).isEqualTo(3);
    }

    @Test
    void bytesCountToo() throws Exception {
        MqttClient client = offline(buffer -> buffer.withBytes(1_000));
        assertThat(client.publishAsync(message("x".repeat(500), 1))).isNotDone();
        assertThat(client.publishAsync(message("x".repeat(500), 1))).isCompletedExceptionally();
    }

    @Test
    void noneMeansThatNothingWaits() throws Exception {
        MqttClient client = offline(buffer -> OfflineBuffer.NONE);
        assertThat(client.publishAsync(message("1", 1))).isCompletedExceptionally();
    }

    @Test
    void whatExpiresWhileItWaitsIsDropped() throws Exception { // [MQTT-3.3.2-5]
        MqttClient client = offline(buffer -> buffer);
        CompletableFuture<PublishResult> old = client.publishAsync(
                message("old", 1).withProperties(Properties.of(Property.MESSAGE_EXPIRY_INTERVAL, 0)));
        client.publishAsync(message("new", 1));
        try (Peer peer = server.acceptMqtt()) {
            assertThat(text(peer.expect(Publish.class))).isEqualTo("new");
        }
        assertThat(old).isCompletedExceptionally();
        assertThat(dropped.poll(10, TimeUnit.SECONDS).reason()).isEqualTo(Dropped.Reason.EXPIRED);
    }

    @Test
    void flushWaitsForAllThatWasAccepted() throws Exception {
        MqttClient client = offline(buffer -> buffer);
        client.publishAsync(message("1", 1));
        assertThat(client.flush(Duration.ofMillis(1))).isFalse();
        CompletableFuture<Boolean> flushed = Threads.supplyAsync(() -> client.flush(Duration.ofSeconds(10)));
        try (Peer peer = server.acceptMqtt()) {
            int id = peer.expect(Publish.class).packetId();
            assertThat(flushed).isNotDone();
            peer.send(new Puback(id));
            assertThat(flushed.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aFileOutlivesTheClient() throws Exception {
        Path file = folder.resolve("outbox");
        MqttClient first = offline(buffer -> buffer.inFile(file));
        first.publishAsync(message("1", 1));
        first.publishAsync(message("2", 2));
        first.publishAsync(message("3", 0));
        try (Peer peer = server.acceptMqtt(true, Properties.NONE)) {
            peer.expect(Publish.class);
            Publish two = peer.expect(Publish.class);
            assertThat(text(peer.expect(Publish.class))).isEqualTo("3");
            peer.send(new Pubrec(two.packetId()));
            peer.expect(Pubrel.class);
            first.publishAsync(message("4", 2));
            int id = peer.expect(Publish.class).packetId();
            first.close();

            MqttClient second = client(builder -> builder.offlineBuffer(buffer -> buffer.inFile(file)));
            assertThat(second.metrics().inFlight()).isEqualTo(3);
            CompletableFuture<Connack> connected = second.connectAsync();
            Peer next = server.acceptMqtt(true, Properties.NONE);
            Publish one = next.expect(Publish.class);
            assertThat(text(one)).isEqualTo("1");
            assertThat(one.dup()).isTrue();
            assertThat(next.expect(Pubrel.class).packetId()).isEqualTo(two.packetId());
            assertThat(next.expect(Publish.class).packetId()).isEqualTo(id);
            next.send(new Puback(one.packetId()));
            next.send(new Pubcomp(two.packetId()));
            connected.get(10, TimeUnit.SECONDS);
            await().until(() -> second.metrics().inFlight() == 1);
            next.close();
        }
    }

    @Test
    void aFileKnowsWhatWasReceivedAtQos2() throws Exception { // [MQTT-4.3.3-10]
        Path file = folder.resolve("outbox");
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        UnaryOperator<ClientBuilder> options =
                builder -> builder.offlineBuffer(buffer -> buffer.inFile(file)).onMessage(received::add);
        Publish publish =
                new Publish(false, QoS.EXACTLY_ONCE, false, TopicName.of("t"), 7, Properties.NONE, new byte[] {1});
        MqttClient first = client(options);
        CompletableFuture<Connack> connected = first.connectAsync();
        try (Peer peer = server.acceptMqtt(true, Properties.NONE)) {
            connected.get(10, TimeUnit.SECONDS);
            peer.send(publish);
            peer.expect(Pubrec.class);
            first.close();
        }
        MqttClient second = client(options);
        CompletableFuture<Connack> again = second.connectAsync();
        try (Peer peer = server.acceptMqtt(true, Properties.NONE)) {
            again.get(10, TimeUnit.SECONDS);
            peer.send(publish);
            peer.expect(Pubrec.class);
            peer.send(new Pubrel(7));
            peer.expect(Pubcomp.class);
        }
        assertThat(received).hasSize(1);
    }

    @Test
    void aFileNeedsASessionThatLasts() {
        ClientBuilder builder = MqttClient.builder().offlineBuffer(buffer -> buffer.inFile(folder.resolve("outbox")));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("clientId");
    }

    @Test
    void flushCountsMessagesOfQos0() throws Exception {
        MqttClient client = client(builder -> builder);
        CompletableFuture<Connack> connected = client.connectAsync();
        try (Peer peer = server.acceptMqtt()) {
            connected.get(10, TimeUnit.SECONDS);
            byte[] payload = new byte[100_000];
            List<CompletableFuture<PublishResult>> published = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                published.add(client.publishAsync("t", payload, QoS.AT_MOST_ONCE));
            }
            assertThat(client.flush(Duration.ofMillis(1))).isFalse(); // nobody reads
            CompletableFuture<Boolean> flushed = Threads.supplyAsync(() -> client.flush(Duration.ofSeconds(20)));
            for (int i = 0; i < 500; i++) {
                peer.expect(Publish.class);
            }
            assertThat(flushed.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(published).allSatisfy(each -> assertThat(each).isDone());
        }
    }

    @Test
    void whatCannotBeEncodedIsRefusedAtOnce() throws Exception {
        MqttClient client = offline(buffer -> buffer);
        Message message = message("x", 1).withProperties(Properties.of(Property.CONTENT_TYPE, "x".repeat(70_000)));
        assertThat(client.publishAsync(message)).isCompletedExceptionally();
        assertThat(client.metrics().waitingMessages()).isZero();
    }
}
