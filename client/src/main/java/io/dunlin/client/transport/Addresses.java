package io.dunlin.client.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Hosts that are written as addresses. */
final class Addresses {
    private Addresses() {}

    /** The bytes of an IPv4 or IPv6 address, or none where the host is a name. Asks nobody. */
    static byte[] literal(String host) {
        boolean isAddress = host.indexOf(':') >= 0 || host.matches("[0-9]+(\\.[0-9]+){3}");
        if (!isAddress) {
            return new byte[0];
        }
        try {
            return InetAddress.getByName(host).getAddress();
        } catch (UnknownHostException e) { // looks like one, but is none
            return new byte[0];
        }
    }
}
