package io.dunlin.protocol.packet;

/** Quality of service (MQTT 5, section 4.3). The ordinal is the value on the wire. */
public enum QoS {
    AT_MOST_ONCE,
    AT_LEAST_ONCE,
    EXACTLY_ONCE;

    private static final QoS[] VALUES = values();

    /** The QoS of the wire value 0, 1 or 2. */
    public static QoS of(int value) {
        if (value < 0 || value >= VALUES.length) {
            throw new IllegalArgumentException("QoS must be 0, 1 or 2, not " + value);
        }
        return VALUES[value];
    }

    public int value() {
        return ordinal();
    }

    public QoS atMost(QoS limit) {
        return ordinal() <= limit.ordinal() ? this : limit;
    }
}
