package io.dunlin.broker.session;

import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.protocol.packet.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session without asking its shard. Immutable, and replaced as a whole by the shard when the client comes or goes:
 * any thread may read it. Times are milliseconds since 1970.
 *
 * @param connection of the client, or of its last one; null where it has had none since the broker started
 * @param version likewise
 * @param keepAliveSeconds what was negotiated, 0 for none
 * @param inFlightMax QoS 1 and 2 messages that the client takes at a time; 0 where it has had no connection
 * @param createdWallMillis 0 for a session of an earlier run of the broker
 * @param connectedWallMillis when its client was last let in, 0 for not in this run
 * @param disconnectedWallMillis when it lost its last connection, 0 while it has had but one
 */
public record SessionCard(
        @Nullable ConnectionInfo connection,
        @Nullable ProtocolVersion version,
        boolean connected,
        boolean cleanStart,
        int keepAliveSeconds,
        int inFlightMax,
        long expirySeconds,
        long createdWallMillis,
        long connectedWallMillis,
        long disconnectedWallMillis) {

    /** Of a session that begins; 0 where it began in an earlier run. */
    static SessionCard begun(long wallMillis) {
        return new SessionCard(null, null, false, false, 0, 0, 0, wallMillis, 0, 0);
    }

    SessionCard attached(Link link, Arrival arrival, long wallMillis) {
        Negotiated negotiated = arrival.negotiated();
        return new SessionCard(
                link.connection().info(),
                link.version(),
                true,
                arrival.connect().cleanStart(),
                negotiated.keepAliveSeconds(),
                negotiated.receiveMaximum(),
                negotiated.sessionExpirySeconds(),
                createdWallMillis,
                wallMillis,
                disconnectedWallMillis);
    }

    SessionCard left(long expiry, long wallMillis) {
        return new SessionCard(
                connection,
                version,
                false,
                cleanStart,
                keepAliveSeconds,
                inFlightMax,
                expiry,
                createdWallMillis,
                connectedWallMillis,
                wallMillis);
    }
}
