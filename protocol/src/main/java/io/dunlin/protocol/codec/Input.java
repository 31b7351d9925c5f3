package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicName;
import java.util.Arrays;

/**
 * A cursor over the body of one packet in an array: reads the data types of section 1.5 and refuses to read beyond the end.
 * One per decoder, used again for each packet.
 */
final class Input {
    private byte[] bytes = Wire.NO_BYTES;
    private int position;
    private int limit;
    private int userPropertiesMax = Integer.MAX_VALUE;
    private int filtersMax = Integer.MAX_VALUE;

    void itemsMax(int userProperties, int filters) {
        userPropertiesMax = userProperties;
        filtersMax = filters;
    }

    /** @throws ProtocolError where one packet may not have so many */
    void userProperties(int count) {
        if (count > userPropertiesMax) {
            throw new ProtocolError(
                    ReasonCode.QUOTA_EXCEEDED, "more than " + userPropertiesMax + " user properties in one packet");
        }
    }

    /** @throws ProtocolError where one packet may not have so many */
    void filters(int count) {
        if (count > filtersMax) {
            throw new ProtocolError(
                    ReasonCode.QUOTA_EXCEEDED, "more than " + filtersMax + " topic filters in one packet");
        }
    }

    void reset(byte[] array, int from, int to) {
        bytes = array;
        position = from;
        limit = to;
    }

    /** Lets go of the array. */
    void clear() {
        reset(Wire.NO_BYTES, 0, 0);
    }

    int remaining() {
        return limit - position;
    }

    int limit() {
        return limit;
    }

    /** Narrows the input to its next so many bytes; {@link #widen} undoes it. */
    void narrow(int length) {
        need(length);
        limit = position + length;
    }

    void widen(int formerLimit) {
        limit = formerLimit;
    }

    /** The next byte, which stays; there must be one. */
    int peek() {
        return bytes[position] & 0xFF;
    }

    int oneByte() {
        need(1);
        return bytes[position++] & 0xFF;
    }

    int twoBytes() {
        need(2);
        int value = (bytes[position] & 0xFF) << 8 | bytes[position + 1] & 0xFF;
        position += 2;
        return value;
    }

    long fourBytes() {
        return (long) twoBytes() << 16 | twoBytes();
    }

    /** A variable byte integer in its shortest form. */
    int variable() {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int b = oneByte();
            value |= (b & 0x7F) << shift;
            if (b < 0x80) {
                if (b == 0 && shift > 0) { // [MQTT-1.5.5-1]
                    throw Wire.malformed("a variable byte integer is longer than it need be");
                }
                return value;
            }
        }
        throw Wire.malformed("a variable byte integer has more than four bytes");
    }

    byte[] binary() {
        return raw(twoBytes());
    }

    /** All that is left. */
    byte[] rest() {
        return raw(limit - position);
    }

    private byte[] raw(int length) {
        need(length);
        if (length == 0) {
            return Wire.NO_BYTES;
        }
        byte[] copy = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return copy;
    }

    String text() {
        int length = twoBytes();
        need(length);
        String text = Utf8.decode(bytes, position, length);
        position += length;
        return text;
    }

    /** A topic name, or {@link TopicName#EMPTY}. */
    TopicName topic(TopicCache topics) {
        int length = twoBytes();
        need(length);
        int from = position;
        position += length;
        if (length == 0) {
            return TopicName.EMPTY;
        }
        try {
            return topics.intern(bytes, from, length);
        } catch (InvalidTopic e) {
            throw new ProtocolError(ReasonCode.TOPIC_NAME_INVALID, String.valueOf(e.getMessage()));
        }
    }

    int packetId() {
        int id = twoBytes();
        if (id == 0) { // [MQTT-2.2.1-3] [MQTT-2.2.1-4] [MQTT311-2.3.1-1]
            throw Wire.protocolError("a packet identifier is never 0");
        }
        return id;
    }

    void expectEnd() {
        if (position != limit) {
            throw Wire.malformed("the packet is longer than its content");
        }
    }

    private void need(int length) {
        if (length > limit - position) {
            throw Wire.malformed("the packet ends in the middle of a field");
        }
    }
}
