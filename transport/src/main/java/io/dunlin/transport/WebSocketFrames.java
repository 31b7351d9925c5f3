package io.dunlin.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The frames of one WebSocket (RFC 6455, section 5), server side, without extensions. Data frames are passed on as a stream
 * as their bytes come, so their borders need not be those of packets [MQTT-6.0.0-2], and nothing is held but an unfinished
 * header or control frame. Thread: the connection's.
 */
final class WebSocketFrames {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    static final int NORMAL_CLOSURE = 1000;
    static final int PROTOCOL_ERROR = 1002;
    static final int UNACCEPTABLE_DATA = 1003;
    static final int TOO_LARGE = 1009;

    /** Room for the largest MQTT packet in one frame; larger ones are nonsense. */
    static final long FRAME_BYTES_MAX = 256L << 20;

    private static final int CONTROL_BYTES_MAX = 125;
    private static final byte[] NO_BYTES = {};
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    // the header under way: its bytes, and how many are here and needed
    private final byte[] header = new byte[14];
    private int filled;
    private int needed = 2;

    // the frame under way
    private int opcode;
    private boolean lastFragment;
    private long left;
    private int mask;
    private byte[] control = NO_BYTES;
    private int controlBytes;

    /** Whether a data message is under way, of which more frames must come. */
    private boolean insideMessage;

    /** Takes what one read brought, in a buffer with an array from offset 0 that may be overwritten. */
    @SuppressWarnings("ByteBufferBackingArray") // the shard's own heap buffer
    void read(ByteBuffer bytes, NettyConnection to) {
        byte[] array = bytes.array();
        int end = bytes.limit();
        int at = bytes.position();
        int data = 0; // payload of all data frames of this read, moved together at the start of the array
        while (at < end && to.takesInput()) {
            if (filled < needed) {
                header[filled++] = array[at++];
                int error = 0;
                if (filled == 2) {
                    error = beginHeader();
                }
                if (error == 0 && filled < needed) {
                    continue;
                }
                error = error == 0 ? beginFrame() : error;
                if (error != 0) {
                    pass(bytes, data, to);
                    to.endWebSocket(error);
                    return;
                }
            }
            int length = (int) Math.min(left, end - at);
            unmask(array, at, length);
            left -= length;
            if (opcode >= CLOSE) {
                System.arraycopy(array, at, control, controlBytes, length);
                controlBytes += length;
            } else {
                System.arraycopy(array, at, array, data, length);
                data += length;
            }
            at += length;
            if (left == 0) {
                filled = 0;
                needed = 2;
                if (opcode >= CLOSE) {
                    // What came before a close belongs to the core first.
                    if (opcode == CLOSE) {
                        pass(bytes, data, to);
                        data = 0;
                    }
                    endControlFrame(to);
                }
            }
        }
        pass(bytes, data, to);
    }

    private static void pass(ByteBuffer bytes, int data, NettyConnection to) {
        if (data > 0) {
            bytes.limit(data).position(0);
            to.deliver(bytes);
        }
    }

    /** Reads the first two bytes, which say how many more there are; returns 0, or the status that closes the WebSocket. */
    private int beginHeader() {
        int length = header[1] & 0x7f;
        needed = 2 + (length < 126 ? 0 : length == 126 ? 2 : 8) + 4;
        boolean masked = (header[1] & 0x80) != 0;
        boolean extended = (header[0] & 0x70) != 0;
        return masked && !extended ? 0 : PROTOCOL_ERROR;
    }

    /** Reads the complete header; returns 0, or the status that closes the WebSocket. */
    private int beginFrame() {
        opcode = header[0] & 0x0f;
        lastFragment = (header[0] & 0x80) != 0;
        ByteBuffer rest = ByteBuffer.wrap(header, 2, needed - 2);
        left = needed == 6 ? header[1] & 0x7f : needed == 8 ? rest.getShort() & 0xffff : rest.getLong();
        mask = rest.getInt();
        controlBytes = 0;
        if (opcode >= CLOSE && left > 0 && left <= CONTROL_BYTES_MAX) {
            control = new byte[(int) left];
        }
        return switch (opcode) {
            case CONTINUATION, BINARY -> beginData();
            case TEXT -> UNACCEPTABLE_DATA; // [MQTT-6.0.0-1]
            case CLOSE, PING, PONG -> lastFragment && left <= CONTROL_BYTES_MAX ? 0 : PROTOCOL_ERROR;
            default -> PROTOCOL_ERROR;
        };
    }

    private int beginData() {
        if (left < 0 || (opcode == CONTINUATION) != insideMessage) {
            return PROTOCOL_ERROR;
        }
        insideMessage = !lastFragment;
        return left > FRAME_BYTES_MAX ? TOO_LARGE : 0;
    }

    private void endControlFrame(NettyConnection to) {
        ByteBuffer payload = ByteBuffer.wrap(control, 0, controlBytes);
        if (opcode == PING) {
            to.pong(payload);
        } else if (opcode == CLOSE) {
            int status = controlBytes >= 2 ? payload.getShort() & 0xffff : NORMAL_CLOSURE;
            boolean valid = controlBytes != 1 && status >= 1000 && status < 5000 && (status < 1004 || status > 1006);
            to.endWebSocket(valid ? status : PROTOCOL_ERROR);
        }
    }

    /** Takes the mask off in place and turns the mask so that it fits the bytes after these. */
    private void unmask(byte[] array, int from, int length) {
        int at = from;
        int end = from + length;
        long wide = (long) mask << 32 | mask & 0xffff_ffffL;
        for (; at + 8 <= end; at += 8) {
            LONGS.set(array, at, (long) LONGS.get(array, at) ^ wide);
        }
        for (int shift = 24; at < end; at++, shift -= 8) {
            // eight bytes at most: the shift wraps around after four
            array[at] ^= (byte) (mask >>> (shift & 31));
        }
        mask = Integer.rotateLeft(mask, (length & 3) * 8);
    }

    static int headerBytes(int payload) {
        return payload < 126 ? 2 : payload < 1 << 16 ? 4 : 10;
    }

    static void writeHeader(ByteBuf to, int opcode, int payload) {
        to.writeByte(0x80 | opcode);
        switch (headerBytes(payload)) {
            case 2 -> to.writeByte(payload);
            case 4 -> to.writeByte(126).writeShort(payload);
            default -> to.writeByte(127).writeLong(payload);
        }
    }

    static ByteBuf closeFrame(int status) {
        ByteBuf frame = Unpooled.directBuffer(4, 4);
        writeHeader(frame, CLOSE, 2);
        return frame.writeShort(status);
    }
}
