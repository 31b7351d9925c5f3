package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the server is to publish when this client goes without saying goodbye (3.1.2.5); see {@link ClientBuilder#will}. A topic
 * must be given; the rest is an empty payload at QoS 0, not retained, at once. What MQTT 3.1.1 does not have is ignored there,
 * as each method says.
 */
public final class WillBuilder {
    private static final long SECONDS_MAX = 0xFFFF_FFFFL;

    private final Properties.Builder properties = Properties.builder();
    private @Nullable TopicName topic;
    private byte[] payload = new byte[0];
    private QoS qos = QoS.AT_MOST_ONCE;
    private boolean retain;

    WillBuilder() {}

    /** @throws io.dunlin.protocol.topic.InvalidTopic where the text is no topic name */
    public WillBuilder topic(String name) {
        this.topic = TopicName.of(name);
        return this;
    }

    /** The text in UTF-8. */
    public WillBuilder payload(String text) {
        return payload(text.getBytes(StandardCharsets.UTF_8));
    }

    /** 0 to 65,535 bytes; the array itself is kept, not a copy. */
    public WillBuilder payload(byte[] bytes) {
        if (bytes.length > 65_535) {
            throw new IllegalArgumentException("A will has 65535 bytes at most, not " + bytes.length + ".");
        }
        this.payload = bytes;
        return this;
    }

    public WillBuilder qos(QoS chosen) {
        this.qos = chosen;
        return this;
    }

    /** 0, 1 or 2. */
    public WillBuilder qos(int level) {
        return qos(QoS.of(level));
    }

    public WillBuilder retain(boolean chosen) {
        this.retain = chosen;
        return this;
    }

    /**
     * How long the server waits for the client to come back before it publishes (3.1.3.2.2): 0 to 4,294,967,295 s, rounded up to
     * seconds. Ignored before MQTT 5, where the will is published at once.
     */
    public WillBuilder delay(Duration delay) {
        properties.number(Property.WILL_DELAY_INTERVAL, seconds(delay));
        return this;
    }

    /** How long the published will lives: 0 to 4,294,967,295 s, rounded up to seconds. Ignored before MQTT 5. */
    public WillBuilder expiry(Duration expiry) {
        properties.number(Property.MESSAGE_EXPIRY_INTERVAL, seconds(expiry));
        return this;
    }

    /** What the payload is, for instance {@code application/json}. Ignored before MQTT 5. */
    public WillBuilder contentType(String type) {
        properties.text(Property.CONTENT_TYPE, type);
        return this;
    }

    /** Says that the payload is text in UTF-8. Ignored before MQTT 5. */
    public WillBuilder textFormat() {
        properties.number(Property.PAYLOAD_FORMAT_INDICATOR, 1);
        return this;
    }

    /** Where an answer is to go (4.10). Ignored before MQTT 5. */
    public WillBuilder responseTopic(String name) {
        properties.text(Property.RESPONSE_TOPIC, TopicName.of(name).text());
        return this;
    }

    /** What an answer is to carry (4.10). Ignored before MQTT 5. */
    public WillBuilder correlationData(byte[] data) {
        properties.binary(Property.CORRELATION_DATA, data);
        return this;
    }

    /** A name and a value of the application's own, added to those before. Ignored before MQTT 5. */
    public WillBuilder userProperty(String name, String value) {
        properties.user(name, value);
        return this;
    }

    Will build() {
        TopicName named = topic;
        if (named == null) {
            throw new IllegalArgumentException("A will needs a topic: say will(w -> w.topic(...)).");
        }
        return new Will(named, qos, retain, properties.build(), payload);
    }

    /** Rounded up: what is to live for half a second must not be dead at once. */
    static long seconds(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("The time must not be negative.");
        }
        long seconds = duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
        if (seconds > SECONDS_MAX) {
            throw new IllegalArgumentException("The time must be " + SECONDS_MAX + " s at most.");
        }
        return seconds;
    }
}
