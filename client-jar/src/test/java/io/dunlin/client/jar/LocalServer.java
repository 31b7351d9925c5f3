package io.dunlin.client.jar;

import io.dunlin.client.ClientBuilder;
import io.dunlin.client.MqttClient;
import io.dunlin.server.Server;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A broker of this process on a port of its own, which it keeps over restarts. */
final class LocalServer implements AutoCloseable {
    private final List<String> settings;
    private int port;
    private Server server;

    private LocalServer(List<String> settings) throws InvalidConfig {
        this.settings = settings;
        this.server = open();
        this.port = server.port("tcp");
    }

    /** Without a store, unless the settings ({@code key=value}) name a folder for it. */
    static LocalServer start(String... settings) throws InvalidConfig {
        return new LocalServer(List.of(settings));
    }

    private Server open() throws InvalidConfig {
        List<String> all = new ArrayList<>(settings);
        all.add("listeners.tcp.bind=127.0.0.1:" + port);
        all.add("shards=1");
        all.add("store.enabled=" + settings.stream().anyMatch(setting -> setting.startsWith("node.data-dir")));
        List<ConfigSources.Given> given = all.stream()
                .map(setting -> setting.split("=", 2))
                .map(setting -> new ConfigSources.Given(setting[0], setting[1], setting[0]))
                .toList();
        return Server.start(ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), given))
                .value());
    }

    String url() {
        return "mqtt://localhost:" + port;
    }

    /** One that connects to it. */
    ClientBuilder client() {
        return MqttClient.builder().url(url()).answerTimeout(Duration.ofSeconds(10));
    }

    void stop() {
        server.close();
    }

    void startAgain() throws InvalidConfig {
        server = open();
    }

    void restart() throws InvalidConfig {
        stop();
        startAgain();
    }

    @Override
    public void close() {
        stop();
    }
}
