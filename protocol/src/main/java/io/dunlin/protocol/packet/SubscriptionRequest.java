package io.dunlin.protocol.packet;

/**
 * One filter of a SUBSCRIBE with its options (3.8.3.1). The filter is text as it came: whether it is a valid filter is judged
 * by the receiver, which answers for each filter by itself.
 */
public record SubscriptionRequest(
        String filter, QoS maxQos, boolean noLocal, boolean retainAsPublished, RetainHandling retainHandling) {

    /** A subscription without MQTT 5 options. */
    public SubscriptionRequest(String filter, QoS maxQos) {
        this(filter, maxQos, false, false, RetainHandling.SEND);
    }
}
