package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * The server refused something without which a call makes no sense: the subscription of a queue, a flow or a responder, or the
 * message of a request.
 */
public final class RequestRefused extends MqttException {
    private static final long serialVersionUID = 1;

    private final ReasonCode reason;
    private final @Nullable String reasonString;

    RequestRefused(String what, ReasonCode reason, Properties properties) {
        super(sentence(what, reason, properties.text(Property.REASON_STRING)), null);
        this.reason = reason;
        this.reasonString = properties.text(Property.REASON_STRING);
    }

    private static String sentence(String what, ReasonCode reason, @Nullable String words) {
        return what + ": " + reason.text() + (words == null ? "." : " (" + words + ").");
    }

    /** As in the server's answer; NO_MATCHING_SUBSCRIBERS where nobody is there to answer a request. */
    public ReasonCode reason() {
        return reason;
    }

    /** What the server added in words, or null. */
    public @Nullable String reasonString() {
        return reasonString;
    }
}
