package io.dunlin.client;

import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.packet.Packet;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Packets out of bytes that come in pieces. It keeps the half packet at the end alone, in a buffer that grows with what has
 * come and not with what was announced. One thread.
 */
final class PacketBuffer {
    private static final int HALF_BYTES_MIN = 16;
    private static final int GROWTH_BYTES_MIN = 4096;

    private final PacketDecoder decoder;
    private @Nullable ByteBuffer half;

    PacketBuffer(PacketDecoder decoder) {
        this.decoder = decoder;
    }

    /**
     * The next packet, or null where the bytes hold no whole one any more; then all of them are taken.
     *
     * @throws io.dunlin.protocol.packet.ProtocolError as {@link PacketDecoder#decode}
     */
    @Nullable
    Packet next(ByteBuffer in) {
        if (half == null) {
            Packet packet = in.hasRemaining() ? decoder.decode(in) : null;
            if (packet == null && in.hasRemaining()) {
                half = ByteBuffer.allocate(Math.max(in.remaining(), HALF_BYTES_MIN))
                        .put(in);
            }
            return packet;
        }
        while (in.hasRemaining()) {
            ByteBuffer begun = half;
            int bytes = decoder.packetBytes(begun.duplicate().flip());
            int wished = bytes < 0 ? begun.position() + 1 : bytes;
            if (wished > begun.capacity() && !begun.hasRemaining()) {
                int grown = Math.max(begun.capacity() * 2, GROWTH_BYTES_MIN);
                begun = ByteBuffer.allocate(Math.min(wished, grown < 0 ? wished : grown))
                        .put(begun.flip());
                half = begun;
            }
            int count = Math.min(in.remaining(), Math.min(wished, begun.capacity()) - begun.position());
            begun.put(begun.position(), in, in.position(), count).position(begun.position() + count);
            in.position(in.position() + count);
            if (begun.position() == bytes) {
                half = null;
                return decoder.decode(begun.flip());
            }
        }
        return null;
    }
}
