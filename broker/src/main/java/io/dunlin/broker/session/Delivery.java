package io.dunlin.broker.session;

import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.SharedGroup;
import io.dunlin.protocol.packet.QoS;
import org.jspecify.annotations.Nullable;

/** One QoS 1 or 2 message on its way to one session: waiting, or in flight under a packet identifier. Thread: the shard. */
final class Delivery {
    final Message message;
    final QoS qos;
    final boolean retain;
    final int[] subscriptionIds;
    final @Nullable SharedGroup group;
    final long position;

    /** PUBREC came: the message is the client's, and only PUBREL and PUBCOMP are left [MQTT-4.3.3-6]. */
    boolean released;

    Delivery(
            Message message,
            QoS qos,
            boolean retain,
            int[] subscriptionIds,
            @Nullable SharedGroup group,
            long position) {
        this.message = message;
        this.qos = qos;
        this.retain = retain;
        this.subscriptionIds = subscriptionIds;
        this.group = group;
        this.position = position;
    }
}
