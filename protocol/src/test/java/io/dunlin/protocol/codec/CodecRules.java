package io.dunlin.protocol.codec;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What holds for the decoder whatever bytes come: for the fuzzer and for the random test. */
final class CodecRules {
    private static final int BYTES_MAX = 1 << 16;
    private static final TopicCache TOPICS = new TopicCache(1024);

    private CodecRules() {}

    /**
     * Decodes to the end or to the first error. A packet is accepted only if it can be written and read again as the same, and
     * the same bytes in another kind of buffer are the same packet.
     */
    static void check(byte[] bytes, Role role, ProtocolVersion version) {
        PacketDecoder decoder = new PacketDecoder(role, BYTES_MAX, TOPICS);
        if (bytes.length == 0 || bytes[0] >> 4 != Wire.CONNECT || role == Role.CLIENT) {
            decoder.version(version);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            while (true) {
                int start = in.position();
                int size = decoder.packetBytes(in);
                Packet packet = decoder.decode(in);
                if (packet == null) {
                    require(in.position() == start, "the position moved though nothing was taken");
                    require(size < 0 || size > in.remaining(), "a whole packet was not taken");
                    return;
                }
                require(in.position() == start + size, "not exactly one packet was taken");
                again(packet, Arrays.copyOfRange(bytes, start, start + size), role, decoder.version());
            }
        } catch (ProtocolError refused) {
            require(refused.reason().isError(), "refused without an error");
        }
    }

    private static void again(Packet packet, byte[] bytes, Role role, ProtocolVersion version) {
        require(packet.equals(fresh(role, packet, version).decode(direct(bytes))), "another buffer, another packet");
        byte[] written = PacketEncoder.encode(packet, version);
        require(written.length == PacketEncoder.size(packet, version), "size() is wrong");
        Packet read = RoundTripTest.whole(fresh(role, packet, version), written);
        require(packet.equals(read), "written and read it is another packet: " + packet + " became " + read);
        require(packet.hashCode() == read.hashCode() && !packet.toString().isEmpty(), "no hash code or text");
    }

    private static PacketDecoder fresh(Role role, Packet packet, ProtocolVersion version) {
        PacketDecoder decoder = new PacketDecoder(role, BYTES_MAX, new TopicCache(2));
        if (!(packet instanceof Connect)) {
            decoder.version(version);
        }
        return decoder;
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
