package io.dunlin.server.config;

import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.BrokerOptions.QueuePolicy;
import io.dunlin.broker.port.BrokerOptions.SharedStrategy;
import io.dunlin.broker.port.DurabilityRules;
import io.dunlin.protocol.packet.QoS;
import java.time.Duration;
import java.util.Optional;

/** What of MQTT is offered, and the limits: all of {@link BrokerOptions}, under mosquitto's names where it has one. */
public record MqttConfig(
        @Setting(value = "Highest QoS that is offered", byDefault = "2", min = "0", max = "2")
        int maximumQos,

        @Setting(value = "Offer retained messages", byDefault = "true")
        boolean retainAvailable,

        @Setting(value = "Offer `+` and `#` in filters", byDefault = "true")
        boolean wildcardSubscriptions,

        @Setting(value = "Offer `$share` subscriptions", byDefault = "true")
        boolean sharedSubscriptions,

        @Setting(value = "Offer subscription identifiers", byDefault = "true")
        boolean subscriptionIdentifiers,

        @Setting(value = "Give a client id to clients that come without one", byDefault = "true")
        boolean allowZeroLengthClientid,

        @Setting(value = "How a shared subscription chooses its member", byDefault = "round-robin")
        SharedStrategy sharedSubscriptionStrategy,

        @Setting("Address of another server, told to MQTT 5 clients at shutdown")
        Optional<String> serverReference,

        @Setting("Topic prefix for answers, told to MQTT 5 clients that ask for it")
        Optional<String> responseInformation,

        @Setting(
                value = "From accepting a connection to its complete CONNECT",
                byDefault = "10s",
                min = "1s",
                max = "1h")
        Duration connectTimeout,

        @Setting(
                value = "Clients at the same time on all listeners; more are refused with 0x89, server busy",
                byDefault = "1000000",
                min = "1")
        int maxConnections,

        @Setting(value = "CONNECTs a second on each shard; 0 for no limit", byDefault = "0", min = "0")
        int maxConnectsPerSecond,

        @Setting(value = "Largest packet taken from a client", byDefault = "16MiB", min = "128", max = "268435460")
        Size maxPacketSize,

        @Setting(
                value = "Longest keep alive, told to MQTT 5 clients that ask for more or for none; 0s for no limit",
                byDefault = "0s",
                min = "0s",
                max = "65535s")
        Duration maxKeepalive,

        @Setting(
                value = "QoS 1 and 2 messages that one client may send before the first is acknowledged",
                byDefault = "1000",
                min = "1",
                max = "65535")
        int receiveMaximum,

        @Setting(value = "Topic aliases that one client may use", byDefault = "64", min = "0", max = "65535")
        int maxTopicAlias,

        @Setting(
                value = "Topic aliases used towards one client that allows as many",
                byDefault = "16",
                min = "0",
                max = "65535")
        int maxTopicAliasOut,

        @Setting(value = "Longest client id, as UTF-8", byDefault = "1KiB", min = "23", max = "65535")
        Size maxClientidSize,

        @Setting(
                value = "Messages a second published by one client; it is slowed beyond; 0 for no limit",
                byDefault = "0",
                min = "0")
        int maxMessagesPerSecond,

        @Setting(
                value = "Bytes a second published by one client; it is slowed beyond; 0 for no limit",
                byDefault = "0",
                min = "0")
        Size maxBytesPerSecond,

        @Setting(
                value = "Sessions in all, connected or not; more are refused with 0x97, quota exceeded",
                byDefault = "5000000",
                min = "1")
        int maxSessions,

        @Setting(
                value = "Longest life of a session without a connection; also that of persistent sessions of MQTT 3",
                byDefault = "30d",
                min = "0s",
                max = "4294967295s")
        Duration sessionExpiryInterval,

        @Setting(value = "Subscriptions of one session", byDefault = "100000", min = "1")
        int maxSubscriptions,

        @Setting(
                value = "QoS 1 and 2 messages under way to one client that allows as many",
                byDefault = "1000",
                min = "1",
                max = "65535")
        int maxInflightMessages,

        @Setting(value = "Messages waiting for one client", byDefault = "100000", min = "1")
        int maxQueuedMessages,

        @Setting(value = "Bytes waiting for one client", byDefault = "64MiB", min = "1KiB")
        Size maxQueuedBytes,

        @Setting(value = "What happens when a client's queue is full", byDefault = "drop-newest")
        QueuePolicy queueFullPolicy,

        @Setting(
                value = "Bytes pending on one connection; QoS 0 messages beyond are dropped",
                byDefault = "8MiB",
                min = "64KiB")
        Size maxSocketBytes,

        @Setting(
                value = "Retained messages in all; more are refused with 0x97, quota exceeded",
                byDefault = "5000000",
                min = "0")
        int maxRetainedMessages,

        @Setting(
                value =
                        "Bytes of the retained messages in all. Without it, a quarter of the Java heap, at least 64MiB and at most 1GiB",
                min = "0")
        Optional<Size> maxRetainedBytes,

        @Setting(
                value = "Longest life of a message; 0s for no limit",
                byDefault = "0s",
                min = "0s",
                max = "4294967295s")
        Duration maxMessageExpiryInterval,

        @Setting(value = "Levels of a topic or filter", byDefault = "200", min = "1", max = "65535")
        int maxTopicLevels,

        @Setting(
                value =
                        "Bytes of the waiting messages that are in memory; beyond it those that the store has leave the memory, and others are"
                                + " dropped by the queue-full policy. Without it, a third of the Java heap, at least 64MiB",
                min = "1MiB")
        Optional<Size> memoryLimit) {

    /** As the core takes it. */
    public BrokerOptions toBrokerOptions(LimitsConfig limits, DurabilityRules durability) {
        return new BrokerOptions(features(), connections(), sessions(), messages(), limits.toAbuseLimits(), durability);
    }

    private BrokerOptions.Features features() {
        return new BrokerOptions.Features(
                QoS.values()[maximumQos],
                retainAvailable,
                wildcardSubscriptions,
                sharedSubscriptions,
                subscriptionIdentifiers,
                allowZeroLengthClientid,
                sharedSubscriptionStrategy,
                serverReference.orElse(""),
                responseInformation.orElse(""));
    }

    private BrokerOptions.ConnectionLimits connections() {
        return new BrokerOptions.ConnectionLimits(
                (int) wholeSeconds(connectTimeout),
                maxConnections,
                maxConnectsPerSecond,
                (int) maxPacketSize.bytes(),
                (int) wholeSeconds(maxKeepalive),
                receiveMaximum,
                maxTopicAlias,
                maxTopicAliasOut,
                (int) maxClientidSize.bytes(),
                maxMessagesPerSecond,
                maxBytesPerSecond.bytes());
    }

    private BrokerOptions.SessionLimits sessions() {
        return new BrokerOptions.SessionLimits(
                maxSessions,
                wholeSeconds(sessionExpiryInterval),
                maxSubscriptions,
                maxInflightMessages,
                maxQueuedMessages,
                maxQueuedBytes.bytes(),
                queueFullPolicy,
                maxSocketBytes.bytes());
    }

    private BrokerOptions.MessageLimits messages() {
        return new BrokerOptions.MessageLimits(
                maxRetainedMessages,
                maxRetainedBytes.map(Size::bytes).orElse(BrokerOptions.MessageLimits.DEFAULTS.retainedBytesMax()),
                wholeSeconds(maxMessageExpiryInterval),
                maxTopicLevels,
                memoryLimit.map(Size::bytes).orElse(BrokerOptions.MessageLimits.DEFAULTS.memoryBytesMax()));
    }

    /** Rounded up, so that a limit of half a second does not become none. */
    private static long wholeSeconds(Duration time) {
        return time.plusNanos(999_999_999).toSeconds();
    }
}
