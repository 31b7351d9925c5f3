package io.dunlin.protocol.packet;

/** AUTH (3.15), MQTT 5 only. */
public record Auth(ReasonCode reason, Properties properties) implements Packet {}
