package io.dunlin.server.trace;

import io.dunlin.broker.port.Wiretap.Tapped;
import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolVersion;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * One packet of a trace, or what ended the connection. Secrets are masked. It is decoded each time that somebody looks: the bytes take the
 * least memory.
 *
 * @param number counts from 1 in its trace
 * @param wallNanos when, in nanoseconds since 1970
 * @param in whether from the client
 * @param kind whether there is a packet to decode
 * @param type such as {@code PUBLISH}; {@code UNREADABLE}, {@code ERROR} and {@code CLOSED} are no packets
 * @param topic of a message, also where the packet has an alias only; else ""
 * @param bytes as on the wire but for secrets; empty where there are none
 */
public record TracedPacket(
        long number,
        long wallNanos,
        Tapped who,
        ProtocolVersion version,
        boolean in,
        Kind kind,
        String type,
        String topic,
        byte[] bytes,
        Optional<Problem> problem) {

    private static final int OVERHEAD_BYTES = 200;
    private static final int SLOTS_MIN = 2;

    /** What it is. */
    public enum Kind {
        PACKET,
        UNREADABLE,
        ERROR,
        CLOSED
    }

    /**
     * Against the protocol.
     *
     * @param clause of the specification, such as {@code MQTT-2.2.1-3}; empty where it has no number for it
     */
    public record Problem(String reason, String message, Optional<String> clause) {
        String text() {
            return reason + ": " + message + clause.map(it -> " [" + it + "]").orElse("");
        }
    }

    /** The packet, empty where there is none or it cannot be read. */
    Optional<Packet> packet() {
        if (kind != Kind.PACKET) {
            return Optional.empty();
        }
        PacketDecoder decoder = decoder(in, version, new TopicCache(SLOTS_MIN));
        return Optional.ofNullable(decoder.decode(ByteBuffer.wrap(bytes)));
    }

    /** For packets of any size, from the middle of a connection. */
    static PacketDecoder decoder(boolean in, ProtocolVersion version, TopicCache topics) {
        PacketDecoder decoder = new PacketDecoder(
                in ? PacketDecoder.Role.SERVER : PacketDecoder.Role.CLIENT, Integer.MAX_VALUE, topics);
        decoder.version(version);
        return decoder;
    }

    /** What it takes in memory, about. */
    int weight() {
        return bytes.length + 2 * topic.length() + OVERHEAD_BYTES;
    }
}
