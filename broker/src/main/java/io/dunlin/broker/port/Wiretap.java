package io.dunlin.broker.port;

import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * Listens to the packets of connections, as they are after decryption. While there is none, connections know nothing of it. Called on the
 * shards, of one connection never by two at once: must not block.
 */
public interface Wiretap {
    /**
     * A connection as far as it is known.
     *
     * @param number no two connections have the same
     * @param clientId "" before its CONNECT
     * @param username null before its CONNECT, and without one; what the CONNECT says until the client has logged in
     * @param version of MQTT, once there was a CONNECT
     */
    record Tapped(
            long number,
            ConnectionInfo info,
            String clientId,
            @Nullable String username,
            ProtocolVersion version) {}

    /** Whether a connection is wanted. */
    enum Interest {
        YES,
        NO,
        /** It depends on who the client is. */
        ONCE_KNOWN
    }

    /** Asked when a connection comes, at its CONNECT, and when its client has logged in: from then on "once known" is no. */
    Interest interest(Tapped connection);

    /** Whether it can take so many bytes more at this moment: where not, they are not even copied. */
    boolean hasRoom(int bytes);

    /**
     * Packets came or went.
     *
     * @param in whether from the client
     * @param nanos when, in the time of the broker's clock
     * @param packets whole packets; not to be changed
     */
    void packets(Tapped connection, boolean in, long nanos, byte[] packets);

    /** Packets came or went for which there was no room. */
    void missed(Tapped connection, int bytes);

    /**
     * The client has broken the protocol.
     *
     * @param rest the packet that cannot be read, or its beginning; empty where it was readable and wrong: then it has been told already
     */
    void broken(Tapped connection, long nanos, byte[] rest, ProtocolError error);

    /** The connection has ended. */
    void ended(Tapped connection, long nanos);
}
