package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.QueuePage;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.SessionState;
import io.dunlin.broker.port.SessionState.InFlight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes a damaged store one that starts: keeps all that can be read, marks what cannot as a gap, and writes a new checkpoint without
 * what is lost. Of each file that it changes or takes out the original goes to {@code lost+found} first.
 */
final class StoreRepair {
    static final String LOST_AND_FOUND = "lost+found";

    private final Path folder;
    private final StoreFiles files;
    private final StoreCheck check;
    private final List<String> report = new ArrayList<>();
    private final Set<Integer> saved = new TreeSet<>();

    StoreRepair(Path folder, StoreFiles files, StoreCheck check) {
        this.folder = folder;
        this.files = files;
        this.check = check;
    }

    /** What was done and what is lost, a sentence each. */
    List<String> run() throws IOException {
        Files.createDirectories(folder.resolve(LOST_AND_FOUND));
        for (int number : List.copyOf(files.badSegments)) {
            header(number);
        }
        for (int number : check.unusable) {
            takeOut(number);
        }
        chain();
        files.disk.syncFolder();
        state();
        return report;
    }

    private void keep(int number) throws IOException {
        String name = SegmentName.of(number);
        if (saved.add(number) && Files.exists(folder.resolve(name))) {
            Files.copy(folder.resolve(name), target(name));
            report.add(name + " is changed; the original is " + LOST_AND_FOUND + "/" + name);
        }
    }

    private Path target(String name) {
        Path target = folder.resolve(LOST_AND_FOUND).resolve(name);
        for (int copy = 1; Files.exists(target); copy++) {
            target = folder.resolve(LOST_AND_FOUND).resolve(name + "." + copy);
        }
        return target;
    }

    private void takeOut(int number) throws IOException {
        String name = SegmentName.of(number);
        Files.move(folder.resolve(name), target(name));
        files.segments.remove(number);
        files.badSegments.remove(number);
        check.missing.add(number);
        report.add(name + " cannot be used and is now in " + LOST_AND_FOUND + ": the messages in it are lost");
    }

    /** Where a file has batches, only its header is lost. */
    private void header(int number) throws IOException {
        boolean hasBatches;
        try (DiskFile file = files.disk.open(SegmentName.of(number))) {
            hasBatches = new BatchCursor(file, number, files.storeId).search(0) != null;
        }
        if (!hasBatches) {
            takeOut(number);
            return;
        }
        keep(number);
        try (DiskFile file = files.disk.open(SegmentName.of(number))) {
            file.write(new SegmentHeader(files.storeId, number, SegmentHeader.Kind.PLAIN).encoded(), 0);
            file.sync();
        }
        files.badSegments.remove(number);
        files.segments.put(number, SegmentHeader.Kind.PLAIN);
    }

    /** Makes one chain of the batches that are replayed: a gap stands where something is missing between two. */
    private void chain() throws IOException {
        long lastEnd = -1;
        int last = files.segments.isEmpty() ? 0 : files.segments.lastKey();
        for (int number = Math.max(1, Position.segment(replayFrom())); number <= last; number++) {
            BatchHeader later = firstAfter(number);
            if (!files.segments.containsKey(number)) {
                if (later == null) {
                    deleteEmptyFrom(number);
                    return;
                }
                lastEnd = gap(number, SegmentHeader.BYTES, end(number, SegmentHeader.BYTES, later), lastEnd, later);
            } else if (files.segments.get(number) == SegmentHeader.Kind.PLAIN) {
                lastEnd = chain(number, lastEnd, later);
            }
        }
    }

    /** Segments that were made ahead of need, behind the end of the log as it is now. */
    private void deleteEmptyFrom(int number) throws IOException {
        for (int empty : List.copyOf(files.segments.tailMap(number).keySet())) {
            files.disk.delete(SegmentName.of(empty));
            files.segments.remove(empty);
        }
    }

