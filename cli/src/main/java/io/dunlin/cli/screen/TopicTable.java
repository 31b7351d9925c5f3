package io.dunlin.cli.screen;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** What came on which topic: counts, rates, sizes and last values, as lines of a table. Any thread; the caller brings the time. */
public final class TopicTable {
    private static final int TOPICS_MAX = 20_000;
    private static final int VALUE_BYTES_MAX = 512;
    private static final double NANOS = 1e9;
    /** How much of a rate is that of the last interval. */
    private static final double NEW_SHARE = 0.5;

    /** What the rows are sorted by. */
    public enum Order {
        TOPIC,
        COUNT,
        RATE,
        BYTES,
        AGE,
        /** By topic, but only some of each branch of the tree's first level, as many as there is room for. */
        SPREAD
    }

    private static final class Row {
        final String topic;
        long count;
        long bytes;
        long countBefore;
        double rate;
        boolean rated;
        long lastNanos;
        int lastBytes;
        byte[] value = new byte[0];
        int qos;
        boolean retained;

        Row(String topic) {
            this.topic = topic;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Row> rows = new HashMap<>();
    private final Row rest = new Row("(more topics)");
    private final Row all = new Row("");
    private final long startNanos;
    private long tickNanos;

    public TopicTable(long nowNanos) {
        this.startNanos = nowNanos;
        this.tickNanos = nowNanos;
    }

    /** A message came. Of its payload the beginning is kept. */
    public void add(String topic, byte[] payload, int qos, boolean retained, long nowNanos) {
        lock.lock();
        try {
            Row row = rows.get(topic);
            if (row == null) {
                row = rows.size() < TOPICS_MAX ? new Row(topic) : rest;
                rows.put(row.topic, row);
            }
            row.count++;
            row.bytes += payload.length;
            row.lastNanos = nowNanos;
            row.lastBytes = payload.length;
            row.value = payload.length <= VALUE_BYTES_MAX ? payload : java.util.Arrays.copyOf(payload, VALUE_BYTES_MAX);
            row.qos = qos;
            row.retained = retained;
            all.count++;
            all.bytes += payload.length;
        } finally {
            lock.unlock();
        }
    }

    /** Computes the rates since the last call. */
    public void tick(long nowNanos) {
        lock.lock();
        try {
            double seconds = (nowNanos - tickNanos) / NANOS;
            if (seconds > 0) {
                tickNanos = nowNanos;
                rows.values().forEach(row -> rate(row, seconds));
                rate(all, seconds);
            }
        } finally {
            lock.unlock();
        }
    }

    private static void rate(Row row, double seconds) {
        double now = (row.count - row.countBefore) / seconds;
        row.rate = row.rated ? row.rate * (1 - NEW_SHARE) + now * NEW_SHARE : now;
        row.rated = true;
        row.countBefore = row.count;
    }

    /** How many topics there are. */
    public int topics() {
        lock.lock();
        try {
            return rows.size();
        } finally {
            lock.unlock();
        }
    }

    /** One sentence on all of it. */
    public String summary(long nowNanos) {
        lock.lock();
        try {
            double seconds = (nowNanos - startNanos) / NANOS;
            return String.format(
                    Locale.ROOT,
                    "%,d messages, %s on %,d topics in %s",
                    all.count,
                    bytes(all.bytes),
                    rows.size(),
                    age(seconds));
        } finally {
            lock.unlock();
        }
    }

    /** Messages a second, over all topics. */
    public double rate() {
        lock.lock();
        try {
            return all.rate;
        } finally {
            lock.unlock();
        }
    }

    /** The head line and the rows from {@code first} on; the rates of a whole run where {@code live} is false. */
    public List<String> lines(Order order, int first, int rowsMax, int columns, boolean live, long nowNanos) {
        lock.lock();
        try {
            List<Row> sorted = new ArrayList<>(rows.values());
            sorted.sort(comparator(order));
            if (order == Order.SPREAD) {
                sorted = spread(sorted, rowsMax);
            }
            int topicWidth = "TOPIC".length();
            int end = (int) Math.min(sorted.size(), (long) first + rowsMax);
            for (Row row : sorted.subList(Math.min(first, end), end)) {
                topicWidth = Math.max(topicWidth, Cells.width(row.topic));
            }
            topicWidth = Math.min(topicWidth, Math.max(12, columns / 2 - 10));
            List<String> lines = new ArrayList<>();
            lines.add(Cells.fit("TOPIC", topicWidth) + "   COUNT  PER SEC    SIZE    AGE  Q  LAST VALUE");
            double seconds = Math.max((nowNanos - startNanos) / NANOS, 0.001);
            for (Row row : sorted.subList(Math.min(first, end), end)) {
                double rate = live ? row.rate : row.count / seconds;
                String head = Cells.fit(row.topic, topicWidth)
                        + String.format(
                                Locale.ROOT,
                                "%8s %8s %7s %6s %2d%s ",
                                count(row.count),
                                rate < 0.05 ? "-" : String.format(Locale.ROOT, rate < 100 ? "%.1f" : "%.0f", rate),
                                bytes(row.lastBytes),
                                age((nowNanos - row.lastNanos) / NANOS),
                                row.qos,
                                row.retained ? "R" : " ");
                lines.add(head + Cells.cut(text(row.value), Math.max(0, columns - Cells.width(head))));
            }
            return lines;
        } finally {
            lock.unlock();
        }
    }

    /** The first rows of each branch, the same number of each. */
    private static List<Row> spread(List<Row> byTopic, int rowsMax) {
        Map<String, Integer> shownOf = new HashMap<>();
        byTopic.forEach(row -> shownOf.put(branch(row), 0));
        int each = Math.max(1, rowsMax / Math.max(1, shownOf.size()));
        return byTopic.stream()
                .filter(row -> shownOf.merge(branch(row), 1, Integer::sum) <= each)
                .toList();
    }

    private static String branch(Row row) {
        int slash = row.topic.indexOf('/');
        return slash < 0 ? row.topic : row.topic.substring(0, slash);
    }

    private static Comparator<Row> comparator(Order order) {
        Comparator<Row> byTopic = Comparator.comparing(row -> row.topic);
        return switch (order) {
            case TOPIC, SPREAD -> byTopic;
            case COUNT -> Comparator.<Row>comparingLong(row -> -row.count).thenComparing(byTopic);
            case RATE -> Comparator.<Row>comparingDouble(row -> -row.rate).thenComparing(byTopic);
            case BYTES -> Comparator.<Row>comparingLong(row -> -row.bytes).thenComparing(byTopic);
            case AGE -> Comparator.<Row>comparingLong(row -> -row.lastNanos).thenComparing(byTopic);
        };
    }

    private static String count(long count) {
        return count < 10_000_000 ? Long.toString(count) : String.format(Locale.ROOT, "%.1fM", count / 1e6);
    }

    private static String bytes(long bytes) {
        if (bytes < 10_000) {
            return bytes + " B";
        }
        return bytes < 10_000_000
                ? String.format(Locale.ROOT, "%.0f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
    }

    private static String age(double seconds) {
        if (seconds < 100) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.1fs" : "%.0fs", seconds);
        }
        return seconds < 6000 ? Math.round(seconds / 60) + "min" : String.format(Locale.ROOT, "%.1fh", seconds / 3600);
    }

    /** As text where it is text, else in hexadecimal digits. */
    private static String text(byte[] value) {
        int length = value.length;
        while (value.length == VALUE_BYTES_MAX && length > 0 && (value[length - 1] & 0x80) != 0) {
            length--; // a cut may have gone through a character
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value, 0, length))
                    .toString();
            if (text.codePoints().noneMatch(c -> c < ' ' && c != '\n' && c != '\t' && c != '\r')) {
                return text.replaceAll("\\s+", " ");
            }
        } catch (CharacterCodingException e) {
            return "0x" + java.util.HexFormat.of().formatHex(value);
        }
        return "0x" + java.util.HexFormat.of().formatHex(value);
    }
}
