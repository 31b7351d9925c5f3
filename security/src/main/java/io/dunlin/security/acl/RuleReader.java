package io.dunlin.security.acl;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.Rule.Who;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one rule from its line. Used once, by one thread. */
final class RuleReader {
    static final String ALL = "all";
    private static final List<String> LISTS =
            List.of("users", "client-ids", "roles", "groups", "addresses", "listeners", "qos");
    private static final List<String> FLAGS = List.of("anonymous", "retain");

    private final String line;
    private final Map<String, List<String>> conditions = new HashMap<>();
    private final List<String> topics = new ArrayList<>();
    private @Nullable Set<Kind> kinds;
    private int at;

    RuleReader(String line) {
        this.line = line;
    }

    /** Whether a word that stands before the topics, or among them, would be read as something else. */
    static boolean looksLikeCondition(String word) {
        int equals = word.indexOf('=');
        return equals > 0 && isKey(word.substring(0, equals));
    }

    private static boolean isKey(String word) {
        return LISTS.contains(word) || FLAGS.contains(word);
    }

    Rule read(String origin) {
        skipBlanks();
        Effect effect = effect(word(false));
        for (skipBlanks(); at < line.length(); skipBlanks()) {
            if (!condition() && !(topics.isEmpty() && actions())) {
                topic();
            }
        }
        Set<Kind> given = kinds;
        if (given == null) {
            throw new InvalidRule(
                    "the action is missing: expected is publish, subscribe, receive, or several of them with"
                            + " commas, or all");
        }
        Who who = new Who(
                names("users"),
                names("client-ids"),
                names("roles"),
                names("groups"),
                conditions.getOrDefault("addresses", List.of()),
                names("listeners"),
                flag("anonymous"));
        return new Rule(effect, who, given, qos(), flag("retain"), topics, origin);
    }

    private static Effect effect(String word) {
        return switch (word) {
            case "allow" -> Effect.ALLOW;
            case "deny" -> Effect.DENY;
            default ->
                throw new InvalidRule("\"" + word + "\" does not fit: a rule begins with allow or deny, such as"
                        + " allow publish sensors/#");
        };
    }

    private Set<String> names(String key) {
        return Set.copyOf(conditions.getOrDefault(key, List.of()));
    }

    private Set<QoS> qos() {
        Set<QoS> found = EnumSet.noneOf(QoS.class);
        for (String value : conditions.getOrDefault("qos", List.of())) {
            switch (value) {
                case "0" -> found.add(QoS.AT_MOST_ONCE);
                case "1" -> found.add(QoS.AT_LEAST_ONCE);
                case "2" -> found.add(QoS.EXACTLY_ONCE);
                default -> throw new InvalidRule("qos=" + value + " does not fit: expected is 0, 1 or 2");
            }
        }
        return found;
    }

    private Optional<Boolean> flag(String key) {
        List<String> values = conditions.getOrDefault(key, List.of());
        if (values.isEmpty()) {
            return Optional.empty();
        }
        return switch (values.getFirst()) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default ->
                throw new InvalidRule(key + "=" + values.getFirst() + " does not fit: expected is true or false");
        };
    }

    private void skipBlanks() {
        while (at < line.length() && line.charAt(at) <= ' ') {
            at++;
        }
    }

    /** {@code key=value,value} of a key that is known. */
    private boolean condition() {
        int equals = line.indexOf('=', at);
        if (equals < 0 || !isKey(line.substring(at, equals))) {
            return false;
        }
        String key = line.substring(at, equals);
        at = equals + 1;
        List<String> values = new ArrayList<>();
        do {
            int from = at;
            values.add(word(true));
            if (at == from) {
                throw new InvalidRule(key + "= has no value: give one, in double quotes where it is empty");
            }
        } while (at < line.length() && line.charAt(at++) == ',');
        if (conditions.put(key, values) != null) {
            throw new InvalidRule(key + "= stands there twice: give all values once, with commas");
        }
        if (FLAGS.contains(key) && values.size() > 1) {
            throw new InvalidRule(key + "= has several values: expected is true or false");
        }
        return true;
    }

    /** The list of actions, where there was none before. */
    private boolean actions() {
        if (kinds != null || line.charAt(at) == '"') {
            return false;
        }
        int end = at;
        while (end < line.length() && line.charAt(end) > ' ') {
            end++;
        }
        Set<Kind> found = EnumSet.noneOf(Kind.class);
        for (String word : line.substring(at, end).split(",", -1)) {
            switch (word) {
                case ALL -> found.addAll(EnumSet.allOf(Kind.class));
                case "publish" -> found.add(Kind.PUBLISH);
                case "subscribe" -> found.add(Kind.SUBSCRIBE);
                case "receive" -> found.add(Kind.RECEIVE);
                default ->
                    throw new InvalidRule(
                            "\"" + word + "\" does not fit: expected is an action (publish, subscribe, receive"
                                    + " or all), or a condition such as users=bob");
            }
        }
        kinds = found;
        at = end;
        return true;
    }

    private void topic() {
        if (kinds == null) {
            throw new InvalidRule(
                    "the action stands before the topics: expected is publish, subscribe, receive or all");
        }
        boolean quoted = line.charAt(at) == '"';
        String word = word(false);
        if (!quoted && word.equals("eq")) {
            skipBlanks();
            if (at == line.length()) {
                throw new InvalidRule("eq has no topic: expected is eq and a topic filter");
            }
            word = "eq " + word(false);
        }
        topics.add(word);
    }

    /** Up to a blank, or to a comma where {@code inList}; or what stands in quotes. */
    private String word(boolean inList) {
        StringBuilder word = new StringBuilder();
        if (at < line.length() && line.charAt(at) == '"') {
            at++;
            quoted(word);
            if (at < line.length() && line.charAt(at) > ' ' && !(inList && line.charAt(at) == ',')) {
                throw new InvalidRule("a blank is missing after the closing \" of \"" + word + "\"");
            }
            return word.toString();
        }
        while (at < line.length() && line.charAt(at) > ' ' && !(inList && line.charAt(at) == ',')) {
            if (line.charAt(at) == '"') {
                throw new InvalidRule(
                        "\" stands within a word: put the whole word into double quotes, with \\\" for \"");
            }
            word.append(line.charAt(at++));
        }
        return word.toString();
    }

    private void quoted(StringBuilder word) {
        while (true) {
            if (at >= line.length()) {
                throw new InvalidRule("the closing \" is missing");
            }
            char c = line.charAt(at++);
            if (c == '"') {
                return;
            }
            if (c != '\\') {
                word.append(c);
                continue;
            }
            char escaped = at < line.length() ? line.charAt(at++) : ' ';
            switch (escaped) {
                case '"', '\\' -> word.append(escaped);
                case 'n' -> word.append('\n');
                case 'r' -> word.append('\r');
                case 't' -> word.append('\t');
                default ->
                    throw new InvalidRule("\\" + escaped + " does not fit: expected is \\\", \\\\, \\n, \\r or \\t");
            }
        }
    }
}
