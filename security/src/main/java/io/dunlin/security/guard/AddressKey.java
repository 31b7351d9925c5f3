package io.dunlin.security.guard;

import io.dunlin.security.acl.Network;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What counts as one address: of IPv4 all of it, of IPv6 its first 64 bits, which is what one subscriber has to choose from.
 *
 * @param bits of the address
 */
record AddressKey(boolean ipv6, long bits) {
    private static final int IPV6_PREFIX_BITS = 64;

    static AddressKey of(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean six = address instanceof Inet6Address;
        long bits = 0;
        for (int i = 0; i < Math.min(bytes.length, IPV6_PREFIX_BITS / Byte.SIZE); i++) {
            bits = bits << Byte.SIZE | bytes[i] & 0xFF;
        }
        return new AddressKey(six, bits);
    }

    /** Null for null. */
    static @Nullable AddressKey orNull(@Nullable InetAddress address) {
        return address == null ? null : of(address);
    }

    /** For the log: an address, or the network that counts as one. */
    static String shown(InetAddress address) {
        return address instanceof Inet6Address
                ? Network.around(address, IPV6_PREFIX_BITS).toString()
                : address.getHostAddress();
    }
}
