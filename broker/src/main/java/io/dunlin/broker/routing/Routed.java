package io.dunlin.broker.routing;

import io.dunlin.broker.port.Journal;

/**
 * What became of a message.
 *
 * @param destinations subscribers, shared groups and sinks that were found for it
 * @param position the journal position that must be stored before the message is acknowledged, {@link Journal#NOTHING} for
 *     none
 */
public record Routed(int destinations, long position) {
    static final Routed NOWHERE = new Routed(0, Journal.NOTHING);
    static final Routed TO_ONE = new Routed(1, Journal.NOTHING);
}
