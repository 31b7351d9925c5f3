package io.dunlin.client.store;

import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a file from one end to the other. A record that was cut short ends the file: nobody was told that it
 * is kept. A record that is there and was changed is damage, the last one too.
 */
final class Scan {
    /** What is wrong, and from where on. */
    static final class Damage extends IOException {
        private static final long serialVersionUID = 1;

        final long at;

        Damage(long at, String what) {
            super(what);
            this.at = at;
        }
    }

    private static final int WINDOW_BYTES = 1 << 16;

    /** What a device writes at once, or smaller: behind a loss of power, such a piece is there or is zeros. */
    private static final int SECTOR_BYTES = 512;

    private final Disk.OpenFile file;
    private final long fileBytes;
    private final Kept kept;
    private final byte[] window = new byte[WINDOW_BYTES];
    private long windowAt;
    private int windowBytes;
    private final byte[] bodyStart = new byte[Records.SHORT_BYTES_MAX];
    private long end;
    private int damages;

    Scan(Disk.OpenFile file, Kept kept) throws IOException {
        this.file = file;
        this.fileBytes = file.bytes();
        this.kept = kept;
    }

    /** Where the intact records end. */
    long end() {
        return end;
    }

    /** How many times something was passed over. */
    int damages() {
        return damages;
    }

    /**
     * @param salvage true to pass over what is damaged
     * @throws Damage where something is, and it is not to be passed over
     */
    void read(long from, boolean salvage) throws IOException {
        end = from;
        while (end < fileBytes) {
            int bodyBytes = bodyBytes(end);
            String problem = problem(end, bodyBytes);
            if (problem == null) {
                end += Frame.BYTES + bodyBytes;
                continue;
            }
            long next = nextIntact(end + 1);
            if (next < 0 && isTorn(end, bodyBytes)) {
                return;
            }
            if (!salvage) {
                throw new Damage(end, problem);
            }
            damages++;
            if (next < 0) {
                return;
            }
            end = next;
        }
    }

    /** Null where the record is intact; then what it says is taken. */
    private @Nullable String problem(long at, int bodyBytes) throws IOException {
        if (bodyBytes < 0) {
            return "the head of a record is wrong";
        }
        if (!isIntact(at, bodyBytes)) {
            return "the checksum of a record is wrong";
        }
        return kept.apply(bodyStart, at + Frame.HEAD_BYTES, bodyBytes)
                ? null
                : "a record is of a kind that is not known";
    }

    /** Of the record there, or -1 where no intact head stands there. */
    private int bodyBytes(long at) throws IOException {
        return fileBytes - at < Frame.HEAD_BYTES ? -1 : Frame.bodyBytes(window, load(at, Frame.HEAD_BYTES), at);
    }

    private boolean isIntact(long at, int bodyBytes) throws IOException {
        if (at + Frame.BYTES + bodyBytes > fileBytes) {
            return false;
        }
        int expected = Frame.bodyCrc(window, load(at, Frame.HEAD_BYTES));
        long bodyAt = at + Frame.HEAD_BYTES;
        CRC32C crc = new CRC32C();
        for (int done = 0; done < bodyBytes; ) {
            int count = Math.min(WINDOW_BYTES, bodyBytes - done);
            int from = load(bodyAt + done, count);
            crc.update(window, from, count);
            if (done == 0) {
                System.arraycopy(window, from, bodyStart, 0, Math.min(count, bodyStart.length));
            }
            done += count;
        }
        return (int) crc.getValue() == expected && window[load(bodyAt + bodyBytes, 1)] == Frame.END;
    }

    /** Whether the last record can have been cut short: by the end of the file, or by a loss of power that left zeros. */
    private boolean isTorn(long at, int bodyBytes) throws IOException {
        if (fileBytes - at < Frame.HEAD_BYTES || bodyBytes > 0 && at + Frame.BYTES + bodyBytes > fileBytes) {
            return true;
        }
        long sectorAt = Math.max(at, (fileBytes - 1) / SECTOR_BYTES * SECTOR_BYTES);
        int count = (int) (fileBytes - sectorAt);
        int from = load(sectorAt, count);
        for (int i = from; i < from + count; i++) {
            if (window[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Where the next intact record begins, or -1. (Heads know their place, so that no content passes for one.) */
    private long nextIntact(long from) throws IOException {
        for (long at = from; at <= fileBytes - Frame.BYTES; at++) {
            int bodyBytes = bodyBytes(at);
            if (bodyBytes > 0 && isIntact(at, bodyBytes)) {
                return at;
            }
        }
        return -1;
    }

    /** Where in the window those bytes are, which are in the file. */
    private int load(long at, int count) throws IOException {
        if (at < windowAt || at + count > windowAt + windowBytes) {
            windowBytes = file.read(at, window, 0, WINDOW_BYTES);
            windowAt = at;
            if (windowBytes < count) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return (int) (at - windowAt);
    }
}
