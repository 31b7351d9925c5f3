package io.dunlin.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All that a store held at one moment: files, or beginnings of files, that do not change any more. Together in a folder they are a
 * store as a process leaves it that ends at that moment. The store goes on meanwhile; what it deletes can still be read here, and
 * takes room on the disk, until {@link #close}. Thread: any.
 */
public final class StoreCut implements AutoCloseable {
    private static final int PIECE_BYTES = 256 << 10;
    private static final long PATIENCE_SECONDS = 60;

    private final List<Held> held;
    private final StoreExecutor executor;
    private final AtomicBoolean closed = new AtomicBoolean();

    private StoreCut(List<Held> held, StoreExecutor executor) {
        this.held = List.copyOf(held);
        this.executor = executor;
    }

    /**
     * A file of it.
     *
     * @param name in the folder
     * @param bytes how long it is
     */
    public record Part(String name, long bytes) {}

    /** Where the bytes of a part are read. */
    interface Source {
        /** Fewer than there is room for only at the end of the file. */
        int read(ByteBuffer to, long at) throws IOException;

        void close() throws IOException;
    }

    /** A part that can be read as long as it is not closed. */
    record Held(Part part, Source source) {}

    /**
     * Holds what the last checkpoint and the log after it have stored. Thread: the keeper, while no checkpoint is being made.
     *
     * @throws IOException where something of it cannot be read; then nothing is held
     */
    static StoreCut take(Disk disk, SegmentLog log, StateLog state, StoreExecutor executor) throws IOException {
        List<Held> held = new ArrayList<>();
        try {
            held.add(identity(disk));
            held.add(state.hold());
            log.hold(state.mark(), held);
            return new StoreCut(held, executor);
        } catch (IOException | RuntimeException e) {
            for (Held one : held) {
                one.source.close();
            }
            throw e;
        }
    }

    /** It is written when a process opens the store, and not again. */
    private static Held identity(Disk disk) throws IOException {
        try (DiskFile file = disk.open(Fence.FILE)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.read(bytes, 0);
            byte[] content = bytes.array();
            return new Held(new Part(Fence.FILE, content.length), new Source() {
                @Override
                public int read(ByteBuffer to, long at) {
                    int length = (int) Math.max(0, Math.min(to.remaining(), content.length - at));
                    to.put(content, (int) at, length);
                    return length;
                }

                @Override
                public void close() {} // nothing is open
            });
        }
    }

    /** What there is, in the order in which it is best written. */
    public List<Part> parts() {
        return held.stream().map(Held::part).toList();
    }

    /**
     * Reads of a part, on a thread of the store: the caller's may be interrupted, which would close the file.
     *
     * @param number of the part, from 0
     * @return that many bytes, fewer only at the end of the part; none at and beyond it
     */
    CompletionStage<byte[]> read(int number, long at, int bytesMax) {
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        Held one = held.get(number);
        executor.reader(() -> {
            try {
                if (closed.get()) {
                    throw new IOException("the copy was given up");
                }
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(bytesMax, Math.max(0, one.part.bytes - at)));
                one.source.read(bytes, at);
                read.complete(bytes.array()); // what was cut off since was prepared for later, and all zeros
            } catch (IOException | RuntimeException e) {
                read.completeExceptionally(e);
            }
        });
        return read;
    }

    /** The bytes of a part, read as they are asked for; each read waits for the disk. @param number of the part, from 0 */
    public InputStream open(int number) {
        return new PartStream(number, held.get(number).part.bytes);
    }

    private final class PartStream extends InputStream {
        private final int number;
        private final long end;
        private long at;
        private byte[] piece = new byte[0];
        private int used;

        PartStream(int number, long end) {
            this.number = number;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            return fill() ? piece[used++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            Objects.checkFromIndexSize(from, length, to.length);
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, piece.length - used);
            System.arraycopy(piece, used, to, from, count);
            used += count;
            return count;
        }

        /** False at the end. */
        private boolean fill() throws IOException {
            if (used == piece.length && at < end) {
                piece = await();
                at += piece.length;
                used = 0;
            }
            return used < piece.length;
        }

        private byte[] await() throws IOException {
            try {
                return StoreCut.this
                        .read(number, at, PIECE_BYTES)
                        .toCompletableFuture()
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the copy was interrupted", e);
            } catch (TimeoutException e) { // also where the store was closed meanwhile
                throw new IOException("the store gave nothing to read for " + PATIENCE_SECONDS + " s", e);
            } catch (ExecutionException e) {
                throw new IOException("a file of the store cannot be read: " + e.getMessage(), e);
            }
        }
    }

    /** Lets go of the files. Again: nothing. */
    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            IOException failure = null;
            for (Held one : held) {
                try {
                    one.source.close();
                } catch (IOException e) {
                    failure = e;
                }
            }
            if (failure != null) {
                throw failure;
            }
        }
    }
}
