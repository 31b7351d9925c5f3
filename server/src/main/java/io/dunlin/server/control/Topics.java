package io.dunlin.server.control;

import io.dunlin.broker.admin.Page;
import io.dunlin.broker.admin.Views;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.TopicFigures;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.server.control.TopicSamples.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a running broker: those to which something has been published lately, and those with a retained message. Thread: any
 * but the shards; waits for them.
 */
public final class Topics {
    private static final int PAYLOAD_BYTES = 2_048;
    private static final int PAYLOAD_BYTES_MAX = 16 << 10;
    private static final int RETAINED_MAX = 100_000;
    private static final int TALKERS = 20;

    private final Views views;
    private final Clock clock;
    private final TopicSamples samples;

    public Topics(Views views, Clock clock) {
        this.views = views;
        this.clock = clock;
        this.samples = new TopicSamples(views);
    }

    /** Adds the commands {@code topics.*}. */
    public void addTo(ControlCommands commands) {
        commands.add("topics.list", this::list).add("topics.talkers", this::talkers);
    }

    // ---- the tree

    private Listed<TopicRow> list(Request request) {
        String prefix = request.optional("prefix").orElse("");
        int payload = request.number("max_payload_bytes", PAYLOAD_BYTES, 0, PAYLOAD_BYTES_MAX);
        Map<String, Node> children = new TreeMap<>();
        Sample sample = samples.now();
        String above = prefix.isEmpty() ? "" : prefix + "/";
        for (TopicFigures each : sample.topics().values()) {
            String topic = each.topic().text();
            if (topic.startsWith(above)) {
                Node node = node(children, above, topic);
                node.add(each, sample);
                if (node.topic.equals(topic)) {
                    node.own = each;
                }
            }
        }
        addRetained(children, above);
        List<TopicRow> rows = new ArrayList<>();
        children.values().forEach(node -> rows.add(node.row(this, sample, payload)));
        return Listed.of(request, rows, Listed.order(request, TopicRow.ORDERS, TopicRow.BY_TOPIC));
    }

    private static Node node(Map<String, Node> children, String above, String topic) {
        int slash = topic.indexOf('/', above.length());
        String name = slash < 0 ? topic : topic.substring(0, slash);
        Node node = children.computeIfAbsent(name, Node::new);
        if (slash >= 0) {
            int next = topic.indexOf('/', slash + 1);
            node.below.add(next < 0 ? topic.substring(slash + 1) : topic.substring(slash + 1, next));
        }
        return node;
    }

    private void addRetained(Map<String, Node> children, String above) {
        TopicFilter filter;
        try {
            filter = TopicFilter.of(above + "#");
        } catch (InvalidTopic e) {
            throw new CommandFailed(above + " is no beginning of a topic: " + e.getMessage());
        }
        Page<Message> retained =
                views.retained(filter, message -> true, RetainedRow.BY_TOPIC, new Page.Wanted(1, RETAINED_MAX));
        for (Message message : retained.rows()) {
            String topic = message.topic().text();
            if (topic.startsWith(above)) { // a/# matches a, too
                Node node = node(children, above, topic);
                if (node.topic.equals(topic)) {
                    node.retained = message;
                }
            }
        }
    }

    /** A level with all below it. */
    private static final class Node {
        private final String topic;
        private final Set<String> below = new HashSet<>();
        private long messages;
        private long bytes;
        private double rate;
        private double byteRate;
        private long lastNanos;
        private boolean seen;
        private @Nullable TopicFigures own;
        private @Nullable Message retained;

        Node(String topic) {
            this.topic = topic;
        }

        void add(TopicFigures figures, Sample sample) {
            messages += figures.messages();
            bytes += figures.bytes();
            Double rateNow = sample.rate(figures);
            Double bytesNow = sample.byteRate(figures);
            rate += rateNow == null ? 0 : rateNow;
            byteRate += bytesNow == null ? 0 : bytesNow;
            lastNanos = !seen || figures.lastNanos() - lastNanos > 0 ? figures.lastNanos() : lastNanos;
            seen = true;
        }

        TopicRow row(Topics topics, Sample sample, int payloadMax) {
            Message last = own == null || own.last() == null ? retained : own.last();
            boolean rated = sample.before() != null;
            return new TopicRow(
                    topic,
                    topic.substring(topic.lastIndexOf('/') + 1),
                    below.size(),
                    messages,
                    bytes,
                    rated ? rate : null,
                    rated ? byteRate : null,
                    seen ? topics.wall(lastNanos) : null,
                    retained != null,
                    last == null ? null : cut(last.payload(), payloadMax),
                    last == null ? null : last.payload().length);
        }
    }

    private long wall(long nanos) {
        return clock.wallMillis() - (clock.nanos() - nanos) / 1_000_000;
    }

    private static byte[] cut(byte[] payload, int most) {
        return payload.length <= most ? payload : Arrays.copyOf(payload, most);
    }

    // ---- the loudest

    private Listed<TopicRow> talkers(Request request) {
        String by = request.optional("by").orElse("rate");
        Comparator<TopicRow> order = TopicRow.ORDERS.get(by);
        if (order == null || by.equals("topic") || by.equals("level") || by.equals("children")) {
            throw new CommandFailed("by " + by + " is none: expected is rate, byte_rate, messages or bytes");
        }
        Sample sample = samples.now();
        List<TopicRow> rows = new ArrayList<>();
        boolean system = request.flag("system");
        for (TopicFigures each : sample.topics().values()) {
            if (system || !each.topic().text().startsWith("$SYS/")) {
                rows.add(new TopicRow(
                        each.topic().text(),
                        each.topic().text(),
                        0,
                        each.messages(),
                        each.bytes(),
                        sample.rate(each),
                        sample.byteRate(each),
                        wall(each.lastNanos()),
                        false,
                        null,
                        null));
            }
        }
        Page.Wanted wanted = Listed.wanted(request, TALKERS);
        Comparator<TopicRow> loudest = order.reversed()
                .thenComparing(Comparator.comparingLong(TopicRow::messages).reversed())
                .thenComparing(TopicRow.BY_TOPIC);
        return Listed.of(Page.of(rows::forEach, row -> true, loudest, wanted), wanted, row -> row);
    }
}
