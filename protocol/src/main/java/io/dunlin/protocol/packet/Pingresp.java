package io.dunlin.protocol.packet;

/** PINGRESP (3.13). */
public record Pingresp() implements Packet {
    public static final Pingresp INSTANCE = new Pingresp();
}
