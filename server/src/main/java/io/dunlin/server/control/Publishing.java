package io.dunlin.server.control;

import io.dunlin.broker.Broker;
import io.dunlin.broker.session.Messenger;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Publishing by administrators, without a client and without asking for rights: only the audit log says who it was. Thread: any but the
 * shards; waits for them.
 */
public final class Publishing {
    private static final String PUBLISHER = "$admin";
    private static final int MESSAGES_MAX = 1_000;
    private static final int TOPICS_TOLD_MAX = 20;

    private final Broker broker;
    private final Changes changes;

    public Publishing(Broker broker, Changes changes) {
        this.broker = broker;
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
        Messenger.Letter letter = letter(request);
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
                    + " see limits.retained-messages-max");
        }
        return new Published(letter.topic().text(), sent.destinations(), null);
    }

    private List<Published> publishAll(Request request) {
        JsonNode messages = request.arguments().path("messages");
        if (!messages.isArray() || messages.isEmpty() || messages.size() > MESSAGES_MAX) {
            throw new CommandFailed("publish.bulk needs messages: a list of 1 to " + MESSAGES_MAX);
        }
        List<Messenger.Letter> letters = new ArrayList<>();
        messages.forEach(each -> letters.add(letter(new Request("publish.bulk", each, request.who()))));
        List<String> topics = letters.stream()
                .map(letter -> letter.topic().text())
                .distinct()
                .limit(TOPICS_TOLD_MAX)
                .toList();
        return changes.change(
                request.who(), "messages.published", Map.of("messages", letters.size(), "topics", topics), () -> {
                    List<Published> results = new ArrayList<>();
                    letters.forEach(letter -> results.add(sendOrSay(letter)));
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

    private Messenger.Letter letter(Request request) {
        TopicName topic = Clients.topic(request.text("topic"));
        if (Messenger.isReserved(topic)) {
            throw new CommandFailed("only the broker publishes to $SYS");
        }
        int levelsMax = broker.options().messages().topicLevelsMax();
        if (topic.levels().length > levelsMax) {
            throw new CommandFailed("the topic has more than " + levelsMax + " levels");
        }
        byte[] payload = payload(request);
        Properties properties = properties(request);
        if (payload.length + (long) properties.weight() + topic.utf8().length
                > broker.options().connections().packetBytesMax()) {
            throw new CommandFailed("the message has " + payload.length + " bytes, more than any client may send");
        }
        return new Messenger.Letter(
                topic,
                QoS.values()[request.number("qos", 0, 0, 2)],
                request.flag("retain"),
                properties,
                payload,
                request.optional("clientid").orElse(PUBLISHER));
    }

    private static byte[] payload(Request request) {
        String text = request.optional("payload").orElse("");
        String encoding = request.optional("payload_encoding").orElse("plain");
        return switch (encoding) {
            case "plain" -> text.getBytes(StandardCharsets.UTF_8);
            case "base64" -> base64("payload", text);
            default ->
                throw new CommandFailed("payload_encoding " + encoding + " is none: expected is plain or base64");
        };
    }

    private static byte[] base64(String name, String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(name + " is no base64");
        }
    }

    private static Properties properties(Request message) {
        JsonNode node = message.arguments().path("properties");
        if (node.isMissingNode() || node.isNull()) {
            return Properties.NONE;
        }
        Request given = new Request(message.command(), node, message.who());
        Properties.Builder all = Properties.builder();
        int format = given.number("payload_format_indicator", -1, -1, 1);
        if (format >= 0) {
            all.number(Property.PAYLOAD_FORMAT_INDICATOR, format);
        }
        long expiry = given.number("message_expiry_interval", -1);
        if (expiry >= 0) {
            all.number(Property.MESSAGE_EXPIRY_INTERVAL, Math.min(expiry, 0xFFFF_FFFFL));
        }
        given.optional("content_type").ifPresent(text -> all.text(Property.CONTENT_TYPE, text));
        given.optional("response_topic")
                .ifPresent(text ->
                        all.text(Property.RESPONSE_TOPIC, Clients.topic(text).text()));
        given.optional("correlation_data")
                .ifPresent(text -> all.binary(Property.CORRELATION_DATA, base64("correlation_data", text)));
        JsonNode pairs = node.path("user_properties");
        pairs.properties()
                .forEach(pair -> all.user(pair.getKey(), pair.getValue().asString("")));
        return all.build();
    }
}
