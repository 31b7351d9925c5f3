package io.dunlin.storage;

import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.SessionState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at everything that a stopped store has: all checksums, that nothing is missing, and that what sessions refer to is there. */
final class StoreCheck {
    private static final int TOLD_EACH = 10_000;

    private final StoreFiles files;
    private final StoreProgress progress;
    private final List<StoreFinding> findings;
    /** Segments that should be there. */
    final Set<Integer> missing = new HashSet<>();
    /** Compacted segments that cannot be used. */
    final Set<Integer> unusable = new HashSet<>();
    /** What sessions refer to and cannot be read: messages and pages. */
    final Set<Long> lost = new HashSet<>();
    /** Pages that can be read, with how many of their messages cannot. */
    final Map<Long, Integer> damagedPages = new HashMap<>();

    StoreCheck(StoreFiles files, StoreProgress progress) {
        this.files = files;
        this.progress = progress;
        this.findings = files.findings;
    }

    List<StoreFinding> run() throws IOException {
        present();
        try (SegmentFilesCloser opened = new SegmentFilesCloser(files.open())) {
            LogReader reader = new LogReader(opened.files);
            int done = 0;
            for (Map.Entry<Integer, SegmentHeader.Kind> segment : files.segments.entrySet()) {
                progress.at("segments", done++, files.segments.size());
                walk(segment.getKey(), segment.getValue(), reader);
            }
            references(reader);
        }
        return findings;
    }

