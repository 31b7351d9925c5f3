package io.dunlin.cli.probe;

import io.dunlin.cli.connect.ConnectArgs;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.Delivery;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.Subscription;
import io.dunlin.client.transport.Endpoint;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the checks work with: clients of the broker under test, and topics that nobody else uses. */
final class Probe {
    private final ConnectArgs connect;
    private final String prefix;
    private final Duration answerTimeout;
    private final ProtocolVersion version;
    private final AtomicInteger number = new AtomicInteger();

    Probe(ConnectArgs connect, String prefix, Duration answerTimeout, ProtocolVersion version) {
        this.connect = connect;
        this.prefix = prefix;
        this.answerTimeout = answerTimeout;
        this.version = version;
    }

    Probe withVersion(ProtocolVersion other) {
        return new Probe(connect, prefix + "-" + other.level(), answerTimeout, other);
    }

    ProtocolVersion version() {
        return version;
    }

    Duration answerTimeout() {
        return answerTimeout;
    }

    /** A topic that is used for the first time. */
    String topic(String name) {
        return "dunlin-test/" + prefix + "/" + name + number.incrementAndGet();
    }

    String clientId(String name) {
        return "dunlin-test-" + prefix + "-" + name + number.incrementAndGet();
    }

    /** A client of the test, not connected. Its session ends with its connection unless {@code more} says otherwise. */
    MqttClient client(UnaryOperator<ClientBuilder> more) {
        ClientBuilder builder = connect.client()
                .version(version)
                .clientId(clientId("c"))
                .cleanStart(true)
                .will((Will) null)
                .connectTimeout(answerTimeout)
                .answerTimeout(answerTimeout);
        return more.apply(builder).build();
    }

    /** As {@link #client(UnaryOperator)}, to another address. */
    MqttClient clientOf(Endpoint endpoint) {
        return connect.client(endpoint)
                .version(version)
                .clientId(clientId("a"))
                .will((Will) null)
                .connectTimeout(answerTimeout)
                .build();
    }

    /** A connected client with nothing special, whose messages can be awaited. */
    Receiver receiver() {
        return receiver(builder -> builder);
    }

    /** A connected client, whose messages can be awaited. */
    Receiver receiver(UnaryOperator<ClientBuilder> more) {
        BlockingQueue<Delivery> messages = new LinkedBlockingQueue<>();
        MqttClient client = client(builder -> more.apply(builder).onMessage(messages::add));
        client.connect();
        return new Receiver(client, messages, answerTimeout);
    }

    static Message message(String topic, String text, int qos) {
        return Message.of(topic, text).withQos(QoS.of(qos));
    }

    /** A client and what it got. */
    record Receiver(MqttClient client, BlockingQueue<Delivery> messages, Duration patience) implements AutoCloseable {
        /** Subscribes, and whether the broker granted it. */
        boolean subscribe(String filter, int qos) {
            return subscribe(Subscription.of(filter).withQos(QoS.of(qos)), Properties.NONE);
        }

        boolean subscribe(Subscription subscription, Properties properties) {
            return client.subscribe(List.of(subscription), properties).isAccepted();
        }

        void publish(String topic, String text, int qos) {
            client.publish(message(topic, text, qos));
        }

        /** The next message, or null when none comes in time. */
        @Nullable
        Delivery next() {
            return next(patience);
        }

        @Nullable
        Delivery next(Duration wait) {
            try {
                return messages.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }

        /** Whether a message of that text comes, before any other. */
        boolean gets(String text) {
            Delivery message = next();
            return message != null && new String(message.payload(), StandardCharsets.UTF_8).equals(text);
        }

        /** Whether nothing comes for a moment: long enough where the broker is near. */
        boolean getsNothing() {
            return next(Duration.ofMillis(300)) == null;
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
