package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.SessionState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What files a stopped store has and where its last checkpoint ends, damaged or not. Changes nothing. */
final class StoreFiles {
    final Disk disk;
    final StoreId storeId;
    final StateCodec states = new StateCodec(Clock.system());
    final RecordCodec records = new RecordCodec(Clock.system());
    /** Segments with a header that is good. */
    final SortedMap<Integer, SegmentHeader.Kind> segments;
    /** Segments without. */
    final TreeSet<Integer> badSegments = new TreeSet<>();
    /** The file with the last checkpoint that can be found; 0 for none. */
    final int stateNumber;

    final @Nullable Mark mark;
    /** Where its mark ends. */
    final long stateEnd;

    final List<StoreFinding> findings = new ArrayList<>();

    StoreFiles(Disk disk, StoreId storeId) throws IOException {
        this.disk = disk;
        this.storeId = storeId;
        this.segments = new LogScan(disk, storeId).headers();
        List<Integer> numbers = new ArrayList<>();
        for (String name : disk.list()) {
            int segment = SegmentName.number(name);
            if (segment > 0 && !segments.containsKey(segment)) {
                badSegments.add(segment);
            }
            if (StateName.number(name) > 0) {
                numbers.add(StateName.number(name));
            }
        }
        numbers.sort(Comparator.reverseOrder());
        LastMark last = new LastMark();
        for (int number : numbers) {
            if (last.mark == null) {
                find(number, last);
            }
        }
        stateNumber = last.number;
        mark = last.mark;
        stateEnd = last.end;
        if (mark == null && !segments.isEmpty()) {
            findings.add(new StoreFinding(
                    StateName.of(Math.max(1, numbers.isEmpty() ? 1 : numbers.getFirst())),
                    0,
                    true,
                    "no checkpoint can be read; only what the log still has is left"));
        }
    }

    private static final class LastMark {
        private int number;
        private @Nullable Mark mark;
        private long end;
    }

    private void find(int number, LastMark last) throws IOException {
        String name = StateName.of(number);
        try (DiskFile file = disk.open(name)) {
            long size = file.size();
            boolean hasHeader = StateLog.hasHeader(file, storeId, number);
            if (!hasHeader) {
                findings.add(new StoreFinding(name, 0, true, "its header cannot be read"));
            }
            StateFrames frames = new StateFrames(file);
            List<long[]> lost = new ArrayList<>();
            frames.eachReadable(
                    StateHeader.BYTES,
                    size,
                    (at, type, bytes, from, to) -> {
                        if (type == StateFrames.MARK) {
                            try {
                                last.mark = Mark.read(storeId, at, bytes, from, to);
                                last.end = at + RecordFrame.HEADER_BYTES + (to - from);
                                last.number = number;
                            } catch (BadRecord e) {
                                lost.add(new long[] {at, at + 1});
                            }
                        }
                    },
                    (from, to) -> lost.add(new long[] {from, to}));
            for (long[] part : lost) {
                boolean isDamage = part[0] < last.end;
                findings.add(new StoreFinding(
                        name,
                        part[0],
                        isDamage,
                        (part[1] - part[0]) + " bytes cannot be read"
                                + (isDamage
                                        ? ": sessions or retained messages of a checkpoint are lost"
                                        : " behind the last checkpoint: one that was not finished")));
            }
        }
    }

    /** The position from which on records count that came after the checkpoint. */
    long replayFrom() {
        return mark == null ? 0 : mark.replayFrom();
    }

    /** Reads the last checkpoint, past what is damaged. */
    StateReading.Counts read(Consumer<SessionState> sessions, Consumer<Message> retained) throws IOException {
        if (mark == null) {
            return new StateReading.Counts(0, 0, 0);
        }
        try (DiskFile file = disk.open(StateName.of(stateNumber))) {
            return new StateReading(file, stateNumber, stateEnd, states, (from, to) -> {}).give(sessions, retained);
        }
    }

    /** Opens all segments for reading single records. */
    SegmentFiles open() throws IOException {
        return new SegmentFiles(disk, storeId);
    }
}
