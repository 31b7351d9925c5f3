package io.dunlin.broker.port;

import io.dunlin.protocol.packet.QoS;

/**
 * What the core may be told. Immutable; replaced as a whole at a reload, and read at the moment of use, except where a value
 * was negotiated with a client at CONNECT. Every limit has a counter of the same name among the broker's counters.
 */
public record BrokerOptions(
        Features features,
        ConnectionLimits connections,
        SessionLimits sessions,
        MessageLimits messages,
        AbuseLimits abuse,
        DurabilityRules durability) {

    public static final BrokerOptions DEFAULTS = new BrokerOptions(
            Features.DEFAULTS,
            ConnectionLimits.DEFAULTS,
            SessionLimits.DEFAULTS,
            MessageLimits.DEFAULTS,
            AbuseLimits.DEFAULTS,
            DurabilityRules.DEFAULTS);

    /** How a message for a shared subscription finds its member. */
    public enum SharedStrategy {
        /** Each member in turn. */
        ROUND_ROBIN,
        /** One member until it leaves. */
        STICKY,
        /** The same member for the same publisher. */
        HASH_PUBLISHER
    }

    /** What happens when a session's queue is full. */
    public enum QueuePolicy {
        DROP_NEWEST,
        DROP_OLDEST,
        DISCONNECT
    }

    /**
     * What of MQTT is offered; told to MQTT 5 clients in the CONNACK.
     *
     * @param serverReference where clients are sent at shutdown, "" for nowhere
     * @param responseInformation the topic prefix given to clients that ask for it, "" for none
     */
    public record Features(
            QoS maximumQos,
            boolean retain,
            boolean wildcardSubscriptions,
            boolean sharedSubscriptions,
            boolean subscriptionIdentifiers,
            boolean emptyClientIds,
            SharedStrategy sharedStrategy,
            String serverReference,
            String responseInformation) {
        public static final Features DEFAULTS =
                new Features(QoS.EXACTLY_ONCE, true, true, true, true, true, SharedStrategy.ROUND_ROBIN, "", "");
    }

    /**
     * @param connectTimeoutSeconds from accept to a complete CONNECT
     * @param connectionsMax in all; more are refused with SERVER_BUSY
     * @param connectsPerSecondMax for each shard; 0 for no limit
     * @param packetBytesMax the largest packet taken from a client
     * @param keepAliveSecondsMax told as server keep alive where a client asks for more or for none; 0 for no limit
     * @param receiveMaximum QoS 1 and 2 messages that one client may have unacknowledged towards the broker
     * @param topicAliasMaximum aliases that one client may use towards the broker
     * @param topicAliasMaximumOut aliases that the broker uses towards one client, where the client allows as many
     * @param clientIdBytesMax of a client id
     * @param messagesPerSecondMax published by one client; reading pauses beyond; 0 for no limit
     * @param bytesPerSecondMax published by one client; reading pauses beyond; 0 for no limit
     */
    public record ConnectionLimits(
            int connectTimeoutSeconds,
            int connectionsMax,
            int connectsPerSecondMax,
            int packetBytesMax,
            int keepAliveSecondsMax,
            int receiveMaximum,
            int topicAliasMaximum,
            int topicAliasMaximumOut,
            int clientIdBytesMax,
            int messagesPerSecondMax,
            long bytesPerSecondMax) {
        public static final ConnectionLimits DEFAULTS =
                new ConnectionLimits(10, 1_000_000, 0, 16 << 20, 0, 1_000, 64, 16, 1_024, 0, 0);
    }

    /**
     * @param sessionsMax in all, connected or not; more are refused with QUOTA_EXCEEDED
     * @param expirySecondsMax longest life without a connection; also that of persistent 3.1 and 3.1.1 sessions
     * @param subscriptionsMax for each session
     * @param inFlightMax QoS 1 and 2 messages unacknowledged by one client, where its Receive Maximum allows as many
     * @param queueMessagesMax waiting for one client
     * @param queueBytesMax waiting for one client
     * @param queuePolicy when either is reached
     * @param socketBytesMax pending on one connection; QoS 0 messages beyond are dropped
     */
    public record SessionLimits(
            int sessionsMax,
            long expirySecondsMax,
            int subscriptionsMax,
            int inFlightMax,
            int queueMessagesMax,
            long queueBytesMax,
            QueuePolicy queuePolicy,
            long socketBytesMax) {
        public static final SessionLimits DEFAULTS = new SessionLimits(
                5_000_000, 30L * 86_400, 100_000, 1_000, 100_000, 64L << 20, QueuePolicy.DROP_NEWEST, 8L << 20);
    }

    /**
     * @param retainedMax retained messages in all; more are refused with QUOTA_EXCEEDED
     * @param retainedBytesMax weight of the retained messages in all
     * @param expirySecondsMax longest life of a message; 0 for no limit
     * @param topicLevelsMax of a topic name or filter
     * @param memoryBytesMax weight of all messages waiting in sessions; beyond it new ones are dropped as the
     *     queue policy says, as if the session's own queue were full
     */
    public record MessageLimits(
            int retainedMax, long retainedBytesMax, long expirySecondsMax, int topicLevelsMax, long memoryBytesMax) {
        public static final MessageLimits DEFAULTS =
                new MessageLimits(5_000_000, Math.min(1L << 30, share(4, 64L << 20)), 0, 200, share(3, 64L << 20));
    }

    /**
     * What nobody needs who means well.
     *
     * @param packetBytesBeforeLoginMax the largest packet of a client that has not logged in
     * @param partialBytesMax what has come of packets that are not complete, in all; beyond it those wait in vain that got something
     *     longest ago, and their clients are disconnected with QUOTA_EXCEEDED
     * @param wildcardDepthMin levels that a filter must have before its first wildcard; 0 for no limit
     * @param filtersMax in one SUBSCRIBE or UNSUBSCRIBE
     * @param userPropertiesMax in one packet
     * @param willBytesMax payload of a will; more are refused with QUOTA_EXCEEDED
     * @param willsBytesMax weight of all wills; CONNECTs with a will are refused beyond with QUOTA_EXCEEDED
     * @param subscriptionsInAllMax of all sessions together
     * @param retainedPerClientMax retained messages that one client has published; 0 for no limit
     */
    public record AbuseLimits(
            int packetBytesBeforeLoginMax,
            long partialBytesMax,
            int wildcardDepthMin,
            int filtersMax,
            int userPropertiesMax,
            int willBytesMax,
            long willsBytesMax,
            int subscriptionsInAllMax,
            int retainedPerClientMax) {
        private static final int SUBSCRIPTION_BYTES = 2_048; // of heap for each, so that half of it remains

        public static final AbuseLimits DEFAULTS = new AbuseLimits(
                256 << 10,
                share(8, 48L << 20),
                0,
                10_000,
                1_000,
                65_535,
                share(8, 16L << 20),
                (int) Math.min(1 << 30, share(SUBSCRIPTION_BYTES, 50_000)),
                0);
    }

    /** A part of the heap, but no less than needed for a small one to be of use. */
    private static long share(int parts, long bytesMin) {
        return Math.max(bytesMin, Runtime.getRuntime().maxMemory() / parts);
    }
}
