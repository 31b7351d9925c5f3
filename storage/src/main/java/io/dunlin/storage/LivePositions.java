package io.dunlin.storage;

import io.dunlin.broker.port.Journal.Marks;
import io.dunlin.broker.port.QueuePage;
import java.util.TreeMap;

/** Which records of a few segments are referred to, exactly, but for those that pages name: of these it notes the pages. Thread: one. */
final class LivePositions implements Marks {
    private final TreeMap<Integer, LongBag> bySegment = new TreeMap<>();
    private final LongBag pages = new LongBag();

    LivePositions(Iterable<Integer> segments) {
        segments.forEach(segment -> bySegment.put(segment, new LongBag()));
    }

    @Override
    public void message(long position) {
        LongBag bag = bySegment.get(Position.segment(position));
        if (bag != null) {
            bag.add(position);
        }
    }

    @Override
    public void page(QueuePage page) {
        message(page.position());
        Integer next = bySegment.ceilingKey(Position.segment(page.firstPosition()));
        if (next != null && next <= Position.segment(page.lastPosition())) {
            pages.add(page.position());
        }
    }

    void add(LivePositions other) {
        other.bySegment.forEach((segment, bag) ->
                bySegment.computeIfAbsent(segment, _ -> new LongBag()).addAll(bag));
        pages.addAll(other.pages);
    }

    /** The pages that may name records of these segments. */
    long[] pages() {
        return pages.sorted();
    }

    /** Ascending. */
    long[] of(int segment) {
        LongBag bag = bySegment.get(segment);
        return bag == null ? new long[0] : bag.sorted();
    }
}
