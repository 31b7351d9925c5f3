package io.dunlin.broker.shard;

import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.Message;
import io.dunlin.protocol.codec.PublishWriter;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes outgoing PUBLISH packets. A message that goes to several receivers in one tick is encoded once for those whose
 * packets differ in nothing but the packet identifier; for them the bytes are copied and the identifier is put in.
 */
public final class Frames {
    /** Payloads from this size on are sent from the message itself, not copied. */
    public static final int SHARED_PAYLOAD_BYTES_MIN = 16 << 10;

    private static final int[] NO_IDS = {};
    private static final byte[] NO_FRAME = {};

    private final PublishWriter writer = new PublishWriter();
    private final DeliveryTimes times;

    // the packet that was written last, and its bytes from the second time on
    private @Nullable Message message;
    private ProtocolVersion version = ProtocolVersion.V5;
    private QoS qos = QoS.AT_MOST_ONCE;
    private boolean retain;
    private byte[] frame = NO_FRAME;
    private int idOffset;
    private int bytes;

    // the packets that were asked for together last: before MQTT 5, and since
    private @Nullable List<Message> batched;
    private final @Nullable Batch[] batches = new Batch[2];

    Frames(DeliveryTimes times) {
        this.times = times;
    }

    /**
     * Writes a packet without subscription identifiers and topic alias.
     *
     * @param expirySeconds what is left of it, -1 for no expiry
     * @return the bytes of the packet; it was not written if they are more than {@code packetBytesMax}
     */
    public int write(
            Connection to,
            ProtocolVersion toVersion,
            Message toWrite,
            QoS atQos,
            boolean retained,
            int packetId,
            long expirySeconds,
            long packetBytesMax) {
        if (message != toWrite || version != toVersion || qos != atQos || retain != retained) {
            message = toWrite;
            version = toVersion;
            qos = atQos;
            retain = retained;
            frame = NO_FRAME;
            return write(
                    to,
                    toVersion,
                    toWrite,
                    true,
                    0,
                    atQos,
                    false,
                    retained,
                    packetId,
                    expirySeconds,
                    NO_IDS,
                    packetBytesMax);
        }
        if (frame.length == 0) {
            encode(expirySeconds);
        }
        if (bytes <= packetBytesMax) {
            ByteBuffer out = to.reserve(frame.length);
            int start = out.position();
            out.put(frame);
            if (atQos != QoS.AT_MOST_ONCE) {
                out.putShort(start + idOffset, (short) packetId);
            }
            if (bytes > frame.length) {
                to.append(toWrite.payload(), 0, toWrite.payload().length);
            }
        }
        return bytes;
    }

    /** Writes a packet of any kind; the parameters are those of {@link PublishWriter#prepare}. */
    public int write(
            Connection to,
            ProtocolVersion toVersion,
            Message toWrite,
            boolean sendTopic,
            int topicAlias,
            QoS atQos,
            boolean dup,
            boolean retained,
            int packetId,
            long expirySeconds,
            int[] subscriptionIds,
            long packetBytesMax) {
        int size = prepare(
                toVersion,
                toWrite,
                sendTopic,
                topicAlias,
                atQos,
                dup,
                retained,
                packetId,
                expirySeconds,
                subscriptionIds);
        if (size > packetBytesMax) {
            return size;
        }
        times.sent(toWrite);
        if (toWrite.payload().length < SHARED_PAYLOAD_BYTES_MIN) {
            writer.write(to.reserve(size));
        } else {
            writer.writeHead(to.reserve(writer.headBytes()));
            to.append(toWrite.payload(), 0, toWrite.payload().length);
        }
        return size;
    }

    /**
     * The bytes of several packets, encoded once for all who get the same.
     *
     * @param bytes not to be changed
     * @param packetBytes of the largest
     * @param payloadBytes of all
     */
    public record Batch(byte[] bytes, int packetBytes, int payloadBytes) {}

    /** The packets of messages that go out at QoS 0 and have no expiry; asked again in this tick, the same bytes. */
    @SuppressWarnings("ReferenceEquality") // this very list
    public Batch batch(ProtocolVersion toVersion, List<Message> messages) {
        if (batched != messages) {
            batched = messages;
            batches[0] = null;
            batches[1] = null;
        }
        int slot = toVersion == ProtocolVersion.V5 ? 1 : 0;
        Batch known = batches[slot];
        if (known == null) {
            known = encode(toVersion, messages);
            batches[slot] = known;
        }
        return known;
    }

    private Batch encode(ProtocolVersion toVersion, List<Message> messages) {
        int all = 0;
        int largest = 0;
        int payloads = 0;
        for (Message each : messages) {
            int size = prepareLive(toVersion, each);
            all += size;
            largest = Math.max(largest, size);
            payloads += each.payload().length;
        }
        ByteBuffer out = ByteBuffer.allocate(all);
        for (Message each : messages) {
            prepareLive(toVersion, each);
            writer.write(out);
            times.sent(each);
        }
        return new Batch(out.array(), largest, payloads);
    }

    private int prepareLive(ProtocolVersion toVersion, Message toWrite) {
        return prepare(toVersion, toWrite, true, 0, QoS.AT_MOST_ONCE, false, false, 0, -1, NO_IDS);
    }

    /** At the end of a tick: what is left of an expiry may be less in the next one. */
    void forget() {
        message = null;
        frame = NO_FRAME;
        batched = null;
        batches[0] = null;
        batches[1] = null;
    }

    private void encode(long expirySeconds) {
        Message toWrite = message;
        if (toWrite == null) {
            throw new IllegalStateException("nothing was written in this tick");
        }
        bytes = prepare(version, toWrite, true, 0, qos, false, retain, 1, expirySeconds, NO_IDS);
        boolean shared = toWrite.payload().length >= SHARED_PAYLOAD_BYTES_MIN;
        ByteBuffer out = ByteBuffer.allocate(shared ? writer.headBytes() : bytes);
        if (shared) {
            writer.writeHead(out);
        } else {
            writer.write(out);
        }
        frame = out.array();
        int lengthBytes = 1;
        while ((frame[lengthBytes] & 0x80) != 0) {
            lengthBytes++;
        }
        idOffset = 1 + lengthBytes + 2 + toWrite.topic().utf8().length;
    }

    private int prepare(
            ProtocolVersion toVersion,
            Message toWrite,
            boolean sendTopic,
            int topicAlias,
            QoS atQos,
            boolean dup,
            boolean retained,
            int packetId,
            long expirySeconds,
            int[] subscriptionIds) {
        return writer.prepare(
                toVersion,
                toWrite.topic(),
                sendTopic,
                topicAlias,
                atQos,
                dup,
                retained,
                packetId,
                toWrite.properties(),
                expirySeconds,
                subscriptionIds,
                toWrite.payload());
    }
}
