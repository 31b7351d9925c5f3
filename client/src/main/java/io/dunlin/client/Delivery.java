package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;

/**
 * One message as it came from the server. {@link #ack} may be called from any thread, and more than once.
 */
public final class Delivery {
    private final Publish publish;
    private final TopicName topic;
    private final Runnable acknowledge;
    private volatile boolean held;

    Delivery(Publish publish, TopicName topic, Runnable acknowledge) {
        this.publish = publish;
        this.topic = topic;
        this.acknowledge = acknowledge;
    }

    /** A delivery that no connection brought, for tests of handlers: its acknowledgement goes nowhere. */
    public static Delivery of(Publish publish) {
        return new Delivery(publish, publish.topic(), () -> {});
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

    public Properties properties() {
        return publish.properties();
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
