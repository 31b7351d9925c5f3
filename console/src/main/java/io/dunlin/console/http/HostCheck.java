package io.dunlin.console.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a browser was told a name of ours: a page of somebody else's whose name was bound to our address asks by that name. An
 * address itself cannot be rebound. Immutable.
 */
final class HostCheck {
    private final Set<String> names = new TreeSet<>();

    /** @param own the names by which this server may be asked for, beside localhost */
    HostCheck(List<String> own) {
        names.add("localhost");
        own.stream()
                .filter(name -> !name.isEmpty())
                .map(name -> name.toLowerCase(Locale.ROOT))
                .forEach(names::add);
    }

    boolean isOurs(String hostAndPort) {
        String host = host(hostAndPort).toLowerCase(Locale.ROOT);
        return names.contains(host) || isAddress(host);
    }

    private static String host(String hostAndPort) {
        String text = hostAndPort.trim();
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 ? "" : text.substring(1, end);
        }
        int colon = text.indexOf(':');
        return colon < 0 ? text : text.substring(0, colon);
    }

    private static boolean isAddress(String host) {
        try {
            return !InetAddress.ofLiteral(host).getHostAddress().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
