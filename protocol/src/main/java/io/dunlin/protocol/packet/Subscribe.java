package io.dunlin.protocol.packet;

import java.util.List;

/** SUBSCRIBE (3.8): at least one subscription. Before MQTT 5 only filter and QoS of each are set. */
public record Subscribe(int packetId, Properties properties, List<SubscriptionRequest> subscriptions)
        implements Packet {
    public Subscribe {
        subscriptions = List.copyOf(subscriptions);
    }
}
