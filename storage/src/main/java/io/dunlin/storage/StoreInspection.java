package io.dunlin.storage;

import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.SessionState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a store that no broker uses, and repairs it. It holds the folder until {@link #close}; only {@link #repair} changes
 * anything in it. Thread: one.
 */
public final class StoreInspection implements AutoCloseable {
    private final Path folder;
    private final Disk disk;
    private final StoreId storeId;

    private StoreInspection(Path folder, Disk disk, StoreId storeId) {
        this.folder = folder;
        this.disk = disk;
        this.storeId = storeId;
    }

    /**
     * @throws StoreRefused where there is no store in the folder, a broker uses it, or it is of a newer version
     * @throws StoreDamaged where the file that says which store it is cannot be read
     */
    public static StoreInspection open(Path folder) throws IOException {
        if (!Files.isRegularFile(folder.resolve(Fence.FILE))) {
            throw new StoreRefused("There is no store in " + folder + " (no file named " + Fence.FILE
                    + "): name the folder that the broker has as node.data-dir or --data.");
        }
        NioDisk disk = new NioDisk(folder);
        if (!disk.lock()) {
            throw new StoreRefused("A process uses the store in " + folder + ": stop that broker first.");
        }
        try {
            StoreId storeId = Fence.peek(disk);
            if (storeId == null) {
                throw new StoreRefused("The store in " + folder + " was never used: there is nothing to see.");
            }
            return new StoreInspection(folder, disk, storeId);
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    /** Reads everything: all checksums, whether files are missing, and whether what sessions refer to is there. */
    public List<StoreFinding> check(StoreProgress progress) throws IOException {
        return List.copyOf(new StoreCheck(new StoreFiles(disk, storeId), progress).run());
    }

    /**
     * Makes a damaged store one that starts. All that can be read is kept; the originals of the files that it changes are in the
     * folder {@code lost+found} afterwards. Does nothing where nothing is damaged.
     *
     * @return what it has done and what is lost, a sentence each
     */
    public List<String> repair(StoreProgress progress) throws IOException {
        StoreFiles files = new StoreFiles(disk, storeId);
        StoreCheck check = new StoreCheck(files, progress);
        boolean isDamaged = check.run().stream().anyMatch(StoreFinding::isDamage);
        return isDamaged ? new StoreRepair(folder, files, check).run() : List.of();
    }

    /** @param top how many of the largest queues are named */
    public StoreStats stats(int top, StoreProgress progress) throws IOException {
        StoreFiles files = new StoreFiles(disk, storeId);
        Map<String, Long> queued = new HashMap<>();
        StateReading.Counts counts = files.read(state -> queued.put(state.clientId(), queued(state)), retained -> {});
        long[] records = {0};
        tail(files, progress, (position, record) -> {
            records[0]++;
            count(record, queued);
        });
        List<StoreStats.Client> largest = queued.entrySet().stream()
                .filter(client -> client.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
                .limit(top)
                .map(client -> new StoreStats.Client(client.getKey(), client.getValue()))
                .toList();
        Mark mark = files.mark;
        return new StoreStats(
                storeId.toString(),
                mark == null ? 0 : mark.wallMillis(),
                mark != null && mark.isClean(),
                queued.size(),
                queued.values().stream().mapToLong(Long::longValue).sum(),
                counts.retained(),
                records[0],
                files.segments.size(),
                (int) files.segments.values().stream()
                        .filter(kind -> kind == SegmentHeader.Kind.SPARSE)
                        .count(),
                bytes(SegmentName::isSegment),
                bytes(name -> StateName.number(name) > 0),
                largest);
    }

    private long bytes(Predicate<String> isMeant) throws IOException {
        long sum = 0;
        for (String name : disk.list()) {
            sum += isMeant.test(name) ? Files.size(folder.resolve(name)) : 0;
        }
        return sum;
    }

    private static long queued(SessionState state) {
        return state.head().length
                + state.tail().length
                + (long) state.inFlight().size()
                + state.pages().stream().mapToLong(QueuePage::messages).sum();
    }

    private static void count(JournalRecord record, Map<String, Long> queued) {
        if (record instanceof JournalRecord.Published published) {
            published.shares().forEach(share -> queued.computeIfPresent(share.clientId(), (_, count) -> count + 1));
        } else if (record instanceof JournalRecord.Settled settled) {
            queued.computeIfPresent(settled.clientId(), (_, count) -> Math.max(0, count - 1));
        } else if (record instanceof JournalRecord.SessionOpened opened) {
            queued.putIfAbsent(opened.clientId(), 0L);
        } else if (record instanceof JournalRecord.SessionEnded ended) {
            queued.remove(ended.clientId());
        }
    }

    /**
     * Gives what the store holds as lines of JSON: the sessions and retained messages of the last checkpoint, then the records of the
     * log in their order. What cannot be read is left out: {@link #check} tells it.
     *
     * @param clientId only what has to do with this client; null for all
     * @param topicFilter only messages whose topic it matches; null for all
     */
    public void dump(
            @Nullable String clientId, @Nullable String topicFilter, Consumer<String> line, StoreProgress progress)
            throws IOException {
        StoreFiles files = new StoreFiles(disk, storeId);
        DumpLines lines = new DumpLines(clientId, topicFilter, line);
        files.read(lines::session, lines::retained);
        all(files, progress, 1, lines::record);
    }

    private interface Records {
        void record(long position, JournalRecord record);
    }

    private static void tail(StoreFiles files, StoreProgress progress, Records records) throws IOException {
        long from = files.replayFrom();
        all(files, progress, Math.max(1, Position.segment(from)), (position, record) -> {
            if (position >= from) {
                records.record(position, record);
            }
        });
    }

    private static void all(StoreFiles files, StoreProgress progress, int first, Records records) throws IOException {
        SegmentWalk walk = new SegmentWalk(files.disk, files.storeId);
        SegmentWalk.Visitor visitor = new SegmentWalk.Visitor() {
            @Override
            public void record(long position, int type, ByteBuffer body) {
                byte[] bytes = new byte[body.remaining()];
                body.get(body.position(), bytes);
                JournalRecord record;
                try {
                    record = files.records.decode(type, bytes, 0, bytes.length);
                } catch (BadRecord e) {
                    return; // told by check
                }
                records.record(position, record);
            }

            @Override
            public void damage(int segment, int from, int to, @Nullable BatchHeader next) {
                // told by check
            }
        };
        SegmentFiles opened = files.open();
        try {
            LogReader reader = new LogReader(opened);
            Set<Map.Entry<Integer, SegmentHeader.Kind>> segments =
                    files.segments.tailMap(first).entrySet();
            int done = 0;
            for (Map.Entry<Integer, SegmentHeader.Kind> segment : segments) {
                progress.at("segments", done++, segments.size());
                switch (segment.getValue()) {
                    case PLAIN -> walk.plain(segment.getKey(), visitor);
                    case SPARSE -> walk.sparse(segment.getKey(), reader, visitor);
                }
            }
        } finally {
            opened.close();
        }
    }

    /** Gives the folder back. */
    @Override
    public void close() throws IOException {
        disk.close();
    }
}