    /** Closes the segments that were opened for reading. */
    record SegmentFilesCloser(SegmentFiles files) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            files.close();
        }
    }

    private void present() {
        for (int number : files.badSegments) {
            findings.add(new StoreFinding(SegmentName.of(number), 0, true, "its header cannot be read"));
        }
        int first = Math.max(1, Position.segment(files.replayFrom()));
        int last = files.segments.isEmpty() ? 0 : files.segments.lastKey();
        Set<Integer> needed = new HashSet<>(files.mark == null ? Set.of() : files.mark.live());
        for (int number = first; number <= last; number++) {
            needed.add(number);
        }
        for (int number : needed) {
            if (!files.segments.containsKey(number) && !files.badSegments.contains(number)) {
                missing.add(number);
                findings.add(new StoreFinding(SegmentName.of(number), 0, true, "the file is missing"));
            }
        }
    }

    private void walk(int number, SegmentHeader.Kind kind, LogReader reader) throws IOException {
        SegmentWalk walk = new SegmentWalk(files.disk, files.storeId);
        SegmentWalk.Visitor visitor = new SegmentWalk.Visitor() {
            @Override
            public void record(long position, int type, ByteBuffer body) {
                decode(position, type, body);
            }

            @Override
            public void damage(int segment, int from, int to, @Nullable BatchHeader next) {
                hole(segment, from, to, next);
            }
        };
        try {
            switch (kind) {
                case PLAIN -> walk.plain(number, visitor);
                case SPARSE -> walk.sparse(number, reader, visitor);
            }
        } catch (StoreDamaged e) {
            unusable.add(number);
            findings.add(
                    new StoreFinding(e.file(), e.offset(), true, "the index of a compacted segment cannot be read"));
        }
    }

    private void decode(long position, int type, ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.get(body.position(), bytes);
        try {
            files.records.decode(type, bytes, 0, bytes.length);
        } catch (BadRecord e) {
            findings.add(new StoreFinding(
                    SegmentName.of(Position.segment(position)),
                    Position.offset(position),
                    true,
                    "a record of type " + type + " cannot be read: " + e.getMessage()));
        }
    }

    private void hole(int segment, int from, int to, @Nullable BatchHeader next) {
        long position = Position.of(segment, from);
        boolean isOld = segment < Position.segment(files.replayFrom());
        boolean wasStored = !isOld
                && (next != null && next.durableUpTo() > position
                        || files.mark != null && files.mark.durable() > position
                        || files.segments.tailMap(segment + 1).size() > 1);
        findings.add(new StoreFinding(
                SegmentName.of(segment),
                from,
                wasStored,
                (to - from) + " bytes cannot be read"
                        + (wasStored
                                ? ": records that were stored are lost"
                                : isOld
                                        ? ": what sessions still need of that is told by itself"
                                        : ": they were being written when the last run ended; the next start cuts them"
                                                + " off")));
    }

    private void references(LogReader reader) throws IOException {
        LongBag wanted = new LongBag();
        List<QueuePage> pages = new ArrayList<>();
        files.read(
                state -> {
                    each(state, wanted);
                    pages.addAll(state.pages());
                },
                retained -> {});
        for (QueuePage page : pages) {
            try {
                for (long reference : page(reader, page.position())) {
                    wanted.add(Reference.position(reference));
                }
            } catch (IOException | BadRecord e) {
                lost.add(page.position());
            }
        }
        long[] positions = wanted.sorted();
        for (int i = 0; i < positions.length; i++) {
            if (i % TOLD_EACH == 0) {
                progress.at("references", i, positions.length);
            }
            try {
                if (reader.read(positions[i]).type() != RecordCodec.PUBLISHED) {
                    lost.add(positions[i]);
                }
            } catch (IOException e) {
                lost.add(positions[i]);
            }
        }
        if (!lost.isEmpty()) {
            for (QueuePage page : pages) {
                damagedPage(reader, page.position());
            }
            tell();
        }
    }

    private void damagedPage(LogReader reader, long position) throws IOException {
        if (lost.contains(position)) {
            return;
        }
        try {
            long[] all = page(reader, position);
            long[] left = Arrays.stream(all)
                    .filter(reference -> !lost.contains(Reference.position(reference)))
                    .toArray();
            if (left.length < all.length) {
                damagedPages.put(position, all.length - left.length);
            }
        } catch (BadRecord e) {
            lost.add(position);
        }
    }

    static void each(SessionState state, LongBag wanted) {
        for (long reference : state.head()) {
            wanted.add(Reference.position(reference));
        }
        for (long reference : state.tail()) {
            wanted.add(Reference.position(reference));
        }
        state.inFlight().forEach(message -> wanted.add(Reference.position(message.reference())));
    }

    static long[] page(LogReader reader, long position) throws IOException, BadRecord {
        StoredRecord record = reader.read(position);
        byte[] bytes = new byte[record.body().limit()];
        record.body().get(0, bytes);
        return RecordCodec.page(record.type(), bytes, 0, bytes.length);
    }

    /** What was settled after the checkpoint may have been cleaned away. */
    private void tell() throws IOException {
        Map<String, Set<Long>> settled = settled();
        files.read(
                state -> {
                    Set<Long> gone = settled.getOrDefault(state.clientId(), Set.of());
                    LongBag all = new LongBag();
                    each(state, all);
                    state.pages().forEach(page -> all.add(page.position()));
                    long count = 0;
                    long firstLost = 0;
                    for (long position : all.sorted()) {
                        if (lost.contains(position) && !gone.contains(position) && !gone.contains(0L)) {
                            count++;
                            firstLost = firstLost == 0 ? position : firstLost;
                        }
                    }
                    for (QueuePage page : state.pages()) {
                        int inPage = damagedPages.getOrDefault(page.position(), 0);
                        count += inPage;
                        firstLost = inPage > 0 && firstLost == 0 ? page.position() : firstLost;
                    }
                    if (count > 0) {
                        findings.add(new StoreFinding(
                                SegmentName.of(Position.segment(firstLost)),
                                Position.offset(firstLost),
                                true,
                                count + " message(s) or page(s) of the queue of client " + state.clientId()
                                        + " cannot be read"));
                    }
                },
                retained -> {});
    }

    /** By client, the positions of the messages that were settled since the checkpoint; 0 where the session has ended. */
    private Map<String, Set<Long>> settled() throws IOException {
        Map<String, Set<Long>> settled = new HashMap<>();
        SegmentWalk walk = new SegmentWalk(files.disk, files.storeId);
        int first = Math.max(1, Position.segment(files.replayFrom()));
        for (Map.Entry<Integer, SegmentHeader.Kind> segment :
                files.segments.tailMap(first).entrySet()) {
            if (segment.getValue() == SegmentHeader.Kind.PLAIN) {
                walk.plain(segment.getKey(), new SegmentWalk.Visitor() {
                    @Override
                    public void record(long position, int type, ByteBuffer body) {
                        if (type == RecordCodec.SETTLED || type == RecordCodec.SESSION_ENDED) {
                            note(type, body, settled);
                        }
                    }

                    @Override
                    public void damage(int number, int from, int to, @Nullable BatchHeader next) {
                        // told already
                    }
                });
            }
        }
        return settled;
    }

    private void note(int type, ByteBuffer body, Map<String, Set<Long>> settled) {
        byte[] bytes = new byte[body.remaining()];
        body.get(body.position(), bytes);
        try {
            JournalRecord record = files.records.decode(type, bytes, 0, bytes.length);
            if (record instanceof JournalRecord.Settled one) {
                settled.computeIfAbsent(one.clientId(), _ -> new HashSet<>()).add(one.position());
            } else if (record instanceof JournalRecord.SessionEnded one) {
                settled.computeIfAbsent(one.clientId(), _ -> new HashSet<>()).add(0L);
            }
        } catch (BadRecord e) {
            settled.computeIfAbsent("", _ -> new HashSet<>()); // told already
        }
    }
}
