package io.dunlin.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.client.Backoff;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.Delivery;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.PublishResult;
import io.dunlin.client.Subscription;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.server.Server;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Dunlin's client and Dunlin's broker, for tests of what lies between them. */
final class ClientUnderTest {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private ClientUnderTest() {}

    /**
     * @param port 0 for one of the system's choice
     * @param data where it stores, or null for nothing beyond its end
     */
    static Server broker(int port, @Nullable Path data) {
        List<ConfigSources.Given> given = new ArrayList<>();
        given.add(given("listeners.tcp.bind", "127.0.0.1:" + port));
        given.add(given("shards", "2"));
        given.add(given("store.enabled", Boolean.toString(data != null)));
        if (data != null) {
            given.add(given("node.data-dir", data.toString()));
        }
        try {
            return Server.start(ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), given))
                    .value());
        } catch (InvalidConfig e) {
            throw new AssertionError(e);
        }
    }

    private static ConfigSources.Given given(String key, String value) {
        return new ConfigSources.Given(key, value, key);
    }

    /** A client whose session stays, and that comes back quickly. */
    static ClientBuilder lasting(String id, String url) {
        return MqttClient.builder()
                .url(url)
                .clientId(id)
                .cleanStart(false)
                .sessionForever()
                .reconnect(Backoff.constant(Duration.ofMillis(20)))
                .retryFirstConnect();
    }

    static String url(int port) {
        return "mqtt://127.0.0.1:" + port;
    }

    static List<String> numbers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).toList();
    }

    static List<CompletableFuture<PublishResult>> publish(MqttClient client, String topic, QoS qos, int count) {
        return numbers(count).stream()
                .map(number -> client.publishAsync(Message.of(topic, number).withQos(qos)))
                .toList();
    }

    static void awaitAll(List<CompletableFuture<PublishResult>> results) {
        await().atMost(PATIENCE).until(() -> results.stream().allMatch(CompletableFuture::isDone));
        assertThat(results).allMatch(result -> result.join().isAccepted());
    }

    /** What arrived, in its order. */
    static final class Inbox {
        private final List<String> texts = new CopyOnWriteArrayList<>();

        void take(Delivery delivery) {
            texts.add(delivery.text());
        }

        void subscribe(MqttClient client, String filter, QoS qos) {
            client.subscribe(Subscription.of(filter).withQos(qos), this::take);
        }

        /** All of them, each once at QoS 2, in order; at QoS 1 some may come twice, the first of each in order. */
        void holds(QoS qos, int count) {
            List<String> expected = numbers(count);
            await().atMost(PATIENCE).until(() -> texts.containsAll(expected));
            if (qos == QoS.EXACTLY_ONCE) {
                assertThat(texts).isEqualTo(expected);
            } else {
                assertThat(texts.stream().distinct().toList()).isEqualTo(expected);
            }
        }
    }
}
