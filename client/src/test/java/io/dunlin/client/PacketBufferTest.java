package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class PacketBufferTest {
    private static PacketBuffer buffer() {
        PacketDecoder decoder = new PacketDecoder(PacketDecoder.Role.CLIENT, 1 << 20, new TopicCache(16));
        decoder.version(ProtocolVersion.V5);
        return new PacketBuffer(decoder);
    }

    private static byte[] publish(int size) {
        return PacketEncoder.encode(
                new Publish(false, QoS.AT_MOST_ONCE, false, TopicName.of("t"), 0, Properties.NONE, new byte[size]),
                ProtocolVersion.V5);
    }

    private static List<Integer> sizes(PacketBuffer buffer, ByteBuffer in) {
        List<Integer> found = new ArrayList<>();
        for (Packet packet = buffer.next(in); packet != null; packet = buffer.next(in)) {
            found.add(packet instanceof Publish publish ? publish.payload().length : -1);
        }
        assertThat(in.hasRemaining()).isFalse();
        return found;
    }

    @Test
    void takesPacketsSplitAtEveryPosition() { // [MQTT-6.0.0-2]
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(publish(1));
        all.writeBytes(PacketEncoder.encode(Pingresp.INSTANCE, ProtocolVersion.V5));
        all.writeBytes(publish(300));
        byte[] bytes = all.toByteArray();
        for (int split = 0; split <= bytes.length; split++) {
            PacketBuffer buffer = buffer();
            List<Integer> found = new ArrayList<>(sizes(buffer, ByteBuffer.wrap(bytes, 0, split)));
            found.addAll(sizes(buffer, ByteBuffer.wrap(bytes, split, bytes.length - split)));
            assertThat(found).as("split at %s", split).containsExactly(1, -1, 300);
        }
    }

    @RepeatedTest(20)
    void takesPacketsInPiecesOfAnySize() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int size = random.nextInt(random.nextBoolean() ? 10 : 30_000);
            expected.add(size);
            all.writeBytes(publish(size));
        }
        byte[] bytes = all.toByteArray();
        PacketBuffer buffer = buffer();
        List<Integer> found = new ArrayList<>();
        int most = 1 + random.nextInt(20_000);
        for (int at = 0; at < bytes.length; ) {
            int count = Math.min(1 + random.nextInt(most), bytes.length - at);
            found.addAll(sizes(buffer, ByteBuffer.wrap(bytes, at, count)));
            at += count;
        }
        assertThat(found).as("seed %s", seed).isEqualTo(expected);
    }

    @Test
    void refusesAnAnnouncedLengthBeforeTheBytesCome() {
        PacketBuffer buffer = buffer();
        assertThat(buffer.next(ByteBuffer.wrap(new byte[] {0x30, (byte) 0xFF}))).isNull();

        assertThatThrownBy(() -> buffer.next(ByteBuffer.wrap(new byte[] {(byte) 0xFF, (byte) 0xFF, 0x7F, 0})))
                .isInstanceOf(ProtocolError.class);
    }
}
