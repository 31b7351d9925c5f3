package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * How a publish ended: written to the socket (QoS 0, always SUCCESS), PUBACK (QoS 1), PUBCOMP or a refusing PUBREC (QoS 2).
 * {@code packetId} is 0 at QoS 0.
 */
public record PublishResult(int packetId, ReasonCode reason, Properties properties) {
    static final PublishResult WRITTEN = new PublishResult(0, ReasonCode.SUCCESS, Properties.NONE);

    /** Whether the server took the message; NO_MATCHING_SUBSCRIBERS is a success. */
    public boolean isAccepted() {
        return !reason.isError();
    }

    /** What the server added in words, or null. */
    public @Nullable String reasonString() {
        return properties.text(Property.REASON_STRING);
    }
}
