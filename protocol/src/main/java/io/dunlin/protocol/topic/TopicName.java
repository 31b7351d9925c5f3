package io.dunlin.protocol.topic;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The topic of a message: at least one character, at most 65,535 bytes, no wildcard and no U+0000 (MQTT 5, section 4.7).
 * Immutable; keeps its bytes, so that forwarding encodes nothing.
 */
public final class TopicName {
    public static final int BYTES_MAX = 65_535;

    /** Stands in a PUBLISH whose topic is given by an alias. */
    public static final TopicName EMPTY = new TopicName("", new byte[0]);

    private final String text;
    private final byte[] utf8;
    private String @Nullable [] levels; // split at first use; a race only splits twice

    private TopicName(String text, byte[] utf8) {
        this.text = text;
        this.utf8 = utf8;
    }

    /** @throws InvalidTopic where the text is no topic name */
    public static TopicName of(String text) {
        if (hasUnpairedSurrogate(text)) {
            throw invalid("a topic name has no half characters"); // [MQTT-1.5.4-1] [MQTT311-1.5.3-1]
        }
        return of(text, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Of text whose UTF-8 form is at hand. The array is kept: the caller does not change it.
     *
     * @throws InvalidTopic where the text is no topic name
     */
    public static TopicName of(String text, byte[] utf8) {
        if (text.isEmpty()) {
            throw invalid("a topic name has at least one character"); // [MQTT-4.7.3-1] [MQTT311-4.7.3-1]
        }
        if (utf8.length > BYTES_MAX) {
            throw invalid("a topic name has at most 65,535 bytes"); // [MQTT-4.7.3-3] [MQTT311-4.7.3-3]
        }
        for (byte b : utf8) {
            if (b == '+' || b == '#') {
                // [MQTT-3.3.2-2] [MQTT-4.7.0-1] [MQTT311-3.3.2-2] [MQTT311-4.7.1-1]
                throw invalid("a topic name has no wildcards");
            }
            if (b == 0) {
                throw invalid("a topic name has no U+0000"); // [MQTT-4.7.3-2] [MQTT311-4.7.3-2]
            }
        }
        return new TopicName(text, utf8);
    }

    static boolean hasUnpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static InvalidTopic invalid(String message) {
        return new InvalidTopic(message);
    }

    public String text() {
        return text;
    }

    /** The array itself, not a copy: not to be changed. */
    public byte[] utf8() {
        return utf8;
    }

    /** The levels between the slashes, empty ones included: "/a/" has three. Not to be changed. */
    public String[] levels() {
        String[] known = levels;
        if (known == null) {
            known = text.split("/", -1);
            levels = known;
        }
        return known;
    }

    public boolean isEmpty() {
        return utf8.length == 0;
    }

    /** Topics that start with $ are not matched by filters that start with a wildcard [MQTT-4.7.2-1]. */
    public boolean startsWithDollar() {
        return utf8.length > 0 && utf8[0] == '$';
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof TopicName that && text.equals(that.text);
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
