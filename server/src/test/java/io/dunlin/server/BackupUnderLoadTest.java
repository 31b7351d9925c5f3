package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A backup of a broker process that publishers keep busy, restored into an empty folder: a checker finds every message that was
 * acknowledged before the backup began, once and in order, and all else as it was.
 */
@EnabledOnOs(
        value = {OS.LINUX, OS.MAC},
        disabledReason = "signals")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackupUnderLoadTest {
    private static final int PUBLISHERS = 4;
    private static final int WINDOW = 40;
    private static final int IDS = 60_000;
    private static final int RETAINED = 40;
    private static final List<String> AWAY = List.of("away-0", "away-1", "away-2");
    private static final String PASSWORD = "pässwörd";

    @TempDir
    private Path folder;

    private String does(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(code).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static BrokerProcessTest.Broker broker(Path data) throws IOException {
        return new BrokerProcessTest.Broker(
                "-p",
                "0",
                "--data",
                data.toString(),
                "--set",
                "authentication.built-in=true",
                "--set",
                "authentication.hashing.memory=7MiB",
                "--set",
                "authentication.hashing.passes=1",
                "--set",
                "mqtt.max-queued-messages=10000000",
                "--set",
                "store.segment-size=256KiB", // many files that come and go
                "--set",
                "store.checkpoint-interval=1s");
    }

    private static int port(BrokerProcessTest.Broker broker) throws IOException {
        return Integer.parseInt(broker.expect(BrokerProcessTest.READY).group(1));
    }

    private static RawClient client(int port, String id, boolean lasting) throws IOException {
        RawClient client = new RawClient(port);
        client.send(new Connect(
                ProtocolVersion.V5,
                id,
                !lasting,
                60,
                lasting ? Properties.of(Property.SESSION_EXPIRY_INTERVAL, 3600) : Properties.NONE,
                null,
                "alice",
                PASSWORD.getBytes(StandardCharsets.UTF_8)));
        assertThat(((Connack) client.receive()).reason()).isEqualTo(ReasonCode.SUCCESS);
        return client;
    }

    private static Publish message(String topic, QoS qos, boolean retain, int id, String text) {
        return new Publish(
                false, qos, retain, TopicName.of(topic), id, Properties.NONE, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void subscribe(RawClient client, String filter, QoS qos) throws IOException {
        client.send(new Subscribe(1, Properties.NONE, List.of(new SubscriptionRequest(filter, qos))));
        client.receive();
    }

    /** Publishes 1, 2, 3, ... with a window, and counts what was acknowledged: at QoS 2 by PUBREC. */
    private static final class Publisher {
        private final RawClient client;
        private final String topic;
        private final QoS qos;
        private volatile int acknowledged;
        private volatile boolean stopped;

        Publisher(int port, int number) throws IOException {
            this.client = client(port, "publisher-" + number, false);
            this.topic = "load/" + number;
            this.qos = number % 2 == 0 ? QoS.AT_LEAST_ONCE : QoS.EXACTLY_ONCE;
        }

        void run() {
            try (client) {
                int sent = 0;
                int answered = 0;
                while (!stopped || answered < sent) {
                    for (; !stopped && sent - answered < WINDOW; sent++) {
                        client.send(message(topic, qos, false, sent % IDS + 1, String.valueOf(sent + 1)));
                    }
                    Packet packet = client.receive();
                    if (packet instanceof Pubrec rec) {
                        client.send(new Pubrel(rec.packetId()));
                    }
                    if (packet instanceof Pubrec || packet instanceof Puback) {
                        answered++;
                        acknowledged = answered;
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The last number of each publisher; all before came once, in order. */
    private static Map<String, Integer> drained(int port, String id) throws IOException {
        Map<String, Integer> last = new TreeMap<>();
        try (RawClient marker = client(port, "marker-of-" + id, false);
                RawClient client = client(port, id, true)) {
            marker.send(message("load/end", QoS.AT_LEAST_ONCE, false, 1, "0"));
            marker.receive();
            while (!last.containsKey("load/end")) {
                Packet packet = client.receive();
                if (packet instanceof Pubrel rel) {
                    client.send(new Pubcomp(rel.packetId()));
                } else if (packet instanceof Publish publish) {
                    String topic = publish.topic().text();
                    int number = Integer.parseInt(new String(publish.payload(), StandardCharsets.UTF_8));
                    if (!topic.equals("load/end")) {
                        assertThat(number).as(id + " " + topic).isEqualTo(last.getOrDefault(topic, 0) + 1);
                    }
                    last.put(topic, number);
                    client.send(
                            publish.qos() == QoS.EXACTLY_ONCE
                                    ? new Pubrec(publish.packetId())
                                    : new Puback(publish.packetId()));
                }
            }
        }
        last.remove("load/end");
        return last;
    }

    private static Map<String, String> retained(int port) throws IOException {
        try (RawClient client = client(port, "looker", false)) {
            client.send(
                    new Subscribe(1, Properties.NONE, List.of(new SubscriptionRequest("kept/#", QoS.AT_MOST_ONCE))));
            List<String> topics = new ArrayList<>();
            for (int i = 0; i < RETAINED; i++) {
                topics.add("kept/" + i);
            }
            return client.receiveUntil(topics);
        }
    }

    private String subscriptions(Path data) {
        return does("clients", "subscriptions", "--sort=clientid", "--json", "--data", data.toString());
    }

    private void prepare(Path data, int port) throws IOException {
        String at = data.toString();
        Path secret = Files.writeString(folder.resolve("secret"), PASSWORD + "\n");
        does("roles", "create", "r", "allow all #", "--data", at);
        does("groups", "create", "g", "--role", "r", "--data", at);
        does("users", "create", "alice", "-g", "g", "--password-file", secret.toString(), "--data", at);
        does("ban", "add", "--client", "outcast", "--data", at);
        for (String id : AWAY) {
            try (RawClient away = client(port, id, true)) {
                subscribe(away, "load/#", QoS.EXACTLY_ONCE);
            }
        }
        try (RawClient client = client(port, "keeper", false)) {
            for (int i = 0; i < RETAINED; i++) {
                client.send(message("kept/" + i, QoS.AT_LEAST_ONCE, true, 1, "value " + i));
                client.receive();
            }
        }
    }

    @Test
    void whatWasAcknowledgedBeforeIsInItOnceAndInOrder() throws Exception {
        Path data = folder.resolve("data");
        Path fresh = folder.resolve("fresh");
        Path file = folder.resolve("all.tar");
        try (BrokerProcessTest.Broker original = broker(data);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int port = port(original);
            prepare(data, port);
            List<Publisher> publishers = new ArrayList<>();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                Publisher publisher = new Publisher(port, i);
                publishers.add(publisher);
                running.add(threads.submit(publisher::run));
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> publishers.stream().allMatch(one -> one.acknowledged > 1_000));
            Map<String, Integer> before = counts(publishers);
            does("backup", file.toString(), "--data", data.toString());
            Map<String, Integer> during = counts(publishers);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> publishers.stream()
                            .allMatch(one -> one.acknowledged > during.getOrDefault(one.topic, 0) + 500));
            publishers.forEach(one -> one.stopped = true);
            for (Future<?> one : running) {
                one.get();
            }
            String subscriptions = subscriptions(data);
            Map<String, String> retained = retained(port);
            does("restore", file.toString(), "--data", fresh.toString());
            try (BrokerProcessTest.Broker restored = broker(fresh)) {
                int other = port(restored);
                assertThat(subscriptions(fresh)).isEqualTo(subscriptions).contains("away-2", "load/#");
                assertThat(retained(other)).isEqualTo(retained).hasSize(RETAINED);
                assertThat(does("ban", "list", "--data", fresh.toString())).contains("outcast");
                for (String id : AWAY) {
                    Map<String, Integer> came = drained(other, id);
                    before.forEach((topic, count) -> assertThat(came.getOrDefault(topic, 0))
                            .as(id + " " + topic)
                            .isGreaterThanOrEqualTo(count));
                    counts(publishers)
                            .forEach((topic, count) -> assertThat(came.getOrDefault(topic, 0))
                                    .as(id + " " + topic)
                                    .isLessThan(count));
                }
            }
            for (String id : AWAY) {
                assertThat(drained(port, id)).as("the original has all").isEqualTo(counts(publishers));
            }
        }
    }

    private static Map<String, Integer> counts(List<Publisher> publishers) {
        Map<String, Integer> counts = new TreeMap<>();
        publishers.forEach(one -> counts.put(one.topic, one.acknowledged));
        return counts;
    }
}
