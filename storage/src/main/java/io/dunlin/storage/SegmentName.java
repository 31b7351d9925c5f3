package io.dunlin.storage;

/** The names of the log's files: {@code log-0000000001.seg}; {@code .cmp} while one is being compacted. */
final class SegmentName {
    static final String RESERVE = "reserve";
    private static final String PREFIX = "log-";
    private static final String SEGMENT = ".seg";
    private static final String COMPACTING = ".cmp";
    private static final int DIGITS = 10;

    private SegmentName() {}

    static String of(int number) {
        return PREFIX + digits(number) + SEGMENT;
    }

    static String compacting(int number) {
        return PREFIX + digits(number) + COMPACTING;
    }

    private static String digits(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(DIGITS - digits.length()) + digits;
    }

    static boolean isSegment(String name) {
        return number(name, SEGMENT) > 0;
    }

    static boolean isCompacting(String name) {
        return number(name, COMPACTING) > 0;
    }

    /** The number of a segment by its name; 0 where it is none. */
    static int number(String name) {
        return number(name, SEGMENT);
    }

    private static int number(String name, String ending) {
        if (name.length() != PREFIX.length() + DIGITS + ending.length()
                || !name.startsWith(PREFIX)
                || !name.endsWith(ending)) {
            return 0;
        }
        long number = 0;
        for (int i = PREFIX.length(); i < PREFIX.length() + DIGITS; i++) {
            char digit = name.charAt(i);
            if (digit < '0' || digit > '9') {
                return 0;
            }
            number = number * 10 + digit - '0';
        }
        return number <= Position.SEGMENT_MAX ? (int) number : 0;
    }
}
