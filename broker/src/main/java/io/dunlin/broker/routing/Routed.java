package io.dunlin.broker.routing;

/**
 * What became of a message.
 *
 * @param destinations subscribers, shared groups and sinks that were found for it
 * @param position the journal position that must be stored before the message is acknowledged, {@link #NOTHING_STORED} for
 *     none
 */
public record Routed(int destinations, long position) {
    public static final long NOTHING_STORED = Long.MIN_VALUE;

    static final Routed NOWHERE = new Routed(0, NOTHING_STORED);
    static final Routed TO_ONE = new Routed(1, NOTHING_STORED);
}
