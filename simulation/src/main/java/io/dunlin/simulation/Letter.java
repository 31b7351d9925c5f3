package io.dunlin.simulation;

import io.dunlin.protocol.packet.QoS;
import java.nio.ByteBuffer;

/** One application message and what its publisher knows of it. The number is its place among the messages of the run. */
final class Letter {
    static final long NEVER = Long.MAX_VALUE;
    static final int PAYLOAD_MIN = 8;
    private static final int MAGIC = 0x44_55_4E_4C;

    final int number;
    final int publisher;
    final int topic;
    final QoS qos;
    final boolean retain;
    final int expirySeconds; // 0 for none
    final byte[] payload;
    final boolean isWill;

    long sentStep = NEVER; // first
    long sentNanos; // last
    long lastSentStep;
    long ackedStep = NEVER; // PUBACK or PUBREC came, without an error
    boolean refused;

    Letter(
            int number,
            int publisher,
            int topic,
            QoS qos,
            boolean retain,
            int expirySeconds,
            int payloadBytes,
            boolean isWill) {
        this.number = number;
        this.publisher = publisher;
        this.topic = topic;
        this.qos = qos;
        this.retain = retain;
        this.expirySeconds = expirySeconds;
        this.isWill = isWill;
        this.payload = payload(number, payloadBytes);
    }

    private static byte[] payload(int number, int bytes) {
        if (bytes == 0) {
            return new byte[0]; // takes away what is retained
        }
        byte[] payload = new byte[Math.max(bytes, PAYLOAD_MIN)];
        ByteBuffer.wrap(payload).putInt(MAGIC).putInt(number);
        for (int i = PAYLOAD_MIN; i < payload.length; i++) {
            payload[i] = (byte) (number * 31 + i);
        }
        return payload;
    }

    /** The number that a payload names, or -1 where it is none of ours. */
    static int number(byte[] payload) {
        if (payload.length < PAYLOAD_MIN) {
            return -1;
        }
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        return bytes.getInt() == MAGIC ? bytes.getInt() : -1;
    }

    /** Takes away what is retained; its number travels nowhere, so its deliveries are not watched. */
    boolean isRemoval() {
        return payload.length == 0;
    }

    boolean isAcknowledged() {
        return ackedStep != NEVER;
    }

    @Override
    public String toString() {
        return (isWill ? "will " : "message ") + number + " (QoS " + qos.value() + (retain ? ", retained" : "")
                + ", of client " + publisher + ")";
    }
}
