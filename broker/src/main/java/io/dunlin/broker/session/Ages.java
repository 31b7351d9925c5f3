package io.dunlin.broker.session;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Since when the messages of a queue wait. The times of a few of them are kept, the nearer to each other the younger the queue is, and
 * those of the others are reckoned from these as if they had come evenly: mostly within some hundredths of the age of the oldest, at
 * worst about a quarter of it off. Thread: one; {@link #oldestNanos} may be read by others, who see what was a moment ago.
 */
final class Ages {
    private static final int MARKS_MAX = 16;
    private static final int PARTS_BITS = 3; // marks are an eighth of the age of the oldest apart
    private static final long APART_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long[] NONE = {};

    // Of each mark: which message, counted from the first that came; its time; that of the one before it.
    private static final int FIELDS = 3;

    private long added;
    private long removed;
    private long oldestNanos;
    private long youngestNanos;
    private long markedNanos; // the last one that was marked, or the first that came
    private long[] marks = NONE;
    private int used; // of that

    /** One more waits. */
    void add(long nowNanos) {
        if (added == removed) {
            oldestNanos = nowNanos;
            markedNanos = nowNanos;
            used = 0;
        } else if (nowNanos - markedNanos >= Math.max(APART_NANOS_MIN, nowNanos - oldestNanos >> PARTS_BITS)) {
            mark(nowNanos);
        }
        youngestNanos = nowNanos;
        added++;
    }

    private void mark(long nowNanos) {
        if (used == MARKS_MAX * FIELDS) { // every second stays
            used /= 2;
            for (int i = 0; i < used; i += FIELDS) {
                System.arraycopy(marks, 2 * i + FIELDS, marks, i, FIELDS);
            }
        } else if (used == marks.length) {
            marks = Arrays.copyOf(marks, Math.max(2 * FIELDS, 2 * used));
        }
        marks[used++] = added;
        marks[used++] = nowNanos;
        marks[used++] = youngestNanos;
        markedNanos = nowNanos;
    }

    /** As many wait as an earlier run of the broker has left: nobody knows since when. */
    void restore(int count, long nowNanos) {
        oldestNanos = nowNanos;
        markedNanos = nowNanos;
        youngestNanos = nowNanos;
        added = count;
    }

    /** The oldest is gone. */
    void removeOldest() {
        removed++;
        if (removed >= added) {
            return;
        }
        if (used == 0) {
            approach(added - 1, youngestNanos);
        } else if (removed < marks[0]) {
            approach(marks[0] - 1, marks[2]);
        } else {
            oldestNanos = marks[1];
            used -= FIELDS;
            System.arraycopy(marks, FIELDS, marks, 0, used);
        }
    }

    /** @param known a message whose time is known, not before the oldest */
    private void approach(long known, long nanos) {
        oldestNanos += (nanos - oldestNanos) / (known - removed + 1);
    }

    /** One of those in between is gone: that the others seem older by one place is the better error. */
    void removeOther() {
        added--;
        while (used > 0 && marks[used - FIELDS] >= added) {
            used -= FIELDS;
        }
    }

    /** Since when the oldest waits; of no meaning while none does. */
    long oldestNanos() {
        return oldestNanos;
    }
}
