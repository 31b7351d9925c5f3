package io.dunlin.storage;

import java.util.Arrays;

/** Numbers without order; those that occur again are dropped when it would grow. Thread: one. */
final class LongBag {
    private static final int START = 64;

    private long[] numbers = new long[START];
    private int size;

    void add(long number) {
        if (size == numbers.length) {
            tidy();
            if (size > numbers.length / 2) {
                numbers = Arrays.copyOf(numbers, 2 * numbers.length);
            }
        }
        numbers[size++] = number;
    }

    void addAll(LongBag other) {
        for (int i = 0; i < other.size; i++) {
            add(other.numbers[i]);
        }
    }

    private void tidy() {
        Arrays.sort(numbers, 0, size);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (i == 0 || numbers[i] != numbers[kept - 1]) {
                numbers[kept++] = numbers[i];
            }
        }
        size = kept;
    }

    /** Ascending, each once. */
    long[] sorted() {
        tidy();
        return Arrays.copyOf(numbers, size);
    }
}
