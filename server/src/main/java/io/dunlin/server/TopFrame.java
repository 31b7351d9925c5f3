package io.dunlin.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One picture of {@code dunlin top}, made of what the broker has answered now and the time before. */
final class TopFrame {
    private static final int FIXED_LINES = 8;
    private static final String[] UNITS = {"", "k", "M", "G", "T"};

    private final JsonNode status;
    private final JsonNode stats;
    private final JsonNode topics;
    private final JsonNode clients;
    private final boolean slow;
    private final long nanos;

    /**
     * @param topics rows of {@code topics.talkers}
     * @param clients rows of {@code clients.list}, or of {@code slow_subscribers.list} where that is so
     * @param nanos when they were asked for
     */
    TopFrame(JsonNode status, JsonNode stats, JsonNode topics, JsonNode clients, boolean slow, long nanos) {
        this.status = status;
        this.stats = stats;
        this.topics = topics;
        this.clients = clients;
        this.slow = slow;
        this.nanos = nanos;
    }

    /**
     * As lines.
     *
     * @param before the frame before this one, or this one itself where there is none: then there are no rates
     * @param rows of the terminal, at least 10; no more lines than that
     * @param columns lines are cut to as many
     */
    List<String> lines(TopFrame before, int rows, int columns) {
        double seconds = (nanos - before.nanos) / 1e9;
        List<String> lines = new ArrayList<>();
        lines.add("dunlin " + status.path("version").asString("") + "  node "
                + status.path("node").asString("") + "  up " + duration(number("uptime_seconds")) + "  clients "
                + number("connections_count") + " (most " + number("connections_max") + ")");
        lines.add("sessions " + number("sessions_count") + "  subscriptions " + number("subscriptions_count")
                + "  retained " + number("retained_count") + "  queued " + number("queued_messages") + " ("
                + shortly((double) number("queued_bytes")) + "B)");
        lines.add("in   " + rate(before, "publishes_received", seconds) + " msg/s  "
                + rate(before, "bytes_received", seconds) + "B/s     out  "
                + rate(before, "publishes_sent", seconds) + " msg/s  " + rate(before, "bytes_sent", seconds) + "B/s");
        lines.add(dropped(before, seconds));
        int left = Math.max(2, rows - FIXED_LINES);
        int forTopics = Math.min((left + 1) / 2, topics.size());
        lines.add("");
        lines.add("%9s %9s %11s  %s".formatted("MSG/S", "B/S", "MESSAGES", "TOPIC"));
        for (int i = 0; i < forTopics; i++) {
            JsonNode row = topics.get(i);
            lines.add("%9s %9s %11d  %s"
                    .formatted(
                            rate(row.path("rate")),
                            rate(row.path("byte_rate")),
                            row.path("messages").asLong(),
                            row.path("topic").asString("")));
        }
        lines.add("");
        lines.add(
                slow
                        ? "%9s %13s %9s %13s  %s"
                                .formatted("QUEUED", "OLDEST", "IN FLIGHT", "UNACKNOWL.", "SLOW CLIENT")
                        : "%9s %9s %9s %9s  %s".formatted("IN/S", "OUT/S", "QUEUED", "IN", "CLIENT"));
        Map<String, JsonNode> earlier = new HashMap<>();
        before.clients.forEach(row -> earlier.put(row.path("clientid").asString(""), row));
        for (int i = 0; i < clients.size() && lines.size() < rows; i++) {
            lines.add(slow ? slow(clients.get(i)) : client(clients.get(i), earlier, seconds));
        }
        return lines.stream()
                .limit(rows)
                .map(TextTable::clean)
                .map(line -> TextTable.cut(line, columns))
                .toList();
    }

    private static String slow(JsonNode row) {
        return "%9d %13s %9d %13s  %s"
                .formatted(
                        row.path("mqueue_len").asLong(),
                        SlowClientsCommand.seconds(row.path("mqueue_oldest_seconds")),
                        row.path("inflight_cnt").asLong(),
                        SlowClientsCommand.seconds(row.path("inflight_oldest_seconds")),
                        row.path("clientid").asString("")
                                + (row.path("connected").asBoolean() ? "" : " (away)"));
    }

    private static String client(JsonNode row, Map<String, JsonNode> earlier, double seconds) {
        String id = row.path("clientid").asString("");
        JsonNode then = earlier.get(id);
        return "%9s %9s %9d %9d  %s"
                .formatted(
                        perSecond(row, then, "recv_msg", seconds),
                        perSecond(row, then, "send_msg", seconds),
                        row.path("mqueue_len").asLong(),
                        row.path("recv_msg").asLong(),
                        id);
    }

    private static String perSecond(JsonNode now, @Nullable JsonNode then, String field, double seconds) {
        return then == null || seconds <= 0
                ? "-"
                : shortly(
                        Math.max(0, now.path(field).asLong() - then.path(field).asLong()) / seconds);
    }

    private String dropped(TopFrame before, double seconds) {
        StringBuilder line = new StringBuilder("dropped");
        stats.properties().forEach(field -> {
            if (field.getKey().startsWith("dropped_") && field.getValue().asLong() > 0) {
                line.append("  ")
                        .append(field.getKey().substring("dropped_".length()).replace('_', ' '))
                        .append(' ')
                        .append(rate(before, field.getKey(), seconds))
                        .append("/s");
            }
        });
        return line.length() == "dropped".length() ? "dropped  nothing so far" : line.toString();
    }

    private long number(String name) {
        return stats.path(name).asLong();
    }

    private String rate(TopFrame before, String name, double seconds) {
        return seconds <= 0 ? "-" : shortly((number(name) - before.number(name)) / seconds);
    }

    /** Of a rate that may not be known. */
    static String rate(JsonNode rate) {
        return rate.isNumber() ? shortly(rate.asDouble()) : "-";
    }

    /** With three digits or so, and a unit of thousands. */
    static String shortly(double number) {
        double left = number;
        int unit = 0;
        while (left >= 999.5 && unit < UNITS.length - 1) {
            left /= 1_000;
            unit++;
        }
        String digits = left >= 99.5 || left == Math.rint(left) && unit == 0 ? "%.0f" : left >= 9.95 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, digits, left) + UNITS[unit];
    }

    private static String duration(long seconds) {
        long days = seconds / 86_400;
        return (days > 0 ? days + " d " : "")
                + "%02d:%02d:%02d".formatted(seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    }
}
