package io.dunlin.server;

import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.SocketPath;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Which broker a command is for, as options; finds its control socket. */
final class RunningBroker {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Configuration file of the broker, which names its data folder and control socket.")
    private @Nullable Path config;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data folder of the broker (default: dunlin-data, or what the configuration says).")
    private @Nullable Path data;

    @Option(names = "--socket", paramLabel = "PATH", description = "Control socket of the broker.")
    private @Nullable Path socket;

    Optional<Path> config() {
        return Optional.ofNullable(config);
    }

    /** The settings that say where things are; secrets in them are read and not used. */
    ServerConfig settings() {
        try {
            return ConfigLoader.load(new ConfigSources(config(), System.getenv(), List.of()))
                    .value();
        } catch (InvalidConfig e) {
            throw new CommandFailed(e.problems().getFirst().toString());
        }
    }

    /** Whether somebody said which broker is meant, so that its folder may be made. */
    boolean isNamed() {
        return data != null || config != null;
    }

    Path dataFolder() {
        return data != null ? data : settings().node().dataDir();
    }

    Path socket() {
        if (socket != null) {
            return socket;
        }
        if (data != null) {
            return SocketPath.of(data);
        }
        ServerConfig settings = settings();
        return settings.control()
                .socket()
                .orElseGet(() -> SocketPath.of(settings.node().dataDir()));
    }

    Optional<ControlClient> connect() {
        return ControlClient.connect(socket());
    }

    /** Has a command done by the broker; there must be one. */
    JsonNode call(String command, Map<String, ?> arguments) {
        try (ControlClient client = connect().orElseThrow(this::nobody)) {
            return client.call(command, arguments);
        }
    }

    CommandFailed nobody() {
        return new CommandFailed("no broker runs with the control socket " + socket()
                + ": start it, or say which is meant with --data DIR, -c FILE or --socket PATH");
    }
}
