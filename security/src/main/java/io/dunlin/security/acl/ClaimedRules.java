package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.Rule.Who;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rights that came with a login as JSON, in the forms that the field knows from EMQX: {@code {"pub": [..], "sub": [..], "all": [..]}},
 * which only allows, or a list of {@code {"permission", "action", "topic", "qos", "retain"}}. What is not understood makes all of it
 * malformed, so that no prohibition gets lost.
 */
public final class ClaimedRules {
    private static final int RULES_MAX = 1_000;
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[^}]*}|%[cu]");
    private static final Set<Kind> BOTH = Set.of(Kind.PUBLISH, Kind.SUBSCRIBE);

    private ClaimedRules() {}

    /** The JSON is none of the known forms; the message names the place, never a value. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Reads them.
     *
     * @param json maps, lists, texts, numbers and booleans as JSON libraries make them
     * @param origin what they came with, for people: {@code token}
     * @throws Malformed where anything in it is not understood
     */
    public static List<Rule> parse(@Nullable Object json, String origin) throws Malformed {
        List<Rule> rules = new ArrayList<>();
        if (json instanceof Map<?, ?> byAction) {
            for (Map.Entry<String, @Nullable Object> entry : sorted(byAction).entrySet()) {
                Set<Kind> kinds = kinds(entry.getKey());
                String from = origin + " " + entry.getKey();
                List<String> topics = topics(entry.getValue(), from);
                if (!topics.isEmpty()) {
                    rules.add(new Rule(Effect.ALLOW, Who.EVERYBODY, kinds, Set.of(), Optional.empty(), topics, from));
                }
            }
        } else if (json instanceof List<?> list) {
            for (Object element : list) {
                rules.add(rule(element, origin + " rule " + (rules.size() + 1)));
                if (rules.size() > RULES_MAX) {
                    throw new Malformed("more than " + RULES_MAX + " rules");
                }
            }
        } else {
            throw new Malformed("neither a list of rules nor an object with pub, sub and all");
        }
        return List.copyOf(rules);
    }

    private static Map<String, @Nullable Object> sorted(Map<?, ?> map) {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
        return sorted;
    }

    private static Rule rule(@Nullable Object json, String origin) throws Malformed {
        if (!(json instanceof Map<?, ?> fields)) {
            throw new Malformed(origin + " is no object");
        }
        Effect effect = null;
        Set<Kind> kinds = BOTH;
        Set<QoS> qos = Set.of();
        Optional<Boolean> retain = Optional.empty();
        List<String> topics = List.of();
        Who who = Who.EVERYBODY;
        for (Map.Entry<String, @Nullable Object> field : sorted(fields).entrySet()) {
            Object value = field.getValue();
            switch (field.getKey()) {
                case "permission" -> effect = effect(value, origin);
                case "action" -> kinds = kinds(text(value, origin + " action"));
                case "qos" -> qos = qos(value, origin);
                case "retain" -> retain = retain(value, origin);
                case "topic", "topics" -> {
                    if (!topics.isEmpty()) {
                        throw new Malformed(origin + " has both topic and topics");
                    }
                    topics = topics(value, origin);
                }
                case "ipaddr" -> who = from(text(value, origin + " ipaddr"), origin);
                default -> throw new Malformed(origin + " has a field that is not known");
            }
        }
        if (effect == null) {
            throw new Malformed(origin + " has no permission");
        }
        if (topics.isEmpty()) {
            throw new Malformed(origin + " has no topic");
        }
        return new Rule(effect, who, kinds, qos, retain, topics, origin);
    }

    private static Who from(String address, String origin) throws Malformed {
        try {
            Network.of(address);
        } catch (IllegalArgumentException e) {
            throw new Malformed(origin + " ipaddr is no address or network");
        }
        return new Who(Set.of(), Set.of(), Set.of(), Set.of(), List.of(address), Set.of(), Optional.empty());
    }

    private static Effect effect(@Nullable Object value, String origin) throws Malformed {
        return switch (text(value, origin + " permission").toLowerCase(Locale.ROOT)) {
            case "allow" -> Effect.ALLOW;
            case "deny" -> Effect.DENY;
            default -> throw new Malformed(origin + " permission is neither allow nor deny");
        };
    }

    private static Set<Kind> kinds(String action) throws Malformed {
        return switch (action.toLowerCase(Locale.ROOT)) {
            case "pub", "publish" -> Set.of(Kind.PUBLISH);
            case "sub", "subscribe" -> Set.of(Kind.SUBSCRIBE);
            case "all", "pubsub" -> BOTH;
            default -> throw new Malformed("an action is none of publish, subscribe and all");
        };
    }

    private static Set<QoS> qos(@Nullable Object value, String origin) throws Malformed {
        if (value instanceof String text && text.equals("all")) {
            return Set.of();
        }
        List<?> levels = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
        EnumSet<QoS> found = EnumSet.noneOf(QoS.class);
        for (Object level : levels) {
            int number = level instanceof String text && text.matches("[012]")
                    ? Integer.parseInt(text)
                    : level instanceof Integer || level instanceof Long ? ((Number) level).intValue() : -1;
            if (number < 0 || number > 2 || level instanceof Long wide && wide != number) {
                throw new Malformed(origin + " qos is not 0, 1, 2 or a list of them");
            }
            found.add(QoS.values()[number]);
        }
        if (found.isEmpty()) {
            throw new Malformed(origin + " qos is empty");
        }
        return found;
    }

    private static Optional<Boolean> retain(@Nullable Object value, String origin) throws Malformed {
        if (value instanceof Boolean flag) {
            return Optional.of(flag);
        }
        return switch (String.valueOf(value)) {
            case "all" -> Optional.empty();
            case "true", "1" -> Optional.of(true);
            case "false", "0" -> Optional.of(false);
            default -> throw new Malformed(origin + " retain is neither true, false nor all");
        };
    }

    private static List<String> topics(@Nullable Object value, String origin) throws Malformed {
        List<?> given = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
        List<String> topics = new ArrayList<>();
        for (Object one : given) {
            String topic = text(one, origin + " topic");
            String filter = topic.startsWith("eq ") ? topic.substring(3) : topic;
            try {
                TopicFilter.of(PLACEHOLDER.matcher(filter).replaceAll("x"));
            } catch (InvalidTopic e) {
                throw new Malformed(origin + " has a topic that is no filter");
            }
            topics.add(topic);
        }
        if (topics.size() > RULES_MAX) {
            throw new Malformed(origin + " has more than " + RULES_MAX + " topics");
        }
        return topics;
    }

    private static String text(@Nullable Object value, String where) throws Malformed {
        if (value instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw new Malformed(where + " is no text");
    }
}
