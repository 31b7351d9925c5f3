package io.dunlin.storage;

import io.dunlin.broker.port.Journal.Marks;
import io.dunlin.broker.port.QueuePage;
import org.jspecify.annotations.Nullable;

/**
 * Which segments are still referred to, and about how much of each: a segment is divided into small pieces, and a piece counts once
 * however many sessions refer to it. Of a page only its ends are known; its messages count as spread evenly between them. Thread: one.
 */
final class SegmentMarks implements Marks {
    private static final int PIECES_MAX = 1 << 17;
    private static final int PIECE_BYTES_MIN = 512;

    private final int first;
    private final int end;
    private final int shift;
    private final int pieceLast;
    private final long[] @Nullable [] pieces;
    private final double[] paged;
    private final boolean[] held;

    /** @param first segment that is looked at @param end the first one that is not @param segmentBytes the size of most */
    SegmentMarks(int first, int end, int segmentBytes) {
        int count = Math.max(0, end - first);
        int pieceBytes =
                Math.max(PIECE_BYTES_MIN, Integer.highestOneBit(Math.max(1, segmentBytes - 1)) * 2 / PIECES_MAX);
        this.first = first;
        this.end = end;
        this.shift = Integer.numberOfTrailingZeros(pieceBytes);
        this.pieceLast = (segmentBytes >> shift);
        this.pieces = new long[count][];
        this.paged = new double[count];
        this.held = new boolean[count];
    }

    @Override
    public void message(long position) {
        int segment = Position.segment(position);
        if (segment < first || segment >= end) {
            return;
        }
        int index = segment - first;
        held[index] = true;
        long[] bits = pieces[index];
        if (bits == null) {
            bits = new long[(pieceLast >> 6) + 1];
            pieces[index] = bits;
        }
        int piece = Math.min(pieceLast, Position.offset(position) >>> shift);
        bits[piece >> 6] |= 1L << piece;
    }

    @Override
    public void page(QueuePage page) {
        message(page.position());
        int from = Position.segment(page.firstPosition());
        int to = Position.segment(page.lastPosition());
        double each = (double) page.messages() / (to - from + 1);
        for (int segment = Math.max(first, from); segment <= to && segment < end; segment++) {
            held[segment - first] = true;
            paged[segment - first] += each;
        }
    }

    /** Adds what another has noted of the same segments. */
    void add(SegmentMarks other) {
        for (int i = 0; i < pieces.length; i++) {
            held[i] |= other.held[i];
            paged[i] += other.paged[i];
            long[] more = other.pieces[i];
            long[] bits = pieces[i];
            if (more != null && bits == null) {
                pieces[i] = more;
            } else if (more != null && bits != null) {
                for (int word = 0; word < bits.length; word++) {
                    bits[word] |= more[word];
                }
            }
        }
    }

    /** Whether anything refers to it. */
    boolean isHeld(int segment) {
        return segment >= end || segment >= first && held[segment - first];
    }

    /** How many pieces of it are referred to by what is not in pages. */
    int pieces(int segment) {
        long[] bits = segment < first || segment >= end ? null : pieces[segment - first];
        int count = 0;
        if (bits != null) {
            for (long word : bits) {
                count += Long.bitCount(word);
            }
        }
        return count;
    }

    /** About how many messages of it are in pages, counted once for each session. */
    double paged(int segment) {
        return segment < first || segment >= end ? 0 : paged[segment - first];
    }

    int pieceBytes() {
        return 1 << shift;
    }
}
