package io.dunlin.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.cli.screen.TopicTable.Order;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TopicTableTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final TopicTable table = new TopicTable(0);

    private void add(String topic, String value, long nowNanos) {
        table.add(topic, value.getBytes(StandardCharsets.UTF_8), 1, false, nowNanos);
    }

    private List<String> lines(Order order, int first, int rows) {
        return table.lines(order, first, rows, 100, true, 10 * SECOND);
    }

    @Test
    void ratesAreThoseOfTheLastIntervals() {
        for (int i = 0; i < 20; i++) {
            add("a", "v" + i, SECOND);
        }
        table.tick(2 * SECOND);
        assertThat(table.rate()).isEqualTo(10);
        table.tick(3 * SECOND);

        assertThat(table.rate()).isEqualTo(5);
        assertThat(lines(Order.TOPIC, 0, 9).get(1)).contains("20", "5.0", "3 B", "9.0s", "v19");
    }

    @Test
    void sortsAndScrolls() {
        add("b", "1", 1);
        add("a", "1", 2);
        add("a", "2", 3);
        add("c", "1", 4);

        assertThat(lines(Order.TOPIC, 0, 9)).hasSize(4);
        assertThat(lines(Order.TOPIC, 1, 1).get(1)).startsWith("b ");
        assertThat(lines(Order.COUNT, 0, 9).get(1)).startsWith("a ");
        assertThat(lines(Order.AGE, 0, 9).get(1)).startsWith("c ");
        assertThat(lines(Order.TOPIC, 99, 9)).hasSize(1);
    }

    @Test
    void valuesCannotMoveTheCursor() {
        table.add("bytes", new byte[] {27, '[', 'J'}, 0, false, 0);
        table.add("lines", "a\nb\tc".getBytes(StandardCharsets.UTF_8), 0, false, 0);
        table.add("no/utf8", new byte[] {(byte) 0xFF, 1}, 0, false, 0);
        add("topic\u001b[J", "x", 0);
        add("wide", "漢".repeat(100), 0);

        assertThat(String.join("|", lines(Order.TOPIC, 0, 9)))
                .contains("0x1b5b4a", "a b c", "0xff01", "topic.[J")
                .doesNotContain("\u001b");
        assertThat(lines(Order.TOPIC, 0, 9)).allMatch(line -> Cells.width(line) <= 100);
    }
}
