package io.dunlin.protocol.codec;

import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Bytes and what becomes of them: either the packet that they are, or the reason for which they are refused.
 *
 * @param version what the connection speaks; for CONNECT, what it asks for
 * @param to whose ear the bytes are for
 * @param canonical whether the encoder writes the packet as these bytes
 */
public record PacketCase(
        String name,
        ProtocolVersion version,
        PacketDecoder.Role to,
        byte[] bytes,
        @Nullable Packet packet,
        @Nullable ReasonCode error,
        boolean canonical) {

    /** Whether it is the packet that opens a connection. */
    public boolean isConnect() {
        return bytes[0] >> 4 == Wire.CONNECT;
    }

    @Override
    public String toString() {
        return version + " to " + to + ": " + name;
    }

    /**
     * Bytes from a notation in which packets are easily read: hexadecimal digits; {@code 'text'} with its length of two bytes in
     * front; {@code <text>} without; {@code {...}} with the length as a variable byte integer in front; blanks between them.
     */
    static byte[] bytes(String notation) {
        Notation parser = new Notation(notation);
        byte[] bytes = parser.group();
        if (parser.position != notation.length()) {
            throw new IllegalArgumentException("a } too many: " + notation);
        }
        return bytes;
    }

    private static final class Notation {
        private final String text;
        private int position;

        Notation(String text) {
            this.text = text;
        }

        byte[] group() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            while (position < text.length() && text.charAt(position) != '}') {
                switch (text.charAt(position)) {
                    case ' ' -> position++;
                    case '{' -> {
                        position++;
                        byte[] inner = group();
                        position++;
                        length(inner.length, out);
                        out.writeBytes(inner);
                    }
                    case '\'' -> {
                        byte[] quoted = until('\'');
                        out.write(quoted.length >> 8);
                        out.write(quoted.length);
                        out.writeBytes(quoted);
                    }
                    case '<' -> out.writeBytes(until('>'));
                    default -> {
                        out.write(Integer.parseInt(text.substring(position, position + 2), 16));
                        position += 2;
                    }
                }
            }
            return out.toByteArray();
        }

        private byte[] until(char end) {
            int to = text.indexOf(end, position + 1);
            byte[] bytes = text.substring(position + 1, to).getBytes(StandardCharsets.UTF_8);
            position = to + 1;
            return bytes;
        }

        private static void length(int value, ByteArrayOutputStream out) {
            int rest = value;
            while (rest > 0x7F) {
                out.write(rest & 0x7F | 0x80);
                rest >>= 7;
            }
            out.write(rest);
        }
    }
}
