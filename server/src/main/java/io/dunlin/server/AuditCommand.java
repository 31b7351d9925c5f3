package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.server.assess.Assessment;
import io.dunlin.server.assess.Facts;
import io.dunlin.server.assess.Report;
import io.dunlin.server.assess.Severity;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.SocketPath;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code dunlin audit}. */
@Command(
        name = "audit",
        description = {
            "Assesses a configuration and the broker that runs with it: what is open, weak or unused, why that matters, and the"
                    + " exact line or command that mends it (docs/audit.md).",
            "",
            "With -c it assesses that file, and the broker that uses the same data folder where one runs; without, the broker of"
                    + " the data folder with the configuration that it runs with, or else the defaults.",
            "",
            "Exit code 0 where nothing at or above --fail-on was found, 2 where something was, 1 where it could not assess.",
            ""
        },
        subcommands = AuditLogCommand.class)
final class AuditCommand implements Callable<Integer> {
    private static final int FOUND = 2;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data folder of the running broker, where the configuration does not name it.")
    private @Nullable Path data;

    @Option(names = "--socket", paramLabel = "PATH", description = "Control socket of the running broker.")
    private @Nullable Path socket;

    @Option(names = "--offline", description = "Do not ask a running broker.")
    private boolean offline;

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            defaultValue = "high",
            description = "The lowest severity that gives exit code 2: critical, high, medium, low or info (default"
                    + " ${DEFAULT-VALUE}).")
    private Severity failOn = Severity.HIGH;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    public Integer call() {
        CommandLine command = spec().commandLine();
        try {
            Assessed assessed = assess();
            if (json) {
                command.getOut().println(Administers.pretty(assessed.report));
            } else {
                new AuditText(Administers.isTerminal() && System.getenv("NO_COLOR") == null)
                        .lines(assessed.report, assessed.what)
                        .forEach(command.getOut()::println);
            }
            boolean fails = assessed.report
                    .worst()
                    .filter(worst -> worst.isAtLeast(failOn))
                    .isPresent();
            return fails ? FOUND : assessed.report.unassessed().isEmpty() ? Main.OK : Main.FAILED;
        } catch (CommandFailed e) {
            command.getErr().println("dunlin: " + e.sentence());
            return Main.FAILED;
        }
    }

    private record Assessed(Report report, String what) {}

    private Assessed assess() {
        boolean given = options.file().isPresent() || options.hasOverrides();
        Optional<Bound<ServerConfig>> bound = ConfigCommand.load(
                options.sources(List.of()), spec().commandLine().getErr());
        if (bound.isEmpty()) {
            throw new CommandFailed("the configuration has errors, so that it cannot be assessed: see above");
        }
        Path at = socketOf(bound.get().value());
        Optional<ControlClient> running = offline ? Optional.empty() : ControlClient.connect(at);
        if (running.isEmpty() && (data != null || socket != null) && !offline) {
            throw new CommandFailed("no broker runs with the control socket " + at
                    + ": start it, or leave --data and --socket out to assess the configuration alone");
        }
        try (ControlClient client = running.orElse(null)) {
            if (client != null && !given) {
                Report report = JsonMapper.shared().treeToValue(client.call("audit", Map.of()), Report.class);
                return new Assessed(report, "the broker of " + at + ", with the configuration that it runs with");
            }
            Optional<Facts> facts = Optional.ofNullable(client)
                    .map(broker -> JsonMapper.shared().treeToValue(broker.call("audit.facts", Map.of()), Facts.class));
            String what =
                    options.file().map(file -> "the configuration " + file).orElse("the default configuration")
                            + (facts.isPresent() ? " and the broker of " + at : "; no broker was asked");
            return new Assessed(
                    Assessment.of(
                            bound.get(),
                            facts,
                            ConfiguredRules.of(bound.get()),
                            Instant.ofEpochMilli(Clock.system().wallMillis())),
                    what);
        }
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("used outside a command");
        }
        return spec;
    }

    private Path socketOf(ServerConfig config) {
        if (socket != null) {
            return socket;
        }
        if (data != null) {
            return SocketPath.of(data);
        }
        return config.control()
                .socket()
                .orElseGet(() -> SocketPath.of(config.node().dataDir()));
    }
}
