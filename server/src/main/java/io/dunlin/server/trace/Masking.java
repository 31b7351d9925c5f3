package io.dunlin.server.trace;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Takes secrets out of packets: passwords and authentication data become three asterisks, before anything is kept. What cannot be read and
 * may hold a secret loses all its content.
 */
final class Masking {
    private static final byte[] MASK = "***".getBytes(US_ASCII);
    private static final int CONNECT = 1;
    private static final int CONNACK = 2;
    private static final int AUTH = 15;
    private static final int FIXED_HEADER_BYTES = 5;
    private static final int CONNECT_HEAD_BYTES = 12; // fixed header, protocol name and level

    private Masking() {}

    /** The packet without its secrets; empty where it has none. */
    static Optional<Packet> of(Packet packet) {
        return switch (packet) {
            case Connect it ->
                it.password() != null || hasSecret(it.properties()) ? Optional.of(of(it)) : Optional.empty();
            case Connack it ->
                hasSecret(it.properties())
                        ? Optional.of(new Connack(it.sessionPresent(), it.reason(), of(it.properties())))
                        : Optional.empty();
            case Auth it ->
                hasSecret(it.properties()) ? Optional.of(new Auth(it.reason(), of(it.properties()))) : Optional.empty();
            case Publish _, Puback _, Pubrec _, Pubrel _, Pubcomp _ -> Optional.empty();
            case Subscribe _, Suback _, Unsubscribe _, Unsuback _ -> Optional.empty();
            case Pingreq _, Pingresp _, Disconnect _ -> Optional.empty();
        };
    }

    private static Connect of(Connect it) {
        return new Connect(
                it.version(),
                it.clientId(),
                it.cleanStart(),
                it.keepAliveSeconds(),
                of(it.properties()),
                it.will(),
                it.username(),
                it.password() == null ? null : MASK);
    }

    private static boolean hasSecret(Properties properties) {
        return properties.has(Property.AUTHENTICATION_DATA);
    }

    private static Properties of(Properties properties) {
        Properties.Builder masked = Properties.builder();
        for (int i = 0; i < properties.size(); i++) {
            Property key = properties.key(i);
            masked.add(key, key == Property.AUTHENTICATION_DATA ? MASK : properties.value(i));
        }
        return masked.build();
    }

    /**
     * Bytes that are no packet: nothing of them stays that could be a secret. Where not even the head is one, they may be the second half
     * of a login whose first half said a wrong length.
     */
    static byte[] ofUnreadable(byte[] bytes, boolean in, ProtocolVersion version) {
        int type = bytes.length == 0 ? 0 : bytes[0] >> 4 & 0x0F;
        if (type == CONNECT) {
            return masked(bytes, CONNECT_HEAD_BYTES);
        }
        boolean shown = type != CONNACK && type != AUTH && hasHead(bytes, in, version);
        return shown ? bytes : masked(bytes, FIXED_HEADER_BYTES);
    }

    private static boolean hasHead(byte[] bytes, boolean in, ProtocolVersion version) {
        try {
            PacketDecoder decoder = TracedPacket.decoder(in, version, new TopicCache(2));
            return decoder.packetBytes(ByteBuffer.wrap(bytes)) >= 0;
        } catch (ProtocolError e) {
            return false;
        }
    }

    private static byte[] masked(byte[] bytes, int shown) {
        byte[] masked = bytes.clone();
        Arrays.fill(masked, Math.min(shown, masked.length), masked.length, MASK[0]);
        return masked;
    }
}
