package io.dunlin.client;

import io.dunlin.protocol.packet.Packet;

/** A packet that went out or came in, for debugging. */
public record PacketTrace(boolean sent, Packet packet) {}
