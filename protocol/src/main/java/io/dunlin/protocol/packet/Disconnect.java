package io.dunlin.protocol.packet;

/** DISCONNECT (3.14). Before MQTT 5 only a client sends it, and it has neither reason nor properties. */
public record Disconnect(ReasonCode reason, Properties properties) implements Packet {
    public Disconnect(ReasonCode reason) {
        this(reason, Properties.NONE);
    }
}
