package io.dunlin.storage;

/** The names of the log's files: {@code log-0000000001.seg}; {@code .cmp} while one is being compacted. */
final class SegmentName {
    static final String RESERVE = "reserve";
    private static final NumberedName SEGMENT = new NumberedName("log-", ".seg", Position.SEGMENT_MAX);
    private static final NumberedName COMPACTING = new NumberedName("log-", ".cmp", Position.SEGMENT_MAX);

    private SegmentName() {}

    static String of(int number) {
        return SEGMENT.of(number);
    }

    static String compacting(int number) {
        return COMPACTING.of(number);
    }

    static boolean isSegment(String name) {
        return number(name) > 0;
    }

    static boolean isCompacting(String name) {
        return COMPACTING.number(name) > 0;
    }

    /** The number of a segment by its name; 0 where it is none. */
    static int number(String name) {
        return SEGMENT.number(name);
    }
}
