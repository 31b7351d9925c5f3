package io.dunlin.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Another's codec between our two halves: what we write, Netty's decoder reads; what Netty's encoder makes of that, we read,
 * and it is the packet we began with.
 */
class NettyOracleTest {
    private static final int PACKETS = 600;
    private static final int BYTES_MAX = 1 << 20;

    @ParameterizedTest
    @EnumSource
    void nettyUnderstandsTheSame(ProtocolVersion version) {
        long seed = RoundTripTest.seed();
        RandomPackets packets = new RandomPackets(new Random(seed), version);
        EmbeddedChannel netty = netty(packets.connect(), version);
        for (int i = 0; i < PACKETS; i++) {
            for (Role role : Role.values()) {
                Packet packet = packets.next(role);
                PacketDecoder decoder = new PacketDecoder(role, BYTES_MAX, new TopicCache(2));
                decoder.version(version);
                assertThat(sorted(decoder, throughNetty(netty, packet, version)))
                        .as("seed %d", seed)
                        .isEqualTo(SortedProperties.of(packet));
            }
        }
        netty.finishAndReleaseAll();
    }

    @ParameterizedTest
    @EnumSource
    void nettyUnderstandsTheSameConnect(ProtocolVersion version) {
        long seed = RoundTripTest.seed();
        RandomPackets packets = new RandomPackets(new Random(seed), version);
        for (int i = 0; i < PACKETS / 4; i++) {
            Connect connect = packets.connect();
            EmbeddedChannel netty = new EmbeddedChannel(new MqttDecoder(BYTES_MAX), MqttEncoder.INSTANCE);
            byte[] bytes = throughNetty(netty, connect, version);
            PacketDecoder decoder = new PacketDecoder(Role.SERVER, BYTES_MAX, new TopicCache(2));
            assertThat(sorted(decoder, bytes)).as("seed %d", seed).isEqualTo(SortedProperties.of(connect));
            netty.finishAndReleaseAll();
        }
    }

    private static Packet sorted(PacketDecoder decoder, byte[] bytes) {
        return SortedProperties.of(RoundTripTest.whole(decoder, bytes));
    }

    /** A channel that knows the version from this CONNECT. */
    private static EmbeddedChannel netty(Connect connect, ProtocolVersion version) {
        EmbeddedChannel netty = new EmbeddedChannel(new MqttDecoder(BYTES_MAX), MqttEncoder.INSTANCE);
        throughNetty(netty, connect, version);
        return netty;
    }

    private static byte[] throughNetty(EmbeddedChannel netty, Packet packet, ProtocolVersion version) {
        netty.writeInbound(Unpooled.wrappedBuffer(PacketEncoder.encode(packet, version)));
        MqttMessage message = netty.readInbound();
        assertThat(message).as("%s", packet).isNotNull();
        assertThat(message.decoderResult().isSuccess())
                .as("%s: %s", packet, message.decoderResult().cause())
                .isTrue();
        netty.writeOutbound(message);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ByteBuf part = netty.readOutbound(); part != null; part = netty.readOutbound()) {
            byte[] copy = new byte[part.readableBytes()];
            part.readBytes(copy);
            bytes.writeBytes(copy);
            part.release();
        }
        return bytes.toByteArray();
    }
}
