package io.dunlin.server.control;

import io.dunlin.broker.admin.Page;
import io.dunlin.broker.admin.Views;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The retained messages of a running broker. Thread: any but the shards; waits for them. */
public final class Retained {
    private static final int PAYLOAD_BYTES = 1_024;
    private static final int PAYLOAD_BYTES_MAX = 1 << 20;
    private static final int SHOWN_BYTES_MAX = 256 << 20;

    private final Views views;
    private final Changes changes;

    public Retained(Views views, Changes changes) {
        this.views = views;
        this.changes = changes;
    }

    /** Adds the commands {@code retained.*}. */
    public void addTo(ControlCommands commands) {
        commands.add("retained.list", this::list)
                .add("retained.show", this::show)
                .add("retained.count", request -> count(filter(request.text("topic"))))
                .add("retained.delete", this::delete);
    }

    private Listed<RetainedRow> list(Request request) {
        int bytes = request.payloadBytes(PAYLOAD_BYTES, PAYLOAD_BYTES_MAX);
        TopicFilter topics = filter(request.optional("topic").orElse("#"));
        Optional<String> like = request.optional("like_topic");
        Predicate<Message> wanted = like.<Predicate<Message>>map(
                        part -> message -> message.topic().text().contains(part))
                .orElse(message -> true);
        Page.Wanted part = Listed.wanted(request);
        Page<Message> page =
                views.retained(topics, wanted, Listed.order(request, RetainedRow.ORDERS, RetainedRow.BY_TOPIC), part);
        long now = views.nanos();
        return Listed.of(page, part, message -> RetainedRow.of(message, bytes, now));
    }

    private RetainedRow show(Request request) {
        TopicName topic = Clients.topic(request.text("topic"));
        int bytes = request.payloadBytes(SHOWN_BYTES_MAX, SHOWN_BYTES_MAX);
        return views.retained(topic)
                .map(message -> RetainedRow.of(message, bytes, views.nanos()))
                .orElseThrow(() -> nothing("the topic " + topic));
    }

    private static CommandFailed nothing(String where) {
        return CommandFailed.notFound("there is no retained message at " + where);
    }

    /** How much a filter matches. */
    public record Count(long count, long bytes) {}

    private Count count(TopicFilter filter) {
        RetainedStore.Counts counts = views.countRetained(filter);
        return new Count(counts.messages(), counts.bytes());
    }

    /** What was taken out. */
    public record Deleted(int deleted) {}

    private Deleted delete(Request request) {
        String text = request.text("topic");
        TopicFilter filter = filter(text);
        if (text.startsWith("$SYS/")) {
            throw new CommandFailed("the retained messages below $SYS are the broker's own, which makes them anew");
        }
        return changes.change(request.who(), "retained.deleted", Map.of("topic", text), () -> {
            int deleted = Clients.await(views.removeRetained(filter));
            if (deleted == 0) {
                throw nothing(text);
            }
            return new Deleted(deleted);
        });
    }

    private static TopicFilter filter(String text) {
        try {
            TopicFilter filter = TopicFilter.of(text);
            if (filter.isShared()) {
                throw new CommandFailed(text + " is a shared subscription: say the filter after its name");
            }
            return filter;
        } catch (InvalidTopic e) {
            throw new CommandFailed(text + " is no topic filter: " + e.getMessage());
        }
    }
}
