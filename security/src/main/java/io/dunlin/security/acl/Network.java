package io.dunlin.security.acl;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** An address or a network such as {@code 10.0.0.0/8} or {@code fd00::/8}. Immutable; looks no name up. */
public final class Network {
    private final byte[] address;
    private final int bits;

    private Network(byte[] address, int bits) {
        this.address = address;
        this.bits = bits;
    }

    /** @throws InvalidRule with a sentence that says what is expected */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        byte[] address;
        int bits;
        try {
            address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                    .getAddress();
            bits = slash < 0 ? address.length * 8 : Integer.parseInt(text.substring(slash + 1));
        } catch (IllegalArgumentException e) {
            throw invalid(text);
        }
        if (bits < 0 || bits > address.length * 8 || text.endsWith("/") || text.indexOf('+') >= 0) {
            throw invalid(text);
        }
        return new Network(address, bits);
    }

    private static InvalidRule invalid(String text) {
        return new InvalidRule("\"" + text + "\" is no address: expected is an address such as 192.0.2.7 or ::1, or a"
                + " network such as 10.0.0.0/8");
    }

    /** Whether the address, however it is written, is in this network. */
    public boolean contains(InetAddress other) {
        byte[] bytes = other.getAddress();
        if (bytes.length != address.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != address[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        int mask = 0xff << 8 - rest & 0xff;
        return rest == 0 || (bytes[whole] & mask) == (address[whole] & mask);
    }

    /** False for what is no internet address, such as that of a unix domain socket, and for null. */
    public boolean contains(@Nullable SocketAddress peer) {
        return peer instanceof InetSocketAddress inet && inet.getAddress() != null && contains(inet.getAddress());
    }
}
