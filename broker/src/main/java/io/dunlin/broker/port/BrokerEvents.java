package io.dunlin.broker.port;

import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;

/** What happens to clients, for logs, $SYS and consoles. Called on the client's shard: must not block. */
public interface BrokerEvents {
    /** After the CONNACK. */
    default void connected(
            Principal principal,
            ConnectionInfo connection,
            ProtocolVersion version,
            boolean cleanStart,
            int keepAliveSeconds,
            long sessionExpirySeconds) {}

    /** @param message why, for people */
    default void disconnected(Principal principal, ReasonCode reason, String message) {}

    default void subscribed(Principal principal, String filter, QoS granted) {}

    default void unsubscribed(Principal principal, String filter) {}

    /** A connection that never became a client: refused, or broken before its CONNACK. */
    default void refused(ConnectionInfo connection, String clientId, ReasonCode reason, String message) {}

    /** A client may not do this: its message is not taken or not sent, or its subscription is not made or is taken away. */
    default void denied(Principal principal, Authorizer.Action action, String topic) {}

    /**
     * A client has run into a limit: what it wanted was refused, or it was slowed down or disconnected. May come as often as packets do.
     *
     * @param clientId "" before its CONNECT
     */
    default void limited(String clientId, ConnectionInfo connection, ClientLimit limit, String message) {}

    /** Tells nobody. */
    BrokerEvents NONE = new BrokerEvents() {};
}
