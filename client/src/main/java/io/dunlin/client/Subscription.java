package io.dunlin.client;

import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.SubscriptionRequest;

/**
 * One filter with its options (3.8.3.1); before MQTT 5 only filter and QoS are sent, and the rest is ignored. Immutable:
 * the methods that begin with {@code with} give a changed copy.
 *
 * <p>A filter {@code $share/group/filter} shares the messages with the other members of the group (4.8.2, MQTT 5).
 */
public record Subscription(
        String filter, QoS maxQos, boolean noLocal, boolean retainAsPublished, RetainHandling retainHandling) {

    /** QoS 0 and the default options. */
    public static Subscription of(String filter) {
        return new Subscription(filter, QoS.AT_MOST_ONCE, false, false, RetainHandling.SEND);
    }

    public Subscription withQos(QoS changed) {
        return new Subscription(filter, changed, noLocal, retainAsPublished, retainHandling);
    }

    /** 0, 1 or 2. */
    public Subscription withQos(int level) {
        return withQos(QoS.of(level));
    }

    /** As {@link #withNoLocal(boolean)} with true. */
    public Subscription withNoLocal() {
        return withNoLocal(true);
    }

    /** As {@link #withRetainAsPublished(boolean)} with true. */
    public Subscription withRetainAsPublished() {
        return withRetainAsPublished(true);
    }

    /** Without the messages that this client publishes itself. */
    public Subscription withNoLocal(boolean changed) {
        return new Subscription(filter, maxQos, changed, retainAsPublished, retainHandling);
    }

    /** With the retain flag as the publisher set it. */
    public Subscription withRetainAsPublished(boolean changed) {
        return new Subscription(filter, maxQos, noLocal, changed, retainHandling);
    }

    /** Which retained messages the server sends right after it granted the subscription (default all of them). */
    public Subscription withRetainHandling(RetainHandling changed) {
        return new Subscription(filter, maxQos, noLocal, retainAsPublished, changed);
    }

    SubscriptionRequest request() {
        return new SubscriptionRequest(filter, maxQos, noLocal, retainAsPublished, retainHandling);
    }
}
