package io.dunlin.storage;

/** Where a record of the log begins: the number of its segment and the offset in it. */
final class Position {
    /** The first segment has number 1. */
    static final int SEGMENT_MAX = (1 << 27) - 1;

    private Position() {}

    static long of(int segment, int offset) {
        return (long) segment << 32 | offset;
    }

    static int segment(long position) {
        return (int) (position >>> 32);
    }

    static int offset(long position) {
        return (int) position;
    }

    static String text(long position) {
        return segment(position) + ":" + offset(position);
    }
}
