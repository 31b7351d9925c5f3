package io.dunlin.protocol.packet;

/** PUBACK (3.4). */
public record Puback(int packetId, ReasonCode reason, Properties properties) implements Packet {
    /** Success without properties. */
    public Puback(int packetId) {
        this(packetId, ReasonCode.SUCCESS, Properties.NONE);
    }

    public Puback(int packetId, ReasonCode reason) {
        this(packetId, reason, Properties.NONE);
    }
}
