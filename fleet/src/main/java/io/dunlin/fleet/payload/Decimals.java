package io.dunlin.fleet.payload;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as text with a fixed number of decimals. */
final class Decimals {
    private static final long[] POWERS = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
    };
    private static final double EXACT_MAX = 1e15;

    private Decimals() {}

    static double round(double number, int decimals) {
        double scaled = number * POWERS[decimals];
        return Math.abs(scaled) > EXACT_MAX ? number : (double) Math.round(scaled) / POWERS[decimals];
    }

    /** JSON and people can read it; what is no number is "null". */
    static String text(double number, int decimals) {
        if (!Double.isFinite(number)) {
            return "null";
        }
        if (decimals < 0) {
            return number == Math.rint(number) && Math.abs(number) < EXACT_MAX
                    ? Long.toString((long) number)
                    : Double.toString(number);
        }
        double scaled = number * POWERS[decimals];
        if (Math.abs(scaled) > EXACT_MAX) {
            return BigDecimal.valueOf(number)
                    .setScale(decimals, RoundingMode.HALF_UP)
                    .toPlainString();
        }
        long whole = Math.round(scaled);
        if (decimals == 0) {
            return Long.toString(whole);
        }
        String digits =
                Long.toString(Math.abs(whole) + POWERS[decimals]); // a leading digit keeps the zeros after the point
        long left = Math.abs(whole) / POWERS[decimals];
        return (whole < 0 ? "-" : "") + left + "." + digits.substring(digits.length() - decimals);
    }

    static double parse(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
