package io.dunlin.security.acl;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Some addresses: one, like {@code 192.0.2.7}, or a network, like {@code 10.0.0.0/8} or {@code 2001:db8::/32}. IPv4 addresses that
 * are written as IPv6 count as IPv4. Immutable; two that hold the same addresses are equal.
 */
public final class Network {
    private final byte[] first;
    private final int prefixBits;

    private Network(byte[] address, int prefixBits) {
        this.first = masked(address, prefixBits);
        this.prefixBits = prefixBits;
    }

    /**
     * Reads an address or a network; no name is looked up.
     *
     * @throws IllegalArgumentException with a sentence that shows what would be right
     */
    public static Network of(String text) {
        int slash = text.indexOf('/');
        byte[] address = address(text, slash < 0 ? text : text.substring(0, slash));
        int bits = address.length * Byte.SIZE;
        return new Network(address, slash < 0 ? bits : prefix(text, text.substring(slash + 1), bits));
    }

    private static byte[] address(String text, String literal) {
        try {
            if (literal.indexOf('%') >= 0) { // the interface says nothing about the client
                throw wrong(text, null);
            }
            return InetAddress.ofLiteral(literal).getAddress();
        } catch (IllegalArgumentException e) {
            throw wrong(text, e);
        }
    }

    private static int prefix(String text, String digits, int bitsMax) {
        try {
            int bits = Integer.parseInt(digits);
            if (bits >= 0 && bits <= bitsMax && digits.charAt(0) != '+') {
                return bits;
            }
        } catch (NumberFormatException e) {
            throw wrong(text, e);
        }
        throw wrong(text, null);
    }

    private static IllegalArgumentException wrong(String text, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "\"" + text + "\" is neither an address like 10.0.0.7 nor a network like 10.0.0.0/8 or 2001:db8::/32.",
                cause);
    }

    /** The first so many bits of an address, as the network that they make. */
    public static Network around(InetAddress address, int prefixBits) {
        return new Network(address.getAddress(), prefixBits);
    }

    /** The address of a peer, null for one of this machine that has none, as on a unix domain socket. */
    public static @Nullable InetAddress addressOf(@Nullable SocketAddress peer) {
        return peer instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    private static byte[] masked(byte[] address, int bits) {
        byte[] masked = new byte[address.length];
        int whole = bits / Byte.SIZE;
        System.arraycopy(address, 0, masked, 0, whole);
        if (bits % Byte.SIZE != 0) {
            masked[whole] = (byte) (address[whole] & 0xFF << Byte.SIZE - bits % Byte.SIZE);
        }
        return masked;
    }

    /** False for what is no internet address, such as that of a unix domain socket, and for null. */
    public boolean contains(@Nullable SocketAddress peer) {
        InetAddress address = addressOf(peer);
        return address != null && contains(address);
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != first.length) {
            return false;
        }
        int whole = prefixBits / Byte.SIZE;
        int rest = prefixBits % Byte.SIZE;
        return Arrays.equals(first, 0, whole, bytes, 0, whole)
                && (rest == 0 || ((first[whole] ^ bytes[whole]) & 0xFF << Byte.SIZE - rest & 0xFF) == 0);
    }

    /** Bits that all its addresses have in common. */
    public int prefixBits() {
        return prefixBits;
    }

    public boolean isIpv6() {
        return first.length == 16;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Network network
                && prefixBits == network.prefixBits
                && Arrays.equals(first, network.first);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(first) + prefixBits;
    }

    /** As it is written; a single address without its length. */
    @Override
    public String toString() {
        String address;
        try {
            address = InetAddress.getByAddress(first).getHostAddress();
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are an address", e);
        }
        return prefixBits == first.length * Byte.SIZE ? address : address + "/" + prefixBits;
    }
}
