package io.dunlin.server;

import io.dunlin.security.audit.Actor;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.ConfigSources.Given;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.config.Problem;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.server.control.Reloads;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dunlin broker}: runs until a signal ends it. */
@Command(
        name = "broker",
        description = {
            "Runs the broker.",
            "",
            "Without a configuration it listens on 127.0.0.1:1883 (MQTT) and 127.0.0.1:8083 (WebSocket, path /mqtt); programs on"
                    + " this machine can connect without a login. With -p PORT it listens on that port of 127.0.0.1 only.",
            "",
            "Its console is at http://127.0.0.1:18083/; the first start says the password of its user admin, where nobody looks"
                    + " the file that holds it.",
            "",
            "SIGTERM and SIGINT stop it, SIGHUP reads the configuration again.",
            ""
        })
final class BrokerCommand implements Callable<Integer> {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "Without a configuration file: listen on this port of 127.0.0.1 only; 0 takes any free one.")
    private @Nullable Integer port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder for what must survive a restart; made if absent (node.data-dir).")
    private @Nullable Path data;

    @Option(
            names = "--memory",
            description = "Store nothing: all is gone when the broker ends (store.enabled = false).")
    private boolean memory;

    @Option(
            names = "--console",
            description = "Open the console, the API and the metrics with -p, too (console.enabled = true).")
    private boolean console;

    @Option(
            names = {"-v", "--verbose"},
            description = "Write more into the log (log.level = debug).")
    private boolean verbose;

    @Option(names = "--test-config", description = "Only check the configuration, as dunlin config check does.")
    private boolean testConfig;

    @Override
    public Integer call() throws InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("used outside a command");
        }
        if (port != null && options.file().isPresent()) {
            throw options.wrong(
                    "-p is for a broker without a configuration file: set listeners.NAME.bind in the file instead");
        }
        if (port != null && (port < 0 || port > 65_535)) {
            throw options.wrong("-p " + port + " is no port: expected is 0 to 65535");
        }
        PrintWriter err = spec.commandLine().getErr();
        ConfigSources sources = options.sources(shorthands());
        Optional<Bound<ServerConfig>> bound = ConfigCommand.load(sources, err);
        if (bound.isEmpty()) {
            return Main.FAILED;
        }
        if (testConfig) {
            return ConfigCommand.check(bound.get(), options.file(), spec.commandLine());
        }
        try (Server server = Server.start(bound.get())) {
            server.reloads().use(() -> reload(server, sources, err));
            server.sources(sources);
            Signals signals = Signals.install(server::close);
            ready(server, err);
            server.openConsole(isTerminal(STANDARD_ERROR) && Administers.isTerminal())
                    .forEach(line -> err.println("dunlin: " + line));
            server.failure().thenAccept(line -> signals.fail());
            while (true) {
                switch (signals.next()) {
                    case RELOAD -> server.reloads().run(Actor.SIGNAL);
                    case STOP -> {
                        return Main.OK;
                    }
                    case FAIL -> {
                        err.println(
                                "dunlin: the store has failed, see the log: the broker ends, and what was acknowledged is safe");
                        return Main.FAILED;
                    }
                }
            }
        } catch (StartFailed e) {
            err.println("dunlin: " + e.getMessage());
            return Main.FAILED;
        }
    }

    /** The JDK says of the input and the output alone whether a person is there. */
    private static boolean isTerminal(Path open) {
        try {
            String name = Files.readSymbolicLink(open).toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty");
        } catch (IOException e) { // not Linux
            return true;
        }
    }

    /** What the short options stand for. */
    private List<Given> shorthands() {
        List<Given> given = new ArrayList<>();
        if (port != null) {
            given.add(new Given("listeners.tcp.bind", "127.0.0.1:" + port, "-p " + port));
        }
        if (data != null) {
            given.add(new Given("node.data-dir", data.toAbsolutePath().toString(), "--data " + data));
        }
        if (memory) {
            given.add(new Given("store.enabled", "false", "--memory"));
        }
        if (console) {
            given.add(new Given("console.enabled", "true", "--console"));
        } else if (port != null && !options.names("console.")) {
            given.add(new Given("console.enabled", "false", "-p " + port));
        }
        if (verbose) {
            given.add(new Given("log.level", "debug", "-v"));
        }
        return given;
    }

    /** One line that says where clients can connect and who may. */
    private static void ready(Server server, PrintWriter err) {
        if (!server.fallback().isEmpty()) {
            err.println("dunlin: " + server.fallback());
        }
        List<OpenListeners.Entry> open = server.listeners();
        String urls = open.stream().map(OpenListeners.Entry::url).collect(Collectors.joining(" "));
        List<String> notes = new ArrayList<>();
        List<String> anonymous = open.stream()
                .filter(OpenListeners.Entry::isAnonymous)
                .map(OpenListeners.Entry::name)
                .toList();
        if (!anonymous.isEmpty()) {
            notes.add(anonymous.size() == open.size() ? "anonymous" : "anonymous at " + String.join(", ", anonymous));
        }
        if (server.isLoopback()) {
            notes.add("loopback only");
        }
        notes.add(
                server.config().store().enabled()
                        ? "storing in " + server.config().node().dataDir()
                        : "storing nothing");
        err.println("dunlin: ready: " + (open.isEmpty() ? "no listener is open" : urls)
                + (notes.isEmpty() ? "" : " (" + String.join(", ", notes) + ")"));
    }

    /** Says on standard error what came of it, too. */
    private static Reloads.Outcome reload(Server server, ConfigSources sources, PrintWriter err) {
        Reloads.Outcome outcome = reloaded(server, sources);
        outcome.lines().forEach(line -> err.println("dunlin: " + line));
        return outcome;
    }

    private static Reloads.Outcome reloaded(Server server, ConfigSources sources) {
        Server.Reloaded reloaded;
        try {
            reloaded = server.reload(ConfigLoader.load(sources));
        } catch (InvalidConfig e) {
            List<String> problems = e.problems().stream().map(Problem::toString).toList();
            List<String> lines = new ArrayList<>();
            lines.add("reload: the configuration has errors, the broker goes on with the old one");
            lines.addAll(problems);
            return new Reloads.Outcome(false, lines, List.of(), problems);
        } catch (StartFailed e) {
            String problem = String.valueOf(e.getMessage());
            return new Reloads.Outcome(
                    false,
                    List.of("reload: the broker goes on with the old configuration: " + problem),
                    List.of(),
                    List.of(problem));
        }
        List<String> lines = new ArrayList<>();
        reloaded.live().forEach(change -> lines.add("reload: " + change));
        reloaded.restart().forEach(change -> lines.add("reload: " + change + " (at the next start)"));
        List<String> changes = List.copyOf(lines);
        reloaded.failures().forEach(failure -> lines.add("reload: " + failure));
        if (changes.isEmpty()) {
            lines.add("reload: no setting has changed; users and certificates were read again");
        }
        return new Reloads.Outcome(true, lines, changes, reloaded.failures());
    }
}
