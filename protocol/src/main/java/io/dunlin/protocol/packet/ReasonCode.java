package io.dunlin.protocol.packet;

import org.jspecify.annotations.Nullable;

/**
 * The reason codes of MQTT 5 (section 2.4). Packets of 3.1 and 3.1.1 are given the nearest of them; the codec maps CONNACK
 * return codes both ways.
 */
public enum ReasonCode {
    SUCCESS(0x00, "Success (also Normal disconnection and Granted QoS 0)"),
    GRANTED_QOS_1(0x01, "Granted QoS 1"),
    GRANTED_QOS_2(0x02, "Granted QoS 2"),
    DISCONNECT_WITH_WILL(0x04, "Disconnect with will message"),
    NO_MATCHING_SUBSCRIBERS(0x10, "No matching subscribers"),
    NO_SUBSCRIPTION_EXISTED(0x11, "No subscription existed"),
    CONTINUE_AUTHENTICATION(0x18, "Continue authentication"),
    REAUTHENTICATE(0x19, "Re-authenticate"),
    UNSPECIFIED_ERROR(0x80, "Unspecified error"),
    MALFORMED_PACKET(0x81, "Malformed packet"),
    PROTOCOL_ERROR(0x82, "Protocol error"),
    IMPLEMENTATION_SPECIFIC_ERROR(0x83, "Implementation specific error"),
    UNSUPPORTED_PROTOCOL_VERSION(0x84, "Unsupported protocol version"),
    CLIENT_IDENTIFIER_NOT_VALID(0x85, "Client identifier not valid"),
    BAD_USER_NAME_OR_PASSWORD(0x86, "Bad user name or password"),
    NOT_AUTHORIZED(0x87, "Not authorized"),
    SERVER_UNAVAILABLE(0x88, "Server unavailable"),
    SERVER_BUSY(0x89, "Server busy"),
    BANNED(0x8A, "Banned"),
    SERVER_SHUTTING_DOWN(0x8B, "Server shutting down"),
    BAD_AUTHENTICATION_METHOD(0x8C, "Bad authentication method"),
    KEEP_ALIVE_TIMEOUT(0x8D, "Keep alive timeout"),
    SESSION_TAKEN_OVER(0x8E, "Session taken over"),
    TOPIC_FILTER_INVALID(0x8F, "Topic filter invalid"),
    TOPIC_NAME_INVALID(0x90, "Topic name invalid"),
    PACKET_IDENTIFIER_IN_USE(0x91, "Packet identifier in use"),
    PACKET_IDENTIFIER_NOT_FOUND(0x92, "Packet identifier not found"),
    RECEIVE_MAXIMUM_EXCEEDED(0x93, "Receive maximum exceeded"),
    TOPIC_ALIAS_INVALID(0x94, "Topic alias invalid"),
    PACKET_TOO_LARGE(0x95, "Packet too large"),
    MESSAGE_RATE_TOO_HIGH(0x96, "Message rate too high"),
    QUOTA_EXCEEDED(0x97, "Quota exceeded"),
    ADMINISTRATIVE_ACTION(0x98, "Administrative action"),
    PAYLOAD_FORMAT_INVALID(0x99, "Payload format invalid"),
    RETAIN_NOT_SUPPORTED(0x9A, "Retain not supported"),
    QOS_NOT_SUPPORTED(0x9B, "QoS not supported"),
    USE_ANOTHER_SERVER(0x9C, "Use another server"),
    SERVER_MOVED(0x9D, "Server moved"),
    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9E, "Shared subscriptions not supported"),
    CONNECTION_RATE_EXCEEDED(0x9F, "Connection rate exceeded"),
    MAXIMUM_CONNECT_TIME(0xA0, "Maximum connect time"),
    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(0xA1, "Subscription identifiers not supported"),
    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(0xA2, "Wildcard subscriptions not supported");

    private static final @Nullable ReasonCode[] BY_VALUE = new ReasonCode[256];

    static {
        for (ReasonCode code : values()) {
            BY_VALUE[code.value] = code;
        }
    }

    private final int value;
    private final String text;

    ReasonCode(int value, String text) {
        this.value = value;
        this.text = text;
    }

    /** The code with this value, or null where the specification has none. */
    public static @Nullable ReasonCode of(int value) {
        return value < 0 || value > 255 ? null : BY_VALUE[value];
    }

    /** SUCCESS, GRANTED_QOS_1 or GRANTED_QOS_2. */
    public static ReasonCode granted(QoS qos) {
        return switch (qos) {
            case AT_MOST_ONCE -> SUCCESS;
            case AT_LEAST_ONCE -> GRANTED_QOS_1;
            case EXACTLY_ONCE -> GRANTED_QOS_2;
        };
    }

    public int value() {
        return value;
    }

    /** The name that the specification gives it, for people. */
    public String text() {
        return text;
    }

    /** 0x80 and above: what was asked did not happen. */
    public boolean isError() {
        return value >= 0x80;
    }
}
