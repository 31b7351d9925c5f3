package io.dunlin.broker.session;

import io.dunlin.broker.port.Message;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.util.concurrent.TimeUnit;

/** Makes the immutable message out of what a client published. */
final class Messages {
    private static final String SYSTEM_PREFIX = "$SYS/";

    private Messages() {}

    /** @param properties of the PUBLISH or the will; those that are not forwarded are left out here */
    static Message of(
            Session publisher, TopicName topic, QoS qos, boolean retain, Properties properties, byte[] payload) {
        return of(publisher.context(), publisher.clientId(), topic, qos, retain, properties, payload);
    }

    /** @param publisher a client id */
    static Message of(
            ShardContext context,
            String publisher,
            TopicName topic,
            QoS qos,
            boolean retain,
            Properties properties,
            byte[] payload) {
        long expirySeconds = properties.isEmpty() ? -1 : properties.number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
        long limitSeconds = context.core().options().messages().expirySecondsMax();
        if (limitSeconds > 0) {
            expirySeconds = expirySeconds < 0 ? limitSeconds : Math.min(expirySeconds, limitSeconds);
        }
        long expiresAtNanos =
                expirySeconds < 0 ? Message.NEVER : context.shard().nanos() + TimeUnit.SECONDS.toNanos(expirySeconds);
        return new Message(topic, qos, retain, forwarded(properties), payload, publisher, expiresAtNanos);
    }

    // [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20]
    private static Properties forwarded(Properties properties) {
        return properties.isEmpty()
                ? properties
                : properties.without(
                        Property.TOPIC_ALIAS, Property.MESSAGE_EXPIRY_INTERVAL, Property.WILL_DELAY_INTERVAL);
    }

    /** Whether only the broker itself may publish to it (MQTT 5, section 4.7.2). */
    static boolean isReserved(TopicName topic) {
        return topic.startsWithDollar() && topic.text().startsWith(SYSTEM_PREFIX);
    }

    static boolean isExpired(Message message, Shard shard) {
        return message.expiresAtNanos() != Message.NEVER && message.isExpired(shard.nanos());
    }

    /** What is left of its expiry in whole seconds, rounded up; -1 where it does not expire [MQTT-3.3.2-6]. */
    static long secondsLeft(Message message, long nowNanos) {
        if (message.expiresAtNanos() == Message.NEVER) {
            return -1;
        }
        return Math.max(0, Math.ceilDiv(message.expiresAtNanos() - nowNanos, 1_000_000_000L));
    }
}
