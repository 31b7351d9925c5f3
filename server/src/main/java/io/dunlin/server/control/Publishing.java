package io.dunlin.server.control;

import io.dunlin.broker.Broker;
import io.dunlin.broker.session.Messenger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Publishing by administrators, without a client and without asking for rights: only the audit log says who it was. Thread: any but the
 * shards; waits for them.
 */
public final class Publishing {
    private static final int MESSAGES_MAX = 1_000;
    private static final int TOPICS_TOLD_MAX = 20;

    private final Broker broker;
    private final Letters letters;
    private final Changes changes;

    public Publishing(Broker broker, Changes changes) {
        this.broker = broker;
        this.letters = new Letters(broker::options);
        this.changes = changes;
    }

    /** Adds the commands {@code publish} and {@code publish.bulk}. */
    public void addTo(ControlCommands commands) {
        commands.add("publish", this::publish).add("publish.bulk", this::publishAll);
    }

    /**
     * What came of a message.
     *
     * @param destinations sessions, shared groups and bridges that it went to
     * @param error a sentence, null where all went well
     */
    public record Published(
            String topic, int destinations, @Nullable String error) {}

    private Published publish(Request request) {
        Messenger.Letter letter = letters.of(request);
        Map<String, Object> fields = Map.of(
                "topic", letter.topic().text(),
                "qos", letter.qos().value(),
                "retain", letter.retain(),
                "bytes", letter.payload().length);
        return changes.change(request.who(), "message.published", fields, () -> send(letter));
    }

    private Published send(Messenger.Letter letter) {
        Messenger.Sent sent = Clients.await(broker.views().publish(letter));
        if (!sent.retained()) {
            throw new CommandFailed("the message was published, but not retained: there are too many retained messages,"
                    + " see mqtt.max-retained-messages");
        }
        return new Published(letter.topic().text(), sent.destinations(), null);
    }

    private List<Published> publishAll(Request request) {
        JsonNode messages = request.arguments().path("messages");
        if (!messages.isArray() || messages.isEmpty() || messages.size() > MESSAGES_MAX) {
            throw new CommandFailed("publish.bulk needs messages: a list of 1 to " + MESSAGES_MAX);
        }
        List<Messenger.Letter> all = new ArrayList<>();
        for (JsonNode each : messages) { // all of them before the first is published
            all.add(letters.of(new Request("publish.bulk: messages[" + all.size() + "]", each, request.who())));
        }
        List<String> topics = all.stream()
                .map(letter -> letter.topic().text())
                .distinct()
                .limit(TOPICS_TOLD_MAX)
                .toList();
        return changes.change(
                request.who(), "messages.published", Map.of("messages", all.size(), "topics", topics), () -> {
                    List<Published> results = new ArrayList<>();
                    all.forEach(letter -> results.add(sendOrSay(letter)));
                    return results;
                });
    }

    private Published sendOrSay(Messenger.Letter letter) {
        try {
            return send(letter);
        } catch (CommandFailed e) {
            return new Published(letter.topic().text(), 0, e.sentence());
        }
    }
}
