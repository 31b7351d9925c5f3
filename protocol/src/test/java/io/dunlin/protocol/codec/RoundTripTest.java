package io.dunlin.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random packets there and back. {@code -Ddunlin.seed=N} repeats a run. */
class RoundTripTest {
    private static final int PACKETS = 3_000;

    static long seed() {
        long seed = Long.getLong("dunlin.seed", System.nanoTime());
        System.out.println("dunlin.seed=" + seed);
        return seed;
    }

    @ParameterizedTest
    @EnumSource
    void packetsComeBackEqual(ProtocolVersion version) {
        long seed = seed();
        RandomPackets packets = new RandomPackets(new Random(seed), version);
        TopicCache topics = new TopicCache(64);
        for (int i = 0; i < PACKETS; i++) {
            Connect connect = packets.connect();
            assertThat(decoded(new PacketDecoder(Role.SERVER, 1 << 20, topics), connect, version))
                    .isEqualTo(connect);
            for (Role role : Role.values()) {
                Packet packet = packets.next(role);
                PacketDecoder decoder = new PacketDecoder(role, 1 << 20, topics);
                decoder.version(version);
                assertThat(decoded(decoder, packet, version))
                        .as("seed %d", seed)
                        .isEqualTo(packet);
            }
        }
    }

    private static Packet decoded(PacketDecoder decoder, Packet packet, ProtocolVersion version) {
        byte[] bytes = PacketEncoder.encode(packet, version);
        assertThat(bytes).hasSize(PacketEncoder.size(packet, version));
        return whole(decoder, bytes);
    }

    /** The packet that all these bytes are. */
    static Packet whole(PacketDecoder decoder, byte[] bytes) {
        return Objects.requireNonNull(decoder.decode(ByteBuffer.wrap(bytes)), "not complete");
    }

    /** A stream in pieces of any size, the buffer moved on as a connection does it. */
    @ParameterizedTest
    @EnumSource
    void aStreamMayBeCutAnywhere(ProtocolVersion version) {
        long seed = seed();
        Random random = new Random(seed);
        RandomPackets packets = new RandomPackets(random, version);
        List<Packet> sent = new ArrayList<>();
        sent.add(packets.connect());
        ByteBuffer stream = ByteBuffer.allocate(1 << 23);
        PacketEncoder.encode(sent.get(0), version, stream);
        for (int i = 0; i < PACKETS; i++) {
            sent.add(packets.next(Role.SERVER));
            PacketEncoder.encode(sent.get(sent.size() - 1), version, stream);
        }
        stream.flip();
        PacketDecoder decoder = new PacketDecoder(Role.SERVER, 1 << 20, new TopicCache(64));
        List<Packet> received = new ArrayList<>();
        ByteBuffer window = ByteBuffer.allocate(1 << 16);
        while (stream.hasRemaining()) {
            int piece = Math.min(stream.remaining(), 1 + random.nextInt(random.nextInt(5) == 0 ? 3_000 : 7));
            window.put(stream.array(), stream.position(), piece).flip();
            stream.position(stream.position() + piece);
            for (Packet packet = decoder.decode(window); packet != null; packet = decoder.decode(window)) {
                received.add(packet);
            }
            window.compact();
        }
        assertThat(received).as("seed %d", seed).isEqualTo(sent);
    }
}
