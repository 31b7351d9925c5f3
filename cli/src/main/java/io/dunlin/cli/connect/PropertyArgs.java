package io.dunlin.cli.connect;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.PropertyNames;
import io.dunlin.cli.args.UsageException;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The MQTT 5 properties of a command line, by the packet that they go with. */
public final class PropertyArgs {
    /** What a property goes with, and which ones may. */
    public enum Target {
        CONNECT(
                Property.AUTHENTICATION_DATA,
                Property.AUTHENTICATION_METHOD,
                Property.MAXIMUM_PACKET_SIZE,
                Property.RECEIVE_MAXIMUM,
                Property.REQUEST_PROBLEM_INFORMATION,
                Property.REQUEST_RESPONSE_INFORMATION,
                Property.SESSION_EXPIRY_INTERVAL,
                Property.TOPIC_ALIAS_MAXIMUM,
                Property.USER_PROPERTY),
        PUBLISH(
                Property.CONTENT_TYPE,
                Property.CORRELATION_DATA,
                Property.MESSAGE_EXPIRY_INTERVAL,
                Property.PAYLOAD_FORMAT_INDICATOR,
                Property.RESPONSE_TOPIC,
                Property.TOPIC_ALIAS,
                Property.USER_PROPERTY),
        SUBSCRIBE(Property.SUBSCRIPTION_IDENTIFIER, Property.USER_PROPERTY),
        UNSUBSCRIBE(Property.USER_PROPERTY),
        DISCONNECT(Property.SESSION_EXPIRY_INTERVAL, Property.USER_PROPERTY),
        WILL(
                Property.CONTENT_TYPE,
                Property.CORRELATION_DATA,
                Property.MESSAGE_EXPIRY_INTERVAL,
                Property.PAYLOAD_FORMAT_INDICATOR,
                Property.RESPONSE_TOPIC,
                Property.USER_PROPERTY,
                Property.WILL_DELAY_INTERVAL);

        private final long allowed; // a bit for each property

        Target(Property... allowed) {
            long bits = 0;
            for (Property property : allowed) {
                bits |= 1L << property.ordinal();
            }
            this.allowed = bits;
        }

        private boolean allows(Property property) {
            return (allowed >> property.ordinal() & 1) == 1;
        }
    }

    private final Map<Target, Properties.Builder> builders = new EnumMap<>(Target.class);
    private final ProtocolVersion version;

    private PropertyArgs(ProtocolVersion version) {
        this.version = version;
    }

    /**
     * Of -D and the short forms.
     *
     * @param own what -up goes with
     * @throws UsageException where one is unknown, has a wrong value, or does not go with its packet
     */
    public static PropertyArgs of(Args args, ProtocolVersion version, Target own) {
        PropertyArgs all = new PropertyArgs(version);
        for (List<String> words : args.properties()) {
            all.add(words);
        }
        for (String pair : args.list("--user-property")) {
            all.addPair(own, "--user-property", pair);
        }
        for (String pair : args.list("--connect-user-property")) {
            all.addPair(Target.CONNECT, "--connect-user-property", pair);
        }
        for (String pair : args.list("--will-user-property")) {
            all.addPair(Target.WILL, "--will-user-property", pair);
        }
        all.addOption(args, "--content-type", Target.PUBLISH, Property.CONTENT_TYPE);
        all.addOption(args, "--message-expiry", Target.PUBLISH, Property.MESSAGE_EXPIRY_INTERVAL);
        all.addOption(args, "--payload-format", Target.PUBLISH, Property.PAYLOAD_FORMAT_INDICATOR);
        all.addOption(args, "--respond-to", Target.PUBLISH, Property.RESPONSE_TOPIC);
        all.addOption(args, "--correlation-data", Target.PUBLISH, Property.CORRELATION_DATA);
        all.addOption(args, "--topic-alias", Target.PUBLISH, Property.TOPIC_ALIAS);
        all.addOption(args, "--subscription-identifier", Target.SUBSCRIBE, Property.SUBSCRIPTION_IDENTIFIER);
        all.addOption(args, "--will-delay", Target.WILL, Property.WILL_DELAY_INTERVAL);
        all.addOption(args, "--will-expiry", Target.WILL, Property.MESSAGE_EXPIRY_INTERVAL);
        all.addOption(args, "--will-content-type", Target.WILL, Property.CONTENT_TYPE);
        all.addOption(args, "--will-correlation-data", Target.WILL, Property.CORRELATION_DATA);
        all.addOption(args, "--will-payload-format", Target.WILL, Property.PAYLOAD_FORMAT_INDICATOR);
        all.addOption(args, "--will-response-topic", Target.WILL, Property.RESPONSE_TOPIC);
        return all;
    }

