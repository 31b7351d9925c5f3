package io.dunlin.protocol.topic;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription matches: topic levels with + for one level and # at the end for any number (MQTT 5, section 4.7.1), with
 * the share name of a shared subscription apart (4.8.2). Immutable; compared character by character, share name included
 * [MQTT-3.10.4-1].
 */
public final class TopicFilter {
    private static final String SHARE_PREFIX = "$share/";

    private final String text;
    private final String filter;
    private final @Nullable String shareName;

    private TopicFilter(String text, String filter, @Nullable String shareName) {
        this.text = text;
        this.filter = filter;
        this.shareName = shareName;
    }

    /** @throws InvalidTopic with a sentence that says why */
    public static TopicFilter of(String text) {
        String filter = text;
        String shareName = null;
        if (text.startsWith(SHARE_PREFIX) || text.equals("$share")) {
            int slash = text.indexOf('/', SHARE_PREFIX.length());
            if (slash <= SHARE_PREFIX.length()) { // [MQTT-4.8.2-1] [MQTT-4.8.2-2]
                throw invalid("a shared subscription is $share/name/filter with a name and a filter");
            }
            shareName = text.substring(SHARE_PREFIX.length(), slash);
            filter = text.substring(slash + 1);
            if (shareName.indexOf('+') >= 0 || shareName.indexOf('#') >= 0) { // [MQTT-4.8.2-2]
                throw invalid("a share name has no wildcards");
            }
        }
        check(filter);
        if (TopicName.hasUnpairedSurrogate(text)) { // [MQTT-1.5.4-1] [MQTT311-1.5.3-1]
            throw invalid("a topic filter has no half characters");
        }
        if (text.length() * 3L > TopicName.BYTES_MAX
                && text.getBytes(StandardCharsets.UTF_8).length
                        > TopicName.BYTES_MAX) { // [MQTT-4.7.3-3] [MQTT311-4.7.3-3]
            throw invalid("a topic filter has at most 65,535 bytes");
        }
        return new TopicFilter(text, filter, shareName);
    }

    private static void check(String filter) {
        if (filter.isEmpty()) { // [MQTT-4.7.3-1] [MQTT311-4.7.3-1]
            throw invalid("a topic filter has at least one character");
        }
        int length = filter.length();
        for (int i = 0; i < length; i++) {
            char c = filter.charAt(i);
            if (c == 0) { // [MQTT-4.7.3-2] [MQTT311-4.7.3-2]
                throw invalid("a topic filter has no U+0000");
            }
            if (c == '#'
                    && (i != length - 1 || i > 0 && filter.charAt(i - 1) != '/')) { // [MQTT-4.7.1-1] [MQTT311-4.7.1-2]
                throw invalid("# stands alone or after a slash, and last");
            }
            if (c == '+' // [MQTT-4.7.1-2] [MQTT311-4.7.1-3]
                    && (i > 0 && filter.charAt(i - 1) != '/' || i < length - 1 && filter.charAt(i + 1) != '/')) {
                throw invalid("+ fills a whole level");
            }
        }
    }

    private static InvalidTopic invalid(String message) {
        return new InvalidTopic(message);
    }

    /** As the client wrote it, with $share and share name. */
    public String text() {
        return text;
    }

    /** What is matched: the text without $share and share name. */
    public String filter() {
        return filter;
    }

    public @Nullable String shareName() {
        return shareName;
    }

    public boolean isShared() {
        return shareName != null;
    }

    /** The levels of {@link #filter}, split anew each time: a subscription is kept for long and split seldom. */
    public String[] levels() {
        return filter.split("/", -1);
    }

    public boolean hasWildcard() {
        return filter.indexOf('+') >= 0 || filter.indexOf('#') >= 0;
    }

    /** Whether a message with this topic goes to a subscription with this filter. */
    public boolean matches(TopicName topic) {
        String name = topic.text();
        char first = filter.charAt(0);
        if (topic.startsWithDollar() && (first == '+' || first == '#')) { // [MQTT-4.7.2-1] [MQTT311-4.7.2-1]
            return false;
        }
        int at = 0; // where a level begins, here and in the name
        int in = 0;
        while (true) {
            int end = endOfLevel(filter, at);
            int nameEnd = endOfLevel(name, in);
            if (filter.startsWith("#", at)) {
                return true;
            }
            if (!filter.startsWith("+", at)
                    && (end - at != nameEnd - in || !filter.regionMatches(at, name, in, end - at))) {
                return false;
            }
            if (nameEnd == name.length()) {
                return end == filter.length() || filter.startsWith("/#", end); // "a/#" matches "a" too
            }
            if (end == filter.length()) {
                return false;
            }
            at = end + 1;
            in = nameEnd + 1;
        }
    }

    private static int endOfLevel(String text, int from) {
        int slash = text.indexOf('/', from);
        return slash < 0 ? text.length() : slash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TopicFilter that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
