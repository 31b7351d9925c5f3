package io.dunlin.protocol.packet;

/** PUBCOMP (3.7). */
public record Pubcomp(int packetId, ReasonCode reason, Properties properties) implements Packet {
    /** Success without properties. */
    public Pubcomp(int packetId) {
        this(packetId, ReasonCode.SUCCESS, Properties.NONE);
    }

    public Pubcomp(int packetId, ReasonCode reason) {
        this(packetId, reason, Properties.NONE);
    }
}
