package io.dunlin.server;

import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.ConfigSources.Given;
import io.dunlin.server.config.InvalidConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A broker on 127.0.0.1 that stores nothing and writes only errors into the log: for the demo. Gives its URL. */
public final class LocalBroker implements Supplier<String>, AutoCloseable {
    private static final String ORIGIN = "the demo";

    private final Server server;

    private LocalBroker(Server server) {
        this.server = server;
    }

    /**
     * Starts one.
     *
     * @param port 0 for any free one
     * @throws IllegalStateException where it cannot listen there, with a sentence that says so
     */
    public static LocalBroker start(int port) {
        List<Given> settings = List.of(
                new Given("listeners.tcp.bind", "127.0.0.1:" + port, ORIGIN),
                new Given("store.enabled", "false", ORIGIN),
                new Given("log.level", "error", ORIGIN));
        try {
            return new LocalBroker(
                    Server.start(ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), settings))
                            .value()));
        } catch (InvalidConfig | StartFailed e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public String get() {
        return server.listeners().get(0).url();
    }

    @Override
    public void close() {
        server.close();
    }
}
