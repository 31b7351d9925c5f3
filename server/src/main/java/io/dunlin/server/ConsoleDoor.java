package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.console.Console;
import io.dunlin.console.ConsoleOptions;
import io.dunlin.console.account.AccountProblem;
import io.dunlin.console.account.Accounts;
import io.dunlin.console.metrics.Compat;
import io.dunlin.console.port.Commands;
import io.dunlin.console.port.Download;
import io.dunlin.console.port.Health;
import io.dunlin.security.audit.Actor;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConsoleConfig;
import io.dunlin.server.config.MetricsConfig;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.ControlCommands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Opens and closes the console. A broker without one loads nothing of it. Thread: one at a time.
 */
final class ConsoleDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleDoor.class);

    private volatile Optional<OwnTls> tls = Optional.empty();
    private @Nullable AutoCloseable console;
    private @Nullable AutoCloseable history;

    /**
     * Opens it where it is to be.
     *
     * @param isSeen whether the lines go to a person and nowhere else: then the first password may be among them
     * @return lines for who has started the broker
     */
    List<String> open(
            Bound<ServerConfig> bound,
            Operation operation,
            Measures measures,
            Alarms alarms,
            Supplier<List<String>> unready,
            Clock clock,
            boolean isSeen) {
        ConsoleConfig config = bound.value().console();
        if (!config.enabled() || console != null) {
            return List.of();
        }
        try {
            Operation.Administration all = operation.administration();
            Accounts accounts = all.accounts().accounts();
            Console opened = Console.start(
                    options(config, bound.value().metrics().compat()),
                    new Console.Parts(
                            commands(all.commands()),
                            health(bound.value().node().name(), unready),
                            measures,
                            () -> alarms.addTo(measures.metrics()),
                            accounts,
                            operation.log(),
                            clock));
            console = opened;
            tls = config.tls().map(files -> new OwnTls(files, opened::reloadTls));
            history = KeptHistory.start(Operation.folder(bound.value()), measures, clock, all.commands());
            List<String> lines = new ArrayList<>();
            lines.add("console: " + opened.url());
            firstLogin(accounts, isSeen).ifPresent(lines::add);
            return lines;
        } catch (IOException e) {
            LOG.warn(
                    "there is no console, it cannot listen at {}: {}; stop what has that port, or set console.bind to"
                            + " another or console.enabled = false",
                    config.bind(),
                    e.getMessage());
        } catch (AccountProblem e) {
            LOG.warn("there is no console: {}", e.sentence());
        }
        return List.of();
    }

    /** What goes to the journal of a service is read by more people than may administer the broker. */
    private static Optional<String> firstLogin(Accounts accounts, boolean isSeen) {
        String how = "console: log in as " + Accounts.FIRST + " with the password ";
        return isSeen || !accounts.areKept()
                ? accounts.createFirst()
                        .map(password -> how + password + " (shown this once; dunlin console password sets another)")
                : accounts.createFirstInFile()
                        .map(file -> how + "in " + file
                                + " (for its owner alone; it is deleted when dunlin console password sets another)");
    }

    /** The TLS of an open console, in words that load nothing of it. */
    private static final class OwnTls {
        interface Reloading {
            void run() throws IOException;
        }

        final List<Path> files;
        private final Path certificateFile;
        private final Reloading reloading;
        volatile List<X509Certificate> certificates; // that it works with

        OwnTls(ConsoleConfig.ConsoleTls files, Reloading reloading) {
            this.files = List.of(files.certfile(), files.keyfile());
            this.certificateFile = files.certfile();
            this.reloading = reloading;
            this.certificates = CertificateWatch.read(certificateFile);
        }

        void reload() throws IOException {
            reloading.run();
            certificates = CertificateWatch.read(certificateFile);
        }
    }

    /** Certificate and key of an open console; empty where it has none. Thread: any. */
    List<Path> tlsFiles() {
        return tls.map(own -> own.files).orElse(List.of());
    }

    /** That an open console works with; empty where it has no TLS. Thread: any. */
    List<X509Certificate> certificates() {
        return tls.map(own -> own.certificates).orElse(List.of());
    }

    /** Reads them anew; returns a sentence where they cannot be used, and it keeps those it has. Thread: any. */
    List<String> reloadTls() {
        try {
            if (tls.isPresent()) {
                tls.get().reload();
            }
            return List.of();
        } catch (IOException e) {
            return List.of(e.getMessage() + ".");
        }
    }

    /** A sentence where a console of this configuration could not use its files. */
    static List<String> problems(ConsoleConfig config) {
        try {
            if (config.enabled() && config.tls().isPresent()) {
                Console.check(files(config.tls().get()));
            }
            return List.of();
        } catch (IOException e) {
            return List.of(e.getMessage() + ".");
        }
    }

    private static ConsoleOptions.Tls files(ConsoleConfig.ConsoleTls tls) {
        return new ConsoleOptions.Tls(tls.certfile(), tls.keyfile());
    }

    private static ConsoleOptions options(ConsoleConfig config, List<MetricsConfig.Compat> compat) {
        return new ConsoleOptions(
                config.bind().host(),
                config.bind().port(),
                config.tls().map(ConsoleDoor::files),
                config.hosts(),
                config.metricsWithoutLogin().orElse(config.bind().isLoopback()),
                Duration.ofHours(config.sessionHours()),
                compat.stream().map(each -> Compat.valueOf(each.name())).collect(Collectors.toUnmodifiableSet()));
    }

    private static Health health(String node, Supplier<List<String>> unready) {
        return new Health() {
            @Override
            public List<String> unready() {
                return unready.get();
            }

            @Override
            public String node() {
                return node;
            }
        };
    }

    private static Commands commands(ControlCommands commands) {
        return new Commands() {
            @Override
            public boolean has(String name) {
                return commands.has(name);
            }

            @Override
            public JsonNode run(String name, JsonNode arguments, Actor who) {
                return told(() -> commands.run(name, arguments, who));
            }

            @Override
            public Download download(String name, JsonNode arguments, Actor who) {
                return told(() -> commands.download(name, arguments, who));
            }

            @Override
            public JsonNode upload(String name, JsonNode arguments, InputStream content, Actor who) {
                return told(() -> commands.upload(name, arguments, content, who));
            }

            private <T> T told(Supplier<T> doing) {
                try {
                    return doing.get();
                } catch (CommandFailed e) {
                    throw new Failed(e.code().name(), e.sentence());
                }
            }
        };
    }

    @Override
    public void close() {
        close(console);
        close(history);
    }

    private static void close(@Nullable AutoCloseable open) {
        try {
            if (open != null) {
                open.close();
            }
        } catch (Exception e) { // it ends with the process
            LOG.warn("the console could not be closed", e);
        }
    }
}
