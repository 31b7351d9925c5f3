package io.dunlin.broker.routing;

import io.dunlin.protocol.packet.QoS;
import org.jspecify.annotations.Nullable;

/**
 * How messages of one topic go to one subscriber: all its matching subscriptions in one. Immutable.
 *
 * @param qos the highest granted among them [MQTT-3.3.4-2]
 * @param subscriptionIds of all of them, in no particular order [MQTT-3.3.4-4]; not to be changed
 * @param own the same for messages that the subscriber published itself: this without the subscriptions with No Local; null
 *     where nothing is left
 * @param ownDiffers whether {@code own} is to be looked at: false where no subscription has No Local
 */
public record Recipient(
        Subscriber subscriber,
        QoS qos,
        boolean retainAsPublished,
        int[] subscriptionIds,
        boolean ownDiffers,
        @Nullable Recipient own) {

    /** This, or what holds for the publisher's own messages [MQTT-3.8.3-3]. */
    @Nullable
    Recipient forPublisher(String publisher) {
        return ownDiffers && publisher.equals(subscriber.clientId()) ? own : this;
    }
}
