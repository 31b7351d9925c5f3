package io.dunlin.server;

/** Figures as programs read them. */
final class JsonNumber {
    private static final double WHOLE_MAX = 1e15;

    private JsonNumber() {}

    /** A whole number as such, not as 1.2E9 or 2.0. */
    static Number of(double value) {
        if (value == Math.rint(value) && Math.abs(value) < WHOLE_MAX) {
            return (long) value;
        }
        return value;
    }
}
