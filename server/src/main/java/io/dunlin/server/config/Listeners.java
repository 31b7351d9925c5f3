package io.dunlin.server.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The listeners that are there without being asked for, and whom a listener lets in. */
public final class Listeners {
    private static final int CONNECTIONS_MAX = 1_000_000;

    private Listeners() {}

    /** What is open where the configuration names no listener: 1883 and 8083 on the loopback interface. */
    static Map<String, ListenerSettings> byDefault() {
        return new TreeMap<>(Map.of(
                "tcp", loopback(ListenerSettings.Type.TCP, 1883),
                "ws", loopback(ListenerSettings.Type.WS, 8083)));
    }

    private static ListenerSettings loopback(ListenerSettings.Type type, int port) {
        return new ListenerSettings(
                type,
                new Bind("127.0.0.1", port),
                true,
                Optional.empty(),
                List.of(),
                CONNECTIONS_MAX,
                false,
                ListenerSettings.ProxyProtocol.OFF,
                List.of(),
                Duration.ofSeconds(10),
                1024,
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new ListenerSettings.WebSocket("/mqtt", List.of()));
    }

    /** Whether clients may come without a user name. */
    public static boolean anonymous(ListenerSettings listener, AuthenticationConfig authentication) {
        return listener.allowAnonymous()
                .or(authentication::allowAnonymous)
                .orElse(!authentication.hasLogin() && listener.bind().isLoopback());
    }
}
