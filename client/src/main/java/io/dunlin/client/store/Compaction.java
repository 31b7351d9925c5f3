package io.dunlin.client.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes what is still needed of one file to another. The old one is only read, so that it stays good if this fails. */
final class Compaction {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Disk.OpenFile from;
    private final Disk.OpenFile to;
    private final byte[] copied = new byte[BUFFER_BYTES];
    private final byte[] shortBytes = new byte[Frame.BYTES + Records.SHORT_BYTES_MAX];
    private final ByteBuffer shortRecord = ByteBuffer.wrap(shortBytes);
    private long at;

    Compaction(Disk.OpenFile from, Disk.OpenFile to) {
        this.from = from;
        this.to = to;
    }

    /**
     * @param bodiesAt filled with the places of the messages in the new file, in their order
     * @return where the records end
     */
    long write(byte[] header, Kept kept, long[] bodiesAt) throws IOException {
        to.write(0, header, 0, header.length);
        at = header.length;
        int messages = 0;
        for (Kept.Live live : kept.messages()) {
            bodiesAt[messages++] = at + Frame.HEAD_BYTES;
            copy(live);
            if (live.packetId != 0) {
                append(record(Records.SENT).putLong(live.token).putShort((short) live.packetId));
            }
            if (live.released) {
                append(record(Records.RELEASED).putLong(live.token));
            }
        }
        for (int id : kept.receivedIds()) {
            append(record(Records.RECEIVED).putShort((short) id));
        }
        return at;
    }

    private ByteBuffer record(byte type) {
        return shortRecord.position(Frame.HEAD_BYTES).put(type);
    }

    private void append(ByteBuffer record) throws IOException {
        int bodyBytes = record.position() - Frame.HEAD_BYTES;
        Frame.close(shortBytes, 0, bodyBytes, at);
        to.write(at, shortBytes, 0, Frame.BYTES + bodyBytes);
        at += Frame.BYTES + bodyBytes;
    }

    /** The checksum goes along, so that a body that rotted on the disk does not become a good one. */
    private void copy(Kept.Live live) throws IOException {
        long oldHeadAt = live.bodyAt - Frame.HEAD_BYTES;
        read(oldHeadAt, Frame.HEAD_BYTES);
        int expected = Frame.bodyCrc(copied, 0);
        Frame.putHead(copied, 0, live.bodyBytes, expected, at);
        to.write(at, copied, 0, Frame.HEAD_BYTES);
        at += Frame.HEAD_BYTES;
        CRC32C crc = new CRC32C();
        for (int done = 0; done < live.bodyBytes; ) {
            int count = Math.min(BUFFER_BYTES, live.bodyBytes - done);
            read(live.bodyAt + done, count);
            crc.update(copied, 0, count);
            to.write(at, copied, 0, count);
            at += count;
            done += count;
        }
        if ((int) crc.getValue() != expected) {
            throw new IOException("the checksum of a record is wrong");
        }
        copied[0] = Frame.END;
        to.write(at++, copied, 0, 1);
    }

    private void read(long place, int count) throws IOException {
        if (from.read(place, copied, 0, count) < count) {
            throw new IOException("the file is shorter than it was");
        }
    }
}
