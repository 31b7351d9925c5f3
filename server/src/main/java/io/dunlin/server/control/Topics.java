package io.dunlin.server.control;

import io.dunlin.broker.admin.Page;
import io.dunlin.broker.admin.Views;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.TopicFigures;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicLevel;
import io.dunlin.server.control.TopicSamples.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a running broker: those to which something has been published lately, and those with a retained message. Thread: any
 * but the shards; waits for them.
 */
public final class Topics {
    private static final int PAYLOAD_BYTES = 2_048;
    private static final int PAYLOAD_BYTES_MAX = 16 << 10;
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

    /** Only the level that is asked for is walked, and rows are made of one page of it. */
    private Listed<TopicRow> list(Request request) {
        Place place = Place.of(request);
        int payload = request.payloadBytes(PAYLOAD_BYTES, PAYLOAD_BYTES_MAX);
        check(place.above());
        Sample sample = samples.now();
        Map<String, Seen> seen = seen(sample, place);
        Page.Wanted wanted = Listed.wanted(request);
        Page<Level> page = Page.of(
                action -> levels(place, seen, action),
                level -> place.wants(level.name()),
                Listed.order(request, Level.ORDERS, Level.BY_NAME),
                wanted);
        return Listed.of(page, wanted, level -> row(level, place.above(), sample, payload));
    }

    /**
     * The topics that are asked for: all directly below a prefix, or one.
     *
     * @param above the beginning that they have, with the slash at its end; empty for the first level
     * @param only the last level of the one, null for all
     */
    private record Place(String above, @Nullable String only) {
        static Place of(Request request) {
            Optional<String> topic = request.optional("topic");
            String prefix = request.optional("prefix").orElse("");
            if (topic.isPresent() && !prefix.isEmpty()) {
                throw new CommandFailed("prefix names all topics below it, topic names one: leave out one of the two");
            }
            if (topic.isEmpty()) {
                return new Place(prefix.isEmpty() ? "" : prefix + "/", null);
            }
            int last = topic.get().lastIndexOf('/') + 1;
            return new Place(topic.get().substring(0, last), topic.get().substring(last));
        }

        String[] levels() {
            return above.isEmpty()
                    ? new String[0]
                    : above.substring(0, above.length() - 1).split("/", -1);
        }

        boolean wants(String level) {
            return only == null || only.equals(level);
        }
    }

    private static void check(String above) {
        try {
            TopicFilter.of(above + "#");
        } catch (InvalidTopic e) {
            throw new CommandFailed(above + " is no beginning of a topic: " + e.getMessage());
        }
    }

    /** What the shards remember, by the level below the prefix. */
    private static Map<String, Seen> seen(Sample sample, Place place) {
        String above = place.above();
        Map<String, Seen> levels = new HashMap<>();
        for (TopicFigures each : sample.topics().values()) {
            String topic = each.topic().text();
            if (topic.startsWith(above)) {
                int slash = topic.indexOf('/', above.length());
                String name = topic.substring(above.length(), slash < 0 ? topic.length() : slash);
                if (!place.wants(name)) {
                    continue;
                }
                Seen level = levels.computeIfAbsent(name, Seen::new);
                level.add(each, sample);
                if (slash < 0) {
                    level.own = each;
                } else {
                    int next = topic.indexOf('/', slash + 1);
                    level.below.add(topic.substring(slash + 1, next < 0 ? topic.length() : next));
                }
            }
        }
        return levels;
    }

    private void levels(Place place, Map<String, Seen> seen, Consumer<Level> action) {
        long now = views.nanos();
        views.retainedLevels(place.levels(), retained -> {
            Message message = retained.value();
            boolean isThere = message != null && !message.isExpired(now);
            Seen its = seen.remove(retained.text());
            if (isThere || its != null || retained.size() > 0) {
                action.accept(new Level(retained.text(), its, retained, isThere ? message : null));
            }
        });
        seen.values().forEach(each -> action.accept(new Level(each.name, each, null, null)));
    }

    /** What was published to a level and all below it. */
    private static final class Seen {
        private final String name;
        private final Set<String> below = new HashSet<>();
        private long messages;
        private long bytes;
        private double rate;
        private double byteRate;
        private long lastNanos;
        private @Nullable TopicFigures own;

        Seen(String name) {
            this.name = name;
        }

        void add(TopicFigures figures, Sample sample) {
            boolean first = messages == 0;
            messages += figures.messages();
            bytes += figures.bytes();
            Double rateNow = sample.rate(figures);
            Double bytesNow = sample.byteRate(figures);
            rate += rateNow == null ? 0 : rateNow;
            byteRate += bytesNow == null ? 0 : bytesNow;
            lastNanos = first || figures.lastNanos() - lastNanos > 0 ? figures.lastNanos() : lastNanos;
        }
    }

    /** A level, of which a row may be made. @param retained at or below it @param message that is retained at exactly this topic */
    private record Level(
            String name,
            @Nullable Seen seen,
            @Nullable TopicLevel<Message> retained,
            @Nullable Message message) {
        static final Comparator<Level> BY_NAME = Comparator.comparing(Level::name);

        static final Map<String, Comparator<Level>> ORDERS = Map.of(
                "topic", BY_NAME,
                "level", BY_NAME,
                "children", Comparator.comparingInt(Level::children),
                "messages", Comparator.comparingLong(level -> level.seen == null ? 0 : level.seen.messages),
                "bytes", Comparator.comparingLong(level -> level.seen == null ? 0 : level.seen.bytes),
                "rate", Comparator.comparingDouble(level -> level.seen == null ? 0 : level.seen.rate),
                "byte_rate", Comparator.comparingDouble(level -> level.seen == null ? 0 : level.seen.byteRate));

        int children() {
            int count = retained == null ? 0 : retained.size();
            if (seen != null) {
                for (String below : seen.below) {
                    count += retained != null && retained.has(below) ? 0 : 1;
                }
            }
            return count;
        }
    }

    private TopicRow row(Level level, String above, Sample sample, int payloadMax) {
        Seen seen = level.seen;
        Message value = seen == null || seen.own == null ? null : seen.own.last();
        Message last = value == null ? level.message : value;
        boolean rated = sample.before() != null;
        return new TopicRow(
                above + level.name,
                level.name,
                level.children(),
                seen == null ? 0 : seen.messages,
                seen == null ? 0 : seen.bytes,
                rated ? seen == null ? 0.0 : seen.rate : null,
                rated ? seen == null ? 0.0 : seen.byteRate : null,
                seen == null ? null : wall(seen.lastNanos),
                level.message != null,
                last == null ? null : cut(last.payload(), payloadMax),
                last == null ? null : last.payload().length);
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
        Listed.refuseSort(request, "that by says, the largest first");
        Page.Wanted wanted = Listed.wanted(request, TALKERS);
        Comparator<TopicRow> loudest = order.reversed()
                .thenComparing(Comparator.comparingLong(TopicRow::messages).reversed())
                .thenComparing(TopicRow.BY_TOPIC);
        return Listed.of(Page.of(rows::forEach, row -> true, loudest, wanted), wanted, row -> row);
    }
}
