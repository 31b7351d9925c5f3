package io.dunlin.testkit;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;

/** What goes into a PUBLISH. It begins at QoS 0, not retained. */
public final class Pub {
    private final TopicName topic;
    private final byte[] payload;
    private int qos;
    private boolean retain;
    private boolean dup;
    private int packetId;
    private final Properties.Builder properties = Properties.builder();

    private Pub(TopicName topic, byte[] payload) {
        this.topic = topic;
        this.payload = payload;
    }

    public static Pub of(String topic, String payload) {
        return of(topic, Bytes.utf8(payload));
    }

    /** An empty topic stands for an alias. */
    public static Pub of(String topic, byte[] payload) {
        return new Pub(topic.isEmpty() ? TopicName.EMPTY : TopicName.of(topic), payload);
    }

    public Pub qos(int value) {
        qos = value;
        return this;
    }

    /** The packet identifier; without it the sending client takes its next one. */
    public Pub id(int value) {
        packetId = value;
        return this;
    }

    public Pub retain() {
        retain = true;
        return this;
    }

    public Pub dup() {
        dup = true;
        return this;
    }

    public Pub property(Property property, long value) {
        properties.number(property, value);
        return this;
    }

    public Pub property(Property property, String value) {
        properties.text(property, value);
        return this;
    }

    public Pub property(Property property, byte[] value) {
        properties.binary(property, value);
        return this;
    }

    public Pub user(String name, String value) {
        properties.user(name, value);
        return this;
    }

    boolean lacksId() {
        return qos > 0 && packetId == 0;
    }

    public Publish build() {
        return new Publish(dup, QoS.of(qos), retain, topic, packetId, properties.build(), payload);
    }
}
