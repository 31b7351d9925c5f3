package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.List;

/** The answer to a subscribe or unsubscribe: one reason for each filter, in the order of the request. */
public record SubscribeResult(int packetId, List<ReasonCode> reasons, Properties properties) {
    public SubscribeResult {
        reasons = List.copyOf(reasons);
    }

    /** Whether the server granted every filter. */
    public boolean isAccepted() {
        for (ReasonCode reason : reasons) {
            if (reason.isError()) {
                return false;
            }
        }
        return true;
    }
}
