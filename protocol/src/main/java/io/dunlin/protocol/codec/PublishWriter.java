package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.ByteBuffer;

/**
 * PUBLISH on its way to a subscriber: {@link #prepare} computes the size, so that exactly that much space can be taken, and
 * {@link #write} fills it. Used again for each packet without allocating. One for each shard; used by one thread.
 */
public final class PublishWriter {
    /** Forwarded properties of up to this size are encoded once while the same message goes to one subscriber after another. */
    private static final int KEPT_BYTES_MAX = 2048;

    private static final int[] NONE = new int[0];

    private final ByteBuffer kept = ByteBuffer.allocate(KEPT_BYTES_MAX);
    private Properties keptOf = Properties.NONE;

    private ProtocolVersion version = ProtocolVersion.V3_1_1;
    private byte[] topic = Wire.NO_BYTES;
    private byte[] payload = Wire.NO_BYTES;
    private Properties forwarded = Properties.NONE;
    private int[] subscriptionIds = NONE;
    private int firstByte;
    private int topicAlias;
    private int packetId; // 0 at QoS 0
    private long expirySeconds;
    private int forwardedBytes;
    private int propertyBytes; // without their length
    private int bodyBytes;

    /**
     * Takes one packet. Alias, expiry, subscription identifiers and properties are left out before MQTT 5.
     *
     * @param sendTopic false where the alias stands for the topic
     * @param topicAlias 1 to 65,535, or 0 for none
     * @param packetId 1 to 65,535; ignored at QoS 0
     * @param forwarded the publisher's properties that go on unchanged, without those that have parameters here
     * @param expirySeconds what is left of the message expiry interval, or -1 for none
     * @param subscriptionIds empty for none; not to be changed before it is written
     * @param payload not to be changed before it is written
     * @return the bytes of the whole packet
     */
    public int prepare(
            ProtocolVersion version,
            TopicName topic,
            boolean sendTopic,
            int topicAlias,
            QoS qos,
            boolean dup,
            boolean retain,
            int packetId,
            Properties forwarded,
            long expirySeconds,
            int[] subscriptionIds,
            byte[] payload) {
        if (qos != QoS.AT_MOST_ONCE && (packetId < 1 || packetId > 0xFFFF)) { // [MQTT-2.2.1-4] [MQTT311-2.3.1-4]
            throw new IllegalArgumentException("a packet identifier is 1 to 65,535, not " + packetId);
        }
        this.version = version;
        this.topic = sendTopic ? topic.utf8() : Wire.NO_BYTES;
        this.topicAlias = topicAlias;
        this.packetId = qos == QoS.AT_MOST_ONCE ? 0 : packetId; // [MQTT-2.2.1-2] [MQTT311-2.3.1-5]
        this.forwarded = forwarded;
        this.expirySeconds = expirySeconds;
        this.subscriptionIds = subscriptionIds;
        this.payload = payload;
        firstByte = Wire.PUBLISH << 4 | PublishCodec.flags(dup, qos, retain);
        int body = Short.BYTES + this.topic.length + payload.length + (this.packetId == 0 ? 0 : Short.BYTES);
        if (version == ProtocolVersion.V5) {
            propertyBytes = propertyBytes();
            body += Wire.variableBytes(propertyBytes) + propertyBytes;
        }
        bodyBytes = body;
        return 1 + Wire.variableBytes(body) + body;
    }

    private int propertyBytes() {
        forwardedBytes = forwardedBytes();
        int bytes = forwardedBytes;
        if (topicAlias != 0) {
            bytes += 1 + Short.BYTES;
        }
        if (expirySeconds >= 0) {
            bytes += 1 + Integer.BYTES;
        }
        for (int id : subscriptionIds) {
            bytes += 1 + Wire.variableBytes(id);
        }
        return bytes;
    }

    @SuppressWarnings("ReferenceEquality") // equal ones that are not the same are encoded again, which is no harm
    private int forwardedBytes() {
        if (forwarded.isEmpty()) {
            return 0;
        }
        if (forwarded == keptOf) {
            return kept.position();
        }
        int bytes = PropertiesCodec.contentBytes(forwarded);
        if (bytes <= KEPT_BYTES_MAX) {
            kept.clear();
            PropertiesCodec.putContent(forwarded, kept);
            keptOf = forwarded;
        }
        return bytes;
    }

    /** The bytes of the prepared packet without its payload. */
    public int headBytes() {
        return 1 + Wire.variableBytes(bodyBytes) + bodyBytes - payload.length;
    }

    /** Writes the prepared packet: as many bytes as {@link #prepare} said. */
    public void write(ByteBuffer out) {
        writeHead(out);
        out.put(payload);
    }

    /** Writes the prepared packet without its payload, which the caller sends next: {@link #headBytes} bytes. */
    public void writeHead(ByteBuffer out) {
        out.put((byte) firstByte);
        Wire.putVariable(bodyBytes, out);
        out.putShort((short) topic.length).put(topic);
        if (packetId != 0) {
            out.putShort((short) packetId);
        }
        if (version == ProtocolVersion.V5) {
            Wire.putVariable(propertyBytes, out); // [MQTT-2.2.2-1]
            if (propertyBytes > 0) {
                putProperties(out);
            }
        }
    }

    private void putProperties(ByteBuffer out) {
        if (topicAlias != 0) { // [MQTT-3.3.2-8]
            out.put((byte) Property.TOPIC_ALIAS.id()).putShort((short) topicAlias);
        }
        if (expirySeconds >= 0) {
            out.put((byte) Property.MESSAGE_EXPIRY_INTERVAL.id()).putInt((int) expirySeconds);
        }
        for (int id : subscriptionIds) { // [MQTT-3.3.4-4]
            out.put((byte) Property.SUBSCRIPTION_IDENTIFIER.id());
            Wire.putVariable(id, out);
        }
        if (forwardedBytes > KEPT_BYTES_MAX) { // [MQTT-3.3.2-17] [MQTT-3.3.2-18]
            PropertiesCodec.putContent(forwarded, out);
        } else if (forwardedBytes > 0) {
            out.put(kept.array(), 0, forwardedBytes);
        }
    }
}