    /** Where the batch before this one ends, where that is behind the offset in this segment; else an empty gap's end. */
    private static int end(int number, int from, BatchHeader later) {
        boolean isHere = Position.segment(later.previousEnd()) == number
                && Position.offset(later.previousEnd()) >= from + BatchHeader.BYTES;
        return isHere ? Position.offset(later.previousEnd()) : from + BatchHeader.BYTES;
    }

    private long chain(int number, long before, @Nullable BatchHeader later) throws IOException {
        long lastEnd = before;
        int offset = SegmentHeader.BYTES;
        while (true) {
            BatchHeader header;
            BatchHeader next = null;
            boolean isWhole;
            try (DiskFile file = files.disk.open(SegmentName.of(number))) {
                BatchCursor cursor = new BatchCursor(file, number, files.storeId);
                header = cursor.header(offset);
                isWhole = header != null
                        && (lastEnd < 0 || header.previousEnd() == lastEnd)
                        && (header.isGap() || cursor.records(header) != null);
                if (!isWhole) {
                    next = SegmentWalk.after(cursor, offset);
                }
            }
            if (isWhole && header != null) {
                offset += BatchHeader.BYTES + header.length();
                lastEnd = Position.of(number, offset);
            } else if (next != null && Position.offset(next.position()) - offset >= BatchHeader.BYTES) {
                lastEnd = gap(number, offset, Position.offset(next.position()), lastEnd, next);
                offset = Position.offset(next.position());
            } else if (later == null || later.previousEnd() == Position.of(number, offset)) {
                return lastEnd; // the end, as it should be
            } else {
                return gap(number, offset, end(number, offset, later), lastEnd, later);
            }
        }
    }

    /** @return where it ends */
    private long gap(int number, int from, int to, long lastEnd, BatchHeader next) throws IOException {
        keep(number);
        String name = SegmentName.of(number);
        boolean isNew = !Files.exists(folder.resolve(name));
        try (DiskFile file = isNew ? files.disk.create(name, to) : files.disk.open(name)) {
            if (isNew) {
                file.write(new SegmentHeader(files.storeId, number, SegmentHeader.Kind.PLAIN).encoded(), 0);
                files.segments.put(number, SegmentHeader.Kind.PLAIN);
            }
            if (file.size() < to) {
                file.write(ByteBuffer.allocate(1), to - 1L);
            }
            long position = Position.of(number, from);
            int length = to - from - BatchHeader.BYTES;
            BatchHeader gap = new BatchHeader(
                    position, length, next.epoch(), 0, lastEnd < 0 ? position : lastEnd, BatchHeader.GAP);
            ByteBuffer bytes = ByteBuffer.allocate(BatchHeader.BYTES);
            gap.write(bytes, 0, files.storeId);
            file.write(bytes, from);
            file.sync();
        }
        report.add(name + " from byte " + from + " to " + to + " is lost" + (isNew ? " (the file was missing)" : "")
                + ": records that stood there are not replayed");
        return Position.of(number, to);
    }

    private @Nullable BatchHeader firstAfter(int number) throws IOException {
        for (Map.Entry<Integer, SegmentHeader.Kind> segment :
                files.segments.tailMap(number + 1).entrySet()) {
            if (segment.getValue() == SegmentHeader.Kind.PLAIN) {
                try (DiskFile file = files.disk.open(SegmentName.of(segment.getKey()))) {
                    BatchHeader first =
                            new BatchCursor(file, segment.getKey(), files.storeId).header(SegmentHeader.BYTES);
                    if (first != null) {
                        return first;
                    }
                }
            }
        }
        return null;
    }

    /** Without a checkpoint, from the first segment that still has all its records. */
    private long replayFrom() {
        if (files.mark != null) {
            return files.mark.replayFrom();
        }
        int first = 0;
        for (Map.Entry<Integer, SegmentHeader.Kind> segment : files.segments.entrySet()) {
            boolean isPlain = segment.getValue() == SegmentHeader.Kind.PLAIN;
            first = isPlain && first == 0 ? segment.getKey() : isPlain ? first : 0;
        }
        return first == 0 ? 0 : Position.of(first, SegmentHeader.BYTES);
    }

