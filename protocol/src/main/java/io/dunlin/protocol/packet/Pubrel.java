package io.dunlin.protocol.packet;

/** PUBREL (3.6). */
public record Pubrel(int packetId, ReasonCode reason, Properties properties) implements Packet {
    /** Success without properties. */
    public Pubrel(int packetId) {
        this(packetId, ReasonCode.SUCCESS, Properties.NONE);
    }

    public Pubrel(int packetId, ReasonCode reason) {
        this(packetId, reason, Properties.NONE);
    }
}
