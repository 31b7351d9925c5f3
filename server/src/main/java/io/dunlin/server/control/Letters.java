package io.dunlin.server.control;

import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.session.Messenger;
import io.dunlin.protocol.codec.Utf8;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Makes messages of what administrators want to publish. What no client could send is refused with a sentence that names the field: the
 * broker could not send it either. Thread: any.
 */
final class Letters {
    private static final String PUBLISHER = "$admin";
    private static final int TEXT_BYTES_MAX = 65_535;
    private static final long EXPIRY_SECONDS_MAX = 0xFFFF_FFFFL;

    private static final Set<String> FIELDS =
            Set.of("command", "topic", "payload", "payload_encoding", "qos", "retain", "properties");
    private static final Set<String> PROPERTIES = Set.of(
            "payload_format_indicator",
            "message_expiry_interval",
            "content_type",
            "response_topic",
            "correlation_data",
            "user_properties");

    /** What a PUBLISH may have, and a message that is published here not. */
    private static final Map<String, String> REFUSED = Map.of(
            "topic_alias", "the broker makes up the aliases of each connection itself",
            "subscription_identifier", "that comes from the subscriptions of who receives it",
            "clientid", "a message of an administrator has none, the audit log says who it was");

    private final Supplier<BrokerOptions> options;

    Letters(Supplier<BrokerOptions> options) {
        this.options = options;
    }

    /**
     * One of them.
     *
     * @param request whose command stands before the sentence
     * @throws CommandFailed where it cannot be published
     */
    Messenger.Letter of(Request request) {
        String where = request.command() + ": ";
        checkNames(request.arguments(), FIELDS, where);
        TopicName topic = topic(request, "topic", where);
        if (Messenger.isReserved(topic)) {
            throw new CommandFailed(where + "only the broker publishes to $SYS, and topic is below it");
        }
        BrokerOptions now = options.get();
        int levelsMax = now.messages().topicLevelsMax();
        if (topic.levels().length > levelsMax) {
            throw new CommandFailed(where + "topic has more than " + levelsMax + " levels");
        }
        byte[] payload = payload(request, where);
        Properties properties = properties(request, payload, where);
        if (payload.length + (long) properties.weight() + topic.utf8().length
                > now.connections().packetBytesMax()) {
            throw new CommandFailed(where + "payload and properties have "
                    + (payload.length + (long) properties.weight()) + " bytes, more than any client may send");
        }
        return new Messenger.Letter(
                topic,
                QoS.values()[request.number("qos", 0, 0, 2)],
                request.flag("retain"),
                properties,
                payload,
                PUBLISHER);
    }

    private static void checkNames(JsonNode object, Set<String> known, String where) {
        if (!object.isObject()) {
            throw new CommandFailed(where + "expected is an object with " + known(known));
        }
        for (String name : object.propertyNames()) {
            if (!known.contains(name)) {
                String why = REFUSED.get(name);
                throw new CommandFailed(
                        why == null
                                ? where + name + " is unknown, expected is " + known(known)
                                : where + name + " cannot be given: " + why);
            }
        }
    }

    private static String known(Set<String> names) {
        return String.join(
                ", ",
                names.stream().filter(name -> !name.equals("command")).sorted().toList());
    }

    private static TopicName topic(Request request, String field, String where) {
        String text = request.text(field);
        try {
            return TopicName.of(text);
        } catch (InvalidTopic e) {
            throw new CommandFailed(where + field + " " + shortened(text) + " is no topic: " + e.getMessage());
        }
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }

    private static byte[] payload(Request request, String where) {
        String text = request.optional("payload").orElse("");
        String encoding = request.optional("payload_encoding").orElse("plain");
        return switch (encoding) {
            case "plain" -> plain(text, where);
            case "base64" -> base64("payload", text, where);
            default ->
                throw new CommandFailed(
                        where + "payload_encoding " + shortened(encoding) + " is none: expected is plain or base64");
        };
    }

    private static byte[] plain(String text, String where) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!new String(bytes, StandardCharsets.UTF_8).equals(text)) {
            throw new CommandFailed(where + "payload has half characters, which UTF-8 cannot say: give it as base64");
        }
        return bytes;
    }

    private static byte[] base64(String name, String text, String where) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(where + name + " is no base64");
        }
    }

    private static Properties properties(Request message, byte[] payload, String where) {
        JsonNode node = message.arguments().path("properties");
        if (node.isMissingNode() || node.isNull()) {
            return Properties.NONE;
        }
        checkNames(node, PROPERTIES, where + "properties: ");
        Request given = new Request(where + "properties", node, message.who());
        String at = given.command() + ": ";
        Properties.Builder all = Properties.builder();
        int format = given.number("payload_format_indicator", -1, -1, 1);
        if (format >= 0) {
            all.number(Property.PAYLOAD_FORMAT_INDICATOR, format);
        }
        if (format == 1 && !Utf8.isValid(payload)) {
            throw new CommandFailed(at + "payload_format_indicator is 1, and payload is no UTF-8");
        }
        expiry(given, at, all);
        given.optional("content_type")
                .ifPresent(text -> all.text(Property.CONTENT_TYPE, checked(text, "content_type", at)));
        if (given.optional("response_topic").isPresent()) {
            all.text(Property.RESPONSE_TOPIC, topic(given, "response_topic", at).text());
        }
        given.optional("correlation_data").ifPresent(text -> all.binary(Property.CORRELATION_DATA, binary(text, at)));
        userProperties(node.path("user_properties"), at, all);
        return all.build();
    }

    private static void expiry(Request given, String at, Properties.Builder all) {
        long none = -1;
        long seconds = given.number("message_expiry_interval", none);
        if (seconds == none) {
            return;
        }
        if (seconds < 0 || seconds > EXPIRY_SECONDS_MAX) {
            throw new CommandFailed(at + "message_expiry_interval is " + seconds + ", expected are seconds from 0 to "
                    + EXPIRY_SECONDS_MAX);
        }
        all.number(Property.MESSAGE_EXPIRY_INTERVAL, seconds);
    }

    private static byte[] binary(String text, String at) {
        byte[] bytes = base64("correlation_data", text, at);
        if (bytes.length > TEXT_BYTES_MAX) {
            throw new CommandFailed(at + "correlation_data has " + bytes.length + " bytes, more than 65,535");
        }
        return bytes;
    }

    private static String checked(String text, String name, String at) {
        if (!Utf8.isValid(text)) {
            throw new CommandFailed(
                    at + name + " has U+0000, half characters or more than 65,535 bytes, and no string of MQTT may");
        }
        return text;
    }

    private static void userProperties(JsonNode pairs, String at, Properties.Builder all) {
        if (pairs.isMissingNode() || pairs.isNull()) {
            return;
        }
        if (!pairs.isObject()) {
            throw new CommandFailed(at + "user_properties is no object of names and texts");
        }
        for (Map.Entry<String, JsonNode> pair : pairs.properties()) {
            String name = checked(pair.getKey(), "a name in user_properties", at);
            if (!pair.getValue().isString()) {
                throw new CommandFailed(at + "user_properties." + shortened(name) + " is no text");
            }
            all.user(name, checked(pair.getValue().stringValue(), "user_properties." + shortened(name), at));
        }
    }
}
