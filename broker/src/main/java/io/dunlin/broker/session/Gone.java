package io.dunlin.broker.session;

import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolError;
import org.jspecify.annotations.Nullable;

/** What happens on a connection that its session has left: nothing, until it is closed. */
final class Gone implements PacketHandler {
    static final PacketHandler HANDLER = new Gone();

    private Gone() {}

    @Override
    public void onPacket(Packet packet) {
        // it came after the session was taken over or told to end
    }

    @Override
    public void onProtocolError(ProtocolError error) {
        // the connection is being closed
    }

    @Override
    public void onSilence() {
        // the connection is being closed
    }

    @Override
    public void onDrained() {
        // nobody waits for it
    }

    @Override
    public void onLost(@Nullable Throwable cause) {
        // the session has left already
    }
}
