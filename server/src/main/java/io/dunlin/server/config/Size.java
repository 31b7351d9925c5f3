package io.dunlin.server.config;

import java.util.Locale;

/** A number of bytes, written {@code 4096}, {@code 64KiB}, {@code 16MiB}, {@code 1GiB} (powers of 1024) or {@code 2MB} (of 1000). */
public record Size(long bytes) implements Comparable<Size> {
    private static final String[] UNITS = {"", "KiB", "MiB", "GiB", "TiB"};

    @Override
    public int compareTo(Size other) {
        return Long.compare(bytes, other.bytes);
    }

    /** In the largest unit that divides it. */
    @Override
    public String toString() {
        long amount = bytes;
        int unit = 0;
        while (unit < UNITS.length - 1 && amount != 0 && amount % 1024 == 0) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%d%s", amount, UNITS[unit]);
    }
}
