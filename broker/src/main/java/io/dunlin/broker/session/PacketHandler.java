package io.dunlin.broker.session;

import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolError;
import org.jspecify.annotations.Nullable;

/** What a connection does with what comes in: a {@link Handshake} before the CONNACK, a {@link Session} after it. */
interface PacketHandler {
    /** @throws ProtocolError where the packet may not come now or says what it may not */
    void onPacket(Packet packet);

    /** The client broke the protocol: answer as its version has it, and close. */
    void onProtocolError(ProtocolError error);

    /** The time that {@link Link#expectPackets} set has passed without a packet. */
    void onSilence();

    /** The socket took enough of what was pending. */
    void onDrained();

    /** The connection is gone without {@link Link#close} having been asked. */
    void onLost(@Nullable Throwable cause);
}
