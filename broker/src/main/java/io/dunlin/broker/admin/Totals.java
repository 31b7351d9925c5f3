package io.dunlin.broker.admin;

/**
 * How much there is at this moment.
 *
 * @param connected clients with a connection
 * @param connectedMax the highest that {@code connected} has been
 * @param sessions with and without a connection
 * @param queuedMessages waiting in sessions, in flight included
 */
public record Totals(
        long connected,
        long connectedMax,
        long sessions,
        long subscriptions,
        long sharedSubscriptions,
        long retainedMessages,
        long retainedBytes,
        long queuedMessages,
        long queuedBytes) {}
