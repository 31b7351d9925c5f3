package io.dunlin.protocol.packet;

/** CONNACK (3.2). */
public record Connack(boolean sessionPresent, ReasonCode reason, Properties properties) implements Packet {}
