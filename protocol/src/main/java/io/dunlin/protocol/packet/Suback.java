package io.dunlin.protocol.packet;

import java.util.List;

/** SUBACK (3.9): one reason for each filter, in order. Before MQTT 5 any error is 0x80. */
public record Suback(int packetId, Properties properties, List<ReasonCode> reasons) implements Packet {
    public Suback {
        reasons = List.copyOf(reasons);
    }
}
