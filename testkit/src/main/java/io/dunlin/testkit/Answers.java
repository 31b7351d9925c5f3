package io.dunlin.testkit;

import java.nio.ByteBuffer;

/**
 * What a client answers to the packets of a server, QoS 1 and 2 in both directions, and what it counts of them: byte by byte from the
 * specification, and without allocating anything for a packet. Thread: one.
 */
public final class Answers {
    private static final int PUBLISH = 3;
    private static final int PUBACK = 4;
    private static final int PUBREC = 5;
    private static final int PUBREL = 6;
    private static final int PUBCOMP = 7;

    private ByteBuffer owed = ByteBuffer.allocate(64 << 10);
    private long received;
    private long completed;

    /** Messages that came. */
    public long received() {
        return received;
    }

    /** Own messages whose handshake has ended: PUBACK or PUBCOMP came. */
    public long completed() {
        return completed;
    }

    /** Takes the whole packets out of the bytes; what is left of the last one stays in the buffer. */
    public void take(ByteBuffer bytes) {
        while (bytes.remaining() >= 2) {
            int start = bytes.position();
            int at = start + 1;
            int length = bytes.get(at) & 0x7F;
            for (int shift = 7; bytes.get(at) < 0; shift += 7) {
                if (++at == bytes.limit()) {
                    return;
                }
                length |= (bytes.get(at) & 0x7F) << shift;
            }
            int body = at + 1;
            if (bytes.limit() - body < length) {
                return;
            }
            packet(bytes, bytes.get(start) & 0xFF, body);
            bytes.position(body + length);
        }
    }

    private void packet(ByteBuffer bytes, int first, int body) {
        switch (first >> 4) {
            case PUBLISH -> {
                received++;
                int qos = first >> 1 & 3;
                if (qos > 0) {
                    int topicBytes = bytes.getShort(body) & 0xFFFF;
                    owe(qos == 1 ? PUBACK << 4 : PUBREC << 4, bytes.getShort(body + 2 + topicBytes));
                }
            }
            case PUBACK, PUBCOMP -> completed++;
            case PUBREC -> owe(PUBREL << 4 | 2, bytes.getShort(body));
            case PUBREL -> owe(PUBCOMP << 4, bytes.getShort(body));
            default -> {
                // CONNACK, SUBACK: nothing is owed
            }
        }
    }

    private void owe(int first, short packetId) {
        if (owed.remaining() < 4) {
            owed = ByteBuffer.allocate(2 * owed.capacity()).put(owed.flip());
        }
        owed.put((byte) first).put((byte) 2).putShort(packetId);
    }

    /** Bytes that are to be sent now. */
    public int owedBytes() {
        return owed.position();
    }

    /** What is to be sent now, ready to be read; the caller takes all of it before the next {@link #take}. */
    public ByteBuffer owed() {
        return owed.flip();
    }

    /** After {@link #owed} was sent. */
    public void sent() {
        owed.clear();
    }
}
