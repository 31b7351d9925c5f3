package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One message as it came from the server. {@link #ack} may be called from any thread, and more than once.
 */
public final class Delivery {
    private final Publish publish;
    private final TopicName topic;
    private final Runnable acknowledge;
    private volatile boolean held;
    /** The place among the messages of one route; guarded by the route's lock. */
    long order;

    Delivery(Publish publish, TopicName topic, Runnable acknowledge) {
        this.publish = publish;
        this.topic = topic;
        this.acknowledge = acknowledge;
    }

    /** A delivery that no connection brought, for tests of handlers: its acknowledgement goes nowhere. */
    public static Delivery of(Publish publish) {
        return new Delivery(publish, publish.topic(), () -> {});
    }

    /** The same message for so many handlers; it is acknowledged when each of them has acknowledged its part. */
    List<Delivery> split(int parts) {
        AtomicInteger left = new AtomicInteger(parts);
        List<Delivery> result = new ArrayList<>(parts);
        for (int i = 0; i < parts; i++) {
            AtomicBoolean done = new AtomicBoolean();
            result.add(new Delivery(publish, topic, () -> {
                if (done.compareAndSet(false, true) && left.decrementAndGet() == 0) {
                    acknowledge.run();
                }
            }));
        }
        return result;
    }

    /** What came, as something to publish: without what belongs to the way it came (topic alias, subscription identifiers). */
    public Message message() {
        return new Message(
                topic,
                publish.payload(),
                publish.qos(),
                publish.retain(),
                publish.properties().without(Property.TOPIC_ALIAS, Property.SUBSCRIPTION_IDENTIFIER));
    }

    public String topic() {
        return topic.text();
    }

    public TopicName topicName() {
        return topic;
    }

    /** The array itself, not a copy: not to be changed. */
    public byte[] payload() {
        return publish.payload();
    }

    /** The payload read as UTF-8; bytes that are none become U+FFFD. */
    public String text() {
        return new String(publish.payload(), StandardCharsets.UTF_8);
    }

    public QoS qos() {
        return publish.qos();
    }

    /** Whether the server sends it as a retained message (or as published, where the subscription asked for that). */
    public boolean retain() {
        return publish.retain();
    }

    /** Whether the server sent it before; at QoS 2 the client has filtered out what was delivered already. */
    public boolean dup() {
        return publish.dup();
    }

    /** 1 to 65,535, or 0 at QoS 0. */
    public int packetId() {
        return publish.packetId();
    }

    /** All properties; before MQTT 5 there are none, and the methods below give what stands for that. */
    public Properties properties() {
        return publish.properties();
    }

    /** What the sender says the payload is, for instance {@code application/json}; null where it said nothing. */
    public @Nullable String contentType() {
        return properties().text(Property.CONTENT_TYPE);
    }

    /** Whether the sender marked the payload as text in UTF-8. */
    public boolean isTextFormat() {
        return properties().number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1;
    }

    /** What is left of the message's life, as the server counted it; null where it does not expire. */
    public @Nullable Duration expiry() {
        long seconds = properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
        return seconds < 0 ? null : Duration.ofSeconds(seconds);
    }

    /** Where the sender wants an answer (4.10), or null. {@link MqttClient#respond} answers by itself. */
    public @Nullable String responseTopic() {
        return properties().text(Property.RESPONSE_TOPIC);
    }

    /** What an answer has to carry (4.10), or null. The array itself: not to be changed. */
    public byte @Nullable [] correlationData() {
        return properties().binary(Property.CORRELATION_DATA);
    }

    /** Names and values of the sender's own, in its order; the same name may occur several times. */
    public List<UserProperty> userProperties() {
        return properties().userProperties();
    }

    /** The first value of this name, or null. */
    public @Nullable String userProperty(String name) {
        for (UserProperty property : userProperties()) {
            if (property.name().equals(name)) {
                return property.value();
            }
        }
        return null;
    }

    /** The identifiers of the subscriptions that the server matched, where the client gave them any. */
    public List<Integer> subscriptionIdentifiers() {
        return properties().subscriptionIdentifiers();
    }

    /**
     * Tells the server that the message is dealt with (nothing to tell at QoS 0). Acknowledgements leave in the order in which
     * the messages came: one that is given early waits for its predecessors.
     */
    public void ack() {
        acknowledge.run();
    }

    /** The handler keeps the message: it is not acknowledged when the handler returns, but by {@link #ack} alone. */
    void hold() {
        held = true;
    }

    boolean isHeld() {
        return held;
    }

    @Override
    public String toString() {
        return "Delivery[" + publish + " on " + topic + "]";
    }
}
