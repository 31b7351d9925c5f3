package io.dunlin.client.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** The file that is open, at whose end records are written, and what its records come to. */
final class LogFile {
    /** Of the buffer that stays; larger records get one of their own. */
    private static final int BUFFER_BYTES_MAX = 1 << 16;

    private static final int BUFFER_BYTES_FIRST = 1 << 10;

    private final Disk disk;
    private final Path path;
    private final String clientId;
    private final boolean forced;
    private final long compactAboveBytes;
    private final Kept kept;
    private Disk.OpenFile file;
    private int headerBytes;
    private long end; // of the intact records
    private boolean torn; // more than that is in the file
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES_FIRST);
    private int deferredBytes; // records at the beginning of the buffer that could not be written yet
    private int bodyAt;
    private long compactAtBytes;

    /** @param end where the intact records of the file end; what is behind is cut off before anything is written */
    LogFile(Disk disk, Path path, Disk.OpenFile file, Header header, Kept kept, long end, Options options)
            throws IOException {
        this.disk = disk;
        this.path = path;
        this.clientId = header.clientId();
        this.forced = options.forced();
        this.compactAboveBytes = options.compactAboveBytes();
        this.kept = kept;
        this.file = file;
        this.headerBytes = header.encoded().length;
        this.end = end;
        this.torn = file.bytes() > end;
        this.compactAtBytes = headerBytes + compactAboveBytes;
        mend();
    }

    Kept kept() {
        return kept;
    }

    /** Where the body of the record that {@link #append} appends is to be written. */
    ByteBuffer record(int bodyBytes) {
        int needed = deferredBytes + Frame.BYTES + bodyBytes;
        if (buffer.capacity() < needed) {
            int bytes = needed > BUFFER_BYTES_MAX ? needed : Integer.highestOneBit(needed - 1) << 1;
            buffer = ByteBuffer.wrap(Arrays.copyOf(buffer.array(), bytes));
        }
        buffer.clear();
        bodyAt = deferredBytes + Frame.HEAD_BYTES;
        return buffer.position(bodyAt);
    }

    /**
     * Writes the record that {@link #record} began, and those before it that are not written yet.
     *
     * @return where its body is in the file
     * @throws IOException where it could not; then nothing has changed
     */
    long append() throws IOException {
        int count = closeRecord();
        long bodyInFile = end + bodyAt;
        try {
            write(count, forced);
        } finally {
            shrink();
        }
        return bodyInFile;
    }

    /** As {@link #append}, but what cannot be written now is written with the next record. */
    void appendOrDefer() {
        int count = closeRecord();
        if (!written(count)) {
            deferredBytes = count;
        }
        shrink();
    }

    private int closeRecord() {
        int bodyBytes = buffer.position() - bodyAt;
        int start = bodyAt - Frame.HEAD_BYTES;
        Frame.close(buffer.array(), start, bodyBytes, end + start);
        return bodyAt + bodyBytes + 1;
    }

    private boolean written(int count) {
        try {
            write(count, false);
            return true;
        } catch (IOException e) {
            return false; // the records wait in the buffer
        }
    }

    private void write(int count, boolean sync) throws IOException {
        mend();
        torn = true;
        try {
            file.write(end, buffer.array(), 0, count);
            if (sync) {
                file.sync();
            }
        } catch (IOException e) {
            tryToMend(e);
            throw e;
        }
        torn = false;
        end += count;
        deferredBytes = 0;
    }

    /** Cuts off what an attempt that failed has left, so that a shorter record does not leave some of it behind itself. */
    private void mend() throws IOException {
        if (torn) {
            file.truncate(end);
            torn = false;
        }
    }

    private void tryToMend(IOException cause) {
        try {
            mend();
        } catch (IOException e) {
            cause.addSuppressed(e); // the next call tries again
        }
    }

    private void shrink() {
        if (buffer.capacity() > BUFFER_BYTES_MAX && deferredBytes == 0) {
            buffer = ByteBuffer.allocate(BUFFER_BYTES_FIRST);
        }
    }

    /** Makes the file smaller where most of it is no longer needed. Where that fails, the file stays and grows on. */
    void compactIfDue() {
        long used = end - headerBytes;
        if (end <= compactAtBytes || kept.liveBytes() > used / 2) {
            return;
        }
        if (!compacted()) {
            compactAtBytes = end + Math.max(compactAboveBytes, 1);
        }
    }

    private boolean compacted() {
        try {
            if (kept.isEmpty()) {
                clear();
            } else {
                compact();
            }
            return true;
        } catch (IOException e) {
            return false; // the file is as good as before, only larger; a full disk shows when a message is added
        }
    }

    /** Nothing is needed: the file is cut behind its header, which is cheaper than a new one. */
    private void clear() throws IOException {
        file.truncate(headerBytes);
        end = headerBytes;
        torn = false;
        deferredBytes = 0;
        compactAtBytes = headerBytes + compactAboveBytes;
    }

    /** Puts a file with only what is needed in the place of this one. */
    void compact() throws IOException {
        Path fresh = FileNames.fresh(path);
        Disk.OpenFile target = disk.create(fresh);
        boolean replaced = false;
        long[] bodiesAt = new long[kept.messages().size()];
        byte[] header = new Header(Header.FORMAT, clientId, kept.lastToken()).encoded();
        long targetEnd;
        try {
            targetEnd = new Compaction(file, target).write(header, kept, bodiesAt);
            target.sync(); // before it has the name: else a loss of power could leave the name with no content
            disk.replace(fresh, path);
            replaced = true;
        } finally {
            if (!replaced) {
                target.close();
                disk.delete(fresh);
            }
        }
        Disk.OpenFile old = file;
        file = target;
        end = targetEnd;
        torn = false;
        deferredBytes = 0; // what they said is in what was written
        headerBytes = header.length;
        compactAtBytes = headerBytes + compactAboveBytes;
        int message = 0;
        for (Kept.Live live : kept.messages()) {
            live.bodyAt = bodiesAt[message++];
        }
        old.close();
        disk.syncFolderOf(path);
    }

    byte[] body(Kept.Live live) throws IOException {
        byte[] body = new byte[live.bodyBytes];
        if (file.read(live.bodyAt, body, 0, body.length) < body.length) {
            throw new IOException("the file became shorter while it was read");
        }
        return body;
    }

    /** What could not be written before is tried once more: without it, some messages are sent again. */
    void close() throws IOException {
        if (deferredBytes > 0) {
            written(deferredBytes);
        }
        file.close();
    }
}
