package io.dunlin.security.acl;

import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.security.acl.Rule.Effect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A topic filter of a rule with placeholders, which are filled in for each client. What a client brings along never reaches further
 * than a name: in a rule that allows, a value that is missing, empty, has a wildcard or a slash, or that would make a topic begin with a
 * dollar sign, makes the rule fit nothing. A rule that denies takes such a value as it is, so that it denies no less. Immutable.
 */
final class TopicPattern {
    private static final String EXACT_PREFIX = "eq ";

    private final String text;
    private final boolean exact;
    private final boolean trusting;
    private final List<Part> parts;
    private final String[] levels;

    private TopicPattern(String text, boolean exact, boolean trusting, List<Part> parts, String[] levels) {
        this.text = text;
        this.exact = exact;
        this.trusting = trusting;
        this.parts = parts;
        this.levels = levels;
    }

    /** A piece of text, or the name of a value. */
    private record Part(String text, boolean value) {}

    /**
     * As a rule has it: {@code %c}, {@code %u}, {@code ${name}}, {@code eq } in front.
     *
     * @throws InvalidRule with a sentence that says why
     */
    static TopicPattern of(String text) {
        boolean exact = text.startsWith(EXACT_PREFIX);
        String filter = exact ? text.substring(EXACT_PREFIX.length()) : text;
        return of(text, exact, false, parts(filter, true));
    }

    /** Without placeholders, whatever it looks like. */
    static TopicPattern plain(String filter) {
        return of(filter, false, true, List.of(new Part(filter, false)));
    }

    /** As Mosquitto's patterns have it: {@code %c} and {@code %u}, with any value that the caller lets through. */
    static TopicPattern mosquitto(String filter) {
        return of(filter, false, true, parts(filter, false));
    }

    private static TopicPattern of(String text, boolean exact, boolean trusting, List<Part> parts) {
        StringBuilder filled = new StringBuilder(trusting && text.startsWith("$") ? "x" : ""); // $share is a name there
        parts.forEach(part -> filled.append(part.value ? "x" : part.text));
        try {
            if (TopicFilter.of(filled.toString()).isShared()) {
                throw invalid(text, "rules are about the filter of a shared subscription: leave $share/name/ out");
            }
        } catch (InvalidTopic e) {
            throw invalid(text, String.valueOf(e.getMessage()));
        }
        return new TopicPattern(text, exact, trusting, parts, mask(parts));
    }

    private static InvalidRule invalid(String text, String why) {
        return new InvalidRule("\"" + text + "\" is no topic filter: " + why);
    }

    private static List<Part> parts(String filter, boolean named) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < filter.length()) {
            String name = null;
            int next = at;
            if (filter.startsWith("%c", at) || filter.startsWith("%u", at)) {
                name = filter.charAt(at + 1) == 'c' ? Question.CLIENT_ID : Question.USERNAME;
                next = at + 2;
            } else if (named && filter.startsWith("${", at)) {
                int end = filter.indexOf('}', at);
                if (end < at + 3) {
                    throw invalid(filter, "a placeholder is ${name}, such as ${clientid}");
                }
                name = filter.substring(at + 2, end);
                next = end + 1;
            }
            if (name == null) {
                literal.append(filter.charAt(at++));
                continue;
            }
            if (!literal.isEmpty()) {
                parts.add(new Part(literal.toString(), false));
                literal.setLength(0);
            }
            parts.add(new Part(name, true));
            at = next;
        }
        if (!literal.isEmpty()) {
            parts.add(new Part(literal.toString(), false));
        }
        return List.copyOf(parts);
    }

    /** The levels, where {@link #FILLED} stands for one with a placeholder. */
    private static String[] mask(List<Part> parts) {
        StringBuilder masked = new StringBuilder();
        parts.forEach(part -> masked.append(part.value ? FILLED : part.text));
        String[] levels = masked.toString().split("/", -1);
        for (int i = 0; i < levels.length; i++) {
            if (levels[i].contains(FILLED)) {
                levels[i] = FILLED;
            }
        }
        return levels;
    }

    /** Stands for a level with a placeholder in {@link #shape}; no filter has this character. */
    static final String FILLED = "\0";

    /** The levels as they are alike for all clients; not to be changed. */
    String[] shape() {
        return levels;
    }

    /** As it was written. */
    String text() {
        return text;
    }

    /** Whether it means this filter itself and not what it covers. */
    boolean isExact() {
        return exact;
    }

    /** Whether values are taken as they are, slashes too. */
    boolean isTrusting() {
        return trusting;
    }

    boolean hasPlaceholders() {
        return parts.size() > 1 || parts.getFirst().value;
    }

    /** The names of its placeholders. */
    List<String> placeholders() {
        return parts.stream().filter(Part::value).map(Part::text).toList();
    }

    /** The levels for a client; null where its values make this fit nothing. */
    String @Nullable [] levels(Question question, Effect effect) {
        if (!hasPlaceholders()) {
            return levels;
        }
        StringBuilder filled = new StringBuilder();
        for (Part part : parts) {
            String value = part.value ? question.value(part.text) : part.text;
            if (value == null || part.value && effect == Effect.ALLOW && !isHarmless(value, filled.isEmpty())) {
                return null;
            }
            filled.append(value);
        }
        return filled.isEmpty() ? null : filled.toString().split("/", -1);
    }

    /** Why {@link #levels} is null, for people. */
    String whyNot(Question question, Effect effect) {
        boolean first = true;
        for (Part part : parts) {
            String value = part.value ? question.value(part.text) : part.text;
            if (value == null) {
                return "the client has no " + part.text;
            }
            if (part.value && effect == Effect.ALLOW && !isHarmless(value, first)) {
                return "the client's " + part.text + " is empty or has characters that mean something in topics";
            }
            first &= value.isEmpty();
        }
        return "nothing is left of it";
    }

    private boolean isHarmless(String value, boolean first) {
        if (trusting) {
            return true;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '+' || c == '#' || c == '/' || c == 0) {
                return false;
            }
        }
        return !value.isEmpty() && !(first && value.startsWith("$"));
    }
}
