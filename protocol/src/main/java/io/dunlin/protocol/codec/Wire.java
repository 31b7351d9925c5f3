package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;

/** Packet types, and the writing of the data types of section 1.5. */
final class Wire {
    static final int CONNECT = 1;
    static final int CONNACK = 2;
    static final int PUBLISH = 3;
    static final int PUBACK = 4;
    static final int PUBREC = 5;
    static final int PUBREL = 6;
    static final int PUBCOMP = 7;
    static final int SUBSCRIBE = 8;
    static final int SUBACK = 9;
    static final int UNSUBSCRIBE = 10;
    static final int UNSUBACK = 11;
    static final int PINGREQ = 12;
    static final int PINGRESP = 13;
    static final int DISCONNECT = 14;
    static final int AUTH = 15;

    /** The largest variable byte integer, and so the most bytes after the fixed header. */
    static final int VARIABLE_MAX = 268_435_455;

    static final byte[] NO_BYTES = new byte[0];

    private Wire() {}

    static ProtocolError malformed(String message) {
        return new ProtocolError(ReasonCode.MALFORMED_PACKET, message);
    }

    static ProtocolError protocolError(String message) {
        return new ProtocolError(ReasonCode.PROTOCOL_ERROR, message);
    }

    /** How many bytes the shortest encoding of the value takes: 1 to 4. */
    static int variableBytes(int value) { // [MQTT-1.5.5-1]
        if (value < 0 || value > VARIABLE_MAX) {
            throw new IllegalArgumentException("a variable byte integer is 0 to 268,435,455, not " + value);
        }
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
    }

    static void putVariable(int value, ByteBuffer out) { // [MQTT-1.5.5-1]
        int rest = value;
        while (rest > 0x7F) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    static int textBytes(String text) {
        return Short.BYTES + shortLength(Utf8.bytes(text));
    }

    static void putText(String text, ByteBuffer out) {
        int bytes = Utf8.bytes(text);
        out.putShort((short) bytes);
        Utf8.put(text, bytes, out);
    }

    static int binaryBytes(byte[] bytes) {
        return Short.BYTES + shortLength(bytes.length);
    }

    static void putBinary(byte[] bytes, ByteBuffer out) {
        out.putShort((short) bytes.length).put(bytes);
    }

    private static int shortLength(int length) {
        if (length > 0xFFFF) {
            throw new IllegalArgumentException("text and binary data have at most 65,535 bytes, not " + length);
        }
        return length;
    }
}
