package io.dunlin.protocol.packet;

import java.util.List;

/** UNSUBACK (3.11): one reason for each filter, in order; not on the wire before MQTT 5. */
public record Unsuback(int packetId, Properties properties, List<ReasonCode> reasons) implements Packet {
    public Unsuback {
        reasons = List.copyOf(reasons);
    }
}
