package io.dunlin.broker.session;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;

/** The property that tells people why something was refused (MQTT 5, section 3.1.2.11.7). */
final class ReasonString {
    private static final int CHARS_MAX = 250;

    private ReasonString() {}

    /** None for an empty message. */
    static Properties of(String message) {
        return message.isEmpty() ? Properties.NONE : Properties.of(Property.REASON_STRING, cut(message));
    }

    /** Short enough for any packet, whatever a client put into the names that it repeats. */
    static String cut(String message) {
        if (message.length() <= CHARS_MAX) {
            return message;
        }
        int end = Character.isHighSurrogate(message.charAt(CHARS_MAX - 1)) ? CHARS_MAX - 1 : CHARS_MAX;
        return message.substring(0, end) + "...";
    }
}
