package io.dunlin.broker.session;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Properties;

/**
 * A client that was let in and wants its session.
 *
 * @param connackProperties what the CONNACK says whatever becomes of the session
 * @param reviews the number of the last review when the client asked to come in
 * @param durability what acknowledgements to this client wait for, where no topic says otherwise
 */
record Arrival(
        Link link,
        Connect connect,
        Principal principal,
        long reviews,
        Negotiated negotiated,
        Properties connackProperties,
        Durability durability) {}
