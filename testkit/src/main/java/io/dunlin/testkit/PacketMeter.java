package io.dunlin.testkit;

/** Where packets begin and end in a stream of MQTT, byte by byte. What is in them does not matter. */
final class PacketMeter {
    private int type;
    private int lengthShift = -1; // at least 0 while the remaining length is read
    private int left; // bytes of the body that are to come
    private boolean inBody;

    /** Whether the next byte is the first of a packet. */
    boolean atStart() {
        return lengthShift < 0 && !inBody;
    }

    /** Takes one byte. True where a packet ends with it. */
    boolean take(byte b) {
        if (atStart()) {
            type = (b & 0xFF) >> 4;
            lengthShift = 0;
            left = 0;
            return false;
        }
        if (inBody) {
            left--;
        } else {
            left |= (b & 0x7F) << lengthShift;
            lengthShift += 7;
            inBody = b >= 0;
        }
        if (inBody && left == 0) {
            inBody = false;
            lengthShift = -1;
            return true;
        }
        return false;
    }

    /** The type of the packet that the last byte belonged to, 1 to 15. */
    int type() {
        return type;
    }
}