    private void state() throws IOException {
        StateLog log = StateLog.after(files.disk, files.storeId, last(), Clock.system());
        log.begin(true);
        StateReading.Counts counts;
        try (StoreCheck.SegmentFilesCloser opened = new StoreCheck.SegmentFilesCloser(files.open())) {
            LogReader reader = new LogReader(opened.files());
            counts = files.read(state -> write(log, without(state, reader)), retained -> writeRetained(log, retained));
        }
        long replayFrom = replayFrom();
        Set<Integer> live = new TreeSet<>(files.segments
                .headMap(Math.max(1, Position.segment(replayFrom)))
                .keySet());
        long epoch = files.mark == null ? 0 : files.mark.epoch();
        log.commit(new Mark(replayFrom, 0, epoch, false, Clock.system().wallMillis(), live));
        log.close();
        for (String name : files.disk.list()) {
            int number = StateName.number(name);
            if (number > 0 && number <= last()) {
                Files.move(folder.resolve(name), target(name));
            }
        }
        files.disk.delete(StateName.of(0));
        files.disk.syncFolder();
        report.add("the new checkpoint has " + counts.sessions() + " session(s) and " + counts.retained()
                + " retained message(s); the old one is in " + LOST_AND_FOUND);
    }

    private int lastState;

    private int last() throws IOException {
        if (lastState == 0) {
            for (String name : files.disk.list()) {
                lastState = Math.max(lastState, StateName.number(name));
            }
        }
        return lastState;
    }

    private static void write(StateLog log, SessionState state) {
        try {
            log.session(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static void writeRetained(StateLog log, Message message) {
        try {
            log.retained(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** The session without what is lost of its queue. */
    private SessionState without(SessionState state, LogReader reader) {
        List<Long> head = new ArrayList<>();
        addLeft(state.head(), head);
        List<QueuePage> pages = new ArrayList<>();
        for (QueuePage page : state.pages()) {
            if (!check.lost.contains(page.position())) {
                pages.add(page);
            }
        }
        long lostOnPages = 0;
        while (pages.stream().anyMatch(page -> check.damagedPages.containsKey(page.position()))) {
            QueuePage first = pages.removeFirst(); // references in memory take the place of those on a damaged page
            addLeft(references(reader, first.position()), head);
            lostOnPages += check.damagedPages.getOrDefault(first.position(), 0);
        }
        for (QueuePage page : state.pages()) {
            lostOnPages += check.lost.contains(page.position()) ? page.messages() : 0;
        }
        List<Long> tail = new ArrayList<>();
        addLeft(state.tail(), tail);
        List<InFlight> inFlight = state.inFlight().stream()
                .filter(message -> !check.lost.contains(Reference.position(message.reference())))
                .toList();
        long[] headArray = head.stream().mapToLong(Long::longValue).toArray();
        long[] tailArray = tail.stream().mapToLong(Long::longValue).toArray();
        long lost = lostOnPages
                + lost(state.head())
                + lost(state.tail())
                + state.inFlight().size()
                - inFlight.size();
        if (lost > 0) {
            report.add("client " + state.clientId() + " loses " + lost + " message(s)");
        }
        return new SessionState(
                state.clientId(),
                state.username(),
                state.expirySeconds(),
                state.parkedWallMillis(),
                state.subscriptions(),
                inFlight,
                headArray,
                pages,
                tailArray,
                state.queueBytes(),
                state.inbound(),
                state.will(),
                state.asOf());
    }

    private static long[] references(LogReader reader, long page) {
        try {
            return StoreCheck.page(reader, page);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (BadRecord e) {
            throw new IllegalStateException("A page that could be read cannot be read any more.", e);
        }
    }

    private void addLeft(long[] references, List<Long> to) {
        for (long reference : references) {
            if (!check.lost.contains(Reference.position(reference))) {
                to.add(reference);
            }
        }
    }

    private long lost(long[] references) {
        return Arrays.stream(references)
                .filter(reference -> check.lost.contains(Reference.position(reference)))
                .count();
    }
}
