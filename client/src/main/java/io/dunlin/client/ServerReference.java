package io.dunlin.client;

import io.dunlin.client.transport.Endpoint;
import java.util.ArrayList;
import java.util.List;

/** The Server Reference of CONNACK and DISCONNECT (4.11): names of servers, separated by blanks, each with a port or without. */
final class ServerReference {
    private ServerReference() {}

    /** The servers it names, reached as this one is; those that are no host and port are left out. */
    static List<Endpoint> parse(String reference, Endpoint as) {
        List<Endpoint> result = new ArrayList<>();
        for (String name : reference.trim().split(" +")) {
            int portAt = name.endsWith("]") || name.indexOf(':') != name.lastIndexOf(':') && !name.startsWith("[")
                    ? -1
                    : name.lastIndexOf(':');
            String host = portAt < 0 ? name : name.substring(0, portAt);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            int port = portAt < 0 ? as.transport().defaultPort() : port(name.substring(portAt + 1));
            if (!host.isEmpty() && port > 0 && port <= 65_535) {
                result.add(new Endpoint(as.transport(), host, port, as.path()));
            }
        }
        return result;
    }

    private static int port(String digits) {
        return digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : 0;
    }
}
