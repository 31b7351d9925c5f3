package io.dunlin.server.config;

import java.net.InetAddress;

/**
 * Where a listener listens: an address of this machine, or the path of a unix domain socket.
 *
 * @param host an address or host name; "" for all interfaces; for a unix domain socket its path
 * @param port 0 to 65535, where 0 takes any free port; {@link #UNIX} for a unix domain socket
 */
public record Bind(String host, int port) {
    /** Stands for the port of a unix domain socket. */
    public static final int UNIX = -1;

    private static final String UNIX_PREFIX = "unix:";

    /**
     * Reads {@code 127.0.0.1:1883}, {@code [::1]:1883}, {@code 1883} or {@code *:1883} (all interfaces) or
     * {@code unix:/run/dunlin.sock}.
     *
     * @throws IllegalArgumentException where it is none of these
     */
    public static Bind parse(String text) {
        String trimmed = text.trim();
        if (trimmed.startsWith(UNIX_PREFIX) && trimmed.length() > UNIX_PREFIX.length()) {
            return new Bind(trimmed.substring(UNIX_PREFIX.length()), UNIX);
        }
        int colon = trimmed.lastIndexOf(':');
        String host = colon < 0 ? "" : trimmed.substring(0, colon);
        int port = Integer.parseInt(trimmed.substring(colon + 1));
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port);
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":") || host.contains("/") || host.contains(" ")) {
            throw new IllegalArgumentException(host);
        }
        return new Bind(host.equals("*") ? "" : host, port);
    }

    public boolean isUnix() {
        return port == UNIX;
    }

    /** Whether only this machine reaches it. Host names other than localhost do not count as such: none is looked up here. */
    public boolean isLoopback() {
        if (isUnix() || host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return !host.isEmpty() && InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        if (isUnix()) {
            return UNIX_PREFIX + host;
        }
        if (host.isEmpty()) {
            return "*:" + port;
        }
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
