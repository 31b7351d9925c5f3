package io.dunlin.client.store;

import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;

/** The bodies of records: a type, then a token (8 bytes) or not, then a packet identifier (2 bytes) or a PUBLISH of MQTT 5. */
final class Records {
    static final byte ADDED = 1; // token, PUBLISH
    static final byte SENT = 2; // token, packet identifier
    static final byte RELEASED = 3; // token
    static final byte UNSENT = 4; // token
    static final byte REMOVED = 5; // token
    static final byte RECEIVED = 6; // packet identifier
    static final byte RECEIVED_DONE = 7; // packet identifier
    static final byte SESSION_LOST = 8;

    static final int TYPE_BYTES = 1;
    static final int ADDED_HEAD_BYTES = TYPE_BYTES + Long.BYTES;

    /** The longest body but that of {@link #ADDED}. */
    static final int SHORT_BYTES_MAX = TYPE_BYTES + Long.BYTES + Short.BYTES;

    /** A PUBLISH of QoS 1 and 2 cannot be encoded without one. */
    private static final int SOME_PACKET_ID = 1;

    private Records() {}

    static Publish encodable(Publish message) {
        return new Publish(
                false,
                message.qos(),
                message.retain(),
                message.topic(),
                message.qos() == QoS.AT_MOST_ONCE ? 0 : SOME_PACKET_ID,
                message.properties(),
                message.payload());
    }

    /**
     * Of the record of this message.
     *
     * @throws IllegalArgumentException where it cannot be written, or could not be read again
     */
    static int addedBytes(Publish encodable) {
        if (!encodable.properties().isEmpty() || encodable.topic().isEmpty()) {
            check(encodable);
        }
        return ADDED_HEAD_BYTES + PacketEncoder.size(encodable, ProtocolVersion.V5);
    }

    private static void check(Publish encodable) {
        try {
            decoder().decode(ByteBuffer.wrap(PacketEncoder.encode(encodable, ProtocolVersion.V5)));
        } catch (ProtocolError e) {
            throw new IllegalArgumentException("This message cannot be published: " + e.getMessage(), e);
        }
    }

    static void putAdded(long token, Publish encodable, ByteBuffer out) {
        out.put(ADDED).putLong(token);
        PacketEncoder.encode(encodable, ProtocolVersion.V5, out);
    }

    /**
     * The message in an intact body.
     *
     * @throws ProtocolError where it is none that could have been published
     */
    static Publish message(byte[] body) {
        ByteBuffer in = ByteBuffer.wrap(body);
        Packet packet = decoder().decode(in.position(ADDED_HEAD_BYTES));
        if (packet instanceof Publish publish && !in.hasRemaining()) {
            return new Publish(
                    false,
                    publish.qos(),
                    publish.retain(),
                    publish.topic(),
                    0,
                    publish.properties(),
                    publish.payload());
        }
        throw new ProtocolError(ReasonCode.MALFORMED_PACKET, "the record of a message holds something else");
    }

    private static PacketDecoder decoder() {
        PacketDecoder decoder = new PacketDecoder(PacketDecoder.Role.CLIENT, Integer.MAX_VALUE, new TopicCache(2));
        decoder.version(ProtocolVersion.V5);
        return decoder;
    }
}