    private void add(List<String> words) {
        Target target = null;
        for (Target candidate : Target.values()) {
            if (candidate.name().toLowerCase(Locale.ROOT).equals(words.get(0))) {
                target = candidate;
            }
        }
        if (target == null) {
            throw new UsageException(
                    "-D goes with connect, publish, subscribe, unsubscribe, disconnect or will, not with '"
                            + words.get(0) + "'.");
        }
        Property property = PropertyNames.find(words.get(1));
        if (property == null) {
            throw new UsageException("There is no property '" + words.get(1) + "'.");
        }
        if (!target.allows(property)) {
            throw new UsageException("The property " + words.get(1) + " does not go with " + words.get(0) + ".");
        }
        if (property == Property.USER_PROPERTY) {
            builder(target).user(words.get(2), words.get(3));
        } else {
            add(target, property, "-D " + words.get(0) + " " + words.get(1), words.get(2));
        }
    }

    private void addOption(Args args, String option, Target target, Property property) {
        String value = args.knows(option) ? args.text(option) : null;
        if (value != null) {
            add(target, property, option, value);
        }
    }

    private void addPair(Target target, String option, String pair) {
        int separator = pair.indexOf('=');
        if (separator < 0) {
            separator = pair.indexOf(':');
        }
        if (separator < 0) {
            throw new UsageException(option + " is written KEY=VALUE, not '" + pair + "'.");
        }
        builder(target).user(pair.substring(0, separator), pair.substring(separator + 1));
    }

    private void add(Target target, Property property, String name, String value) {
        if (builder(target).has(property)) {
            throw new UsageException(name + " is given more than once.");
        }
        switch (property.type()) {
            case BYTE -> builder(target).number(property, Args.number(name, value, 0, 1));
            case TWO_BYTES -> builder(target).number(property, Args.number(name, value, least(property), 65_535));
            case FOUR_BYTES ->
                builder(target).number(property, Args.number(name, value, least(property), 4_294_967_295L));
            case VARIABLE -> builder(target).number(property, Args.number(name, value, 1, 268_435_455));
            case TEXT -> builder(target).text(property, value);
            case BINARY -> builder(target).binary(property, value.getBytes(StandardCharsets.UTF_8));
            case PAIR -> builder(target).user(value, "");
        }
    }

    /** Zero stands for something else than a number here: a protocol error. */
    private static int least(Property property) {
        boolean counts = property == Property.RECEIVE_MAXIMUM
                || property == Property.MAXIMUM_PACKET_SIZE
                || property == Property.TOPIC_ALIAS;
        return counts ? 1 : 0;
    }

    private Properties.Builder builder(Target target) {
        return builders.computeIfAbsent(target, t -> Properties.builder());
    }

    public boolean has(Target target, Property property) {
        Properties.Builder builder = builders.get(target);
        return builder != null && builder.has(property);
    }

    /** Before MQTT 5 there are none: what was given is left out, as mosquitto does. */
    public Properties of(Target target) {
        Properties.Builder builder = builders.get(target);
        return builder == null || !version.hasProperties() ? Properties.NONE : builder.build();
    }
}
