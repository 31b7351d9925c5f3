package io.dunlin.protocol.packet;

/** PUBREC (3.5). */
public record Pubrec(int packetId, ReasonCode reason, Properties properties) implements Packet {
    /** Success without properties. */
    public Pubrec(int packetId) {
        this(packetId, ReasonCode.SUCCESS, Properties.NONE);
    }

    public Pubrec(int packetId, ReasonCode reason) {
        this(packetId, reason, Properties.NONE);
    }
}
