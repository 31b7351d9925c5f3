package io.dunlin.security.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentTableTest {
    private record Key(int number) {}

    private static final class Count {
        private int value;
    }

    private final RecentTable<Key, Count> table = new RecentTable<>(160);

    private int count(int key, long now) {
        return table.with(new Key(key), now, 1_000, Count::new, count -> ++count.value);
    }

    @Test
    void countsEachByItself() {
        assertThat(count(1, 0)).isEqualTo(1);
        assertThat(count(1, 1)).isEqualTo(2);
        assertThat(count(2, 1)).isEqualTo(1);
        assertThat(table.peek(new Key(1), -1, count -> count.value)).isEqualTo(2);
        assertThat(table.peek(new Key(3), -1, count -> count.value)).isEqualTo(-1);
        table.remove(new Key(1));
        assertThat(count(1, 2)).isEqualTo(1);
    }

    @Test
    void holdsNoMoreThanItMay() {
        for (int i = 0; i < 1_000_000; i++) {
            count(i, 0);
        }
        assertThat(table.size()).isBetween(100, 160);
    }

    @Test
    void theOneUsedLongestAgoGoes() {
        count(-1, 0);
        for (int i = 0; i < 10_000; i++) {
            count(i, 1);
            assertThat(count(-1, 1)).isEqualTo(i + 2);
        }
    }

    @Test
    void whatDoesNotMatterAnyMoreMakesRoom() {
        for (int i = 0; i < 160; i++) {
            count(i, 0);
        }
        int before = table.size();
        for (int i = 0; i < 100; i++) {
            count(1_000, 1_002 + i);
        }
        for (int i = 0; i < 500; i++) {
            count(2_000 + i % 16, 2_000);
        }
        assertThat(table.size()).isLessThan(before / 2);
    }

    @Test
    void timeMayPassZero() {
        count(1, -500);
        assertThat(count(1, 500)).isEqualTo(2);
    }
}
