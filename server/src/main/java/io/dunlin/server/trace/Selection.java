package io.dunlin.server.trace;

import io.dunlin.broker.port.Wiretap.Interest;
import io.dunlin.broker.port.Wiretap.Tapped;
import io.dunlin.protocol.topic.TopicFilter;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which packets a trace has: all that is given must hold.
 *
 * @param address of the client without its port, as {@link java.net.InetAddress#getHostAddress} writes it
 * @param topic only messages whose topic matches, what acknowledges them, and subscriptions that concern it
 */
public record Selection(
        Optional<String> clientId, Optional<String> username, Optional<String> address, Optional<TopicFilter> topic) {
    Interest interest(Tapped connection) {
        if (address.isPresent() && !address.get().equals(address(connection))) {
            return Interest.NO;
        }
        boolean itsClient = clientId.isEmpty() || clientId.get().equals(connection.clientId());
        boolean itsUser = username.isEmpty() || username.get().equals(connection.username());
        return itsClient && itsUser ? Interest.YES : Interest.ONCE_KNOWN;
    }

    /** The client's address without its port, or {@code local}. */
    static String address(Tapped connection) {
        if (connection.info().peer() instanceof InetSocketAddress inet) {
            return inet.getAddress() == null
                    ? inet.getHostString()
                    : inet.getAddress().getHostAddress();
        }
        return "local";
    }

    /** What is given, by the names that it has in the API. */
    public Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        clientId.ifPresent(it -> fields.put("clientid", it));
        username.ifPresent(it -> fields.put("username", it));
        address.ifPresent(it -> fields.put("ip_address", it));
        topic.ifPresent(it -> fields.put("topic", it.text()));
        return fields;
    }

    /** What it says, for people. */
    public String text() {
        String text = fields().entrySet().stream()
                .map(each -> word(each.getKey()) + " " + each.getValue())
                .collect(Collectors.joining(", "));
        return text.isEmpty() ? "everything" : text;
    }

    private static String word(String field) {
        return switch (field) {
            case "clientid" -> "client";
            case "username" -> "user";
            case "ip_address" -> "address";
            default -> field;
        };
    }
}
