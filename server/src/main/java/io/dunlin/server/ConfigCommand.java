package io.dunlin.server;

import io.dunlin.broker.port.Clock;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.ConfigText;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.config.Problem;
import io.dunlin.server.config.ServerConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin config}: of a file, or of a running broker. */
@Command(
        name = "config",
        description = "Checks or prints the broker's configuration.",
        synopsisSubcommandLabel = "(check | print | show | dry-run)",
        subcommands = {
            ConfigCommand.Check.class,
            ConfigCommand.Print.class,
            ConfigShowCommand.class,
            ConfigDryRunCommand.class
        })
final class ConfigCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().getErr().println("dunlin: say what to do: dunlin config check, print, show or dry-run");
        }
        return Main.FAILED;
    }

    /** Which configuration is meant: {@code -c FILE} and {@code FILE} are the same. */
    abstract static class OnConfig implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Mixin
        private ConfigOptions options = new ConfigOptions();

        @Parameters(arity = "0..1", paramLabel = "FILE", description = "Configuration file, as after -c.")
        private @Nullable Path file;

        @Override
        public Integer call() {
            CommandSpec command = spec;
            if (command == null) {
                throw new IllegalStateException("used outside a command");
            }
            if (file != null && options.file().isPresent()) {
                throw options.wrong("the configuration file is given twice");
            }
            Optional<Path> from = Optional.ofNullable(file).or(options::file);
            PrintWriter err = command.commandLine().getErr();
            Optional<Bound<ServerConfig>> bound = load(options.sources(from, List.of()), err);
            return bound.map(config -> show(config, from, command.commandLine()))
                    .orElse(Main.FAILED);
        }

        /** Returns the exit code. */
        abstract int show(Bound<ServerConfig> config, Optional<Path> from, CommandLine command);
    }

    /** {@code dunlin config check}. */
    @Command(
            name = "check",
            description =
                    "Says whether a broker could start with this configuration: all its errors, with file and line.")
    static final class Check extends OnConfig {
        @Override
        int show(Bound<ServerConfig> config, Optional<Path> from, CommandLine command) {
            return check(config, from, command);
        }
    }

    /** {@code dunlin config print}. */
    @Command(name = "print", description = "Prints the settings that were given, each with the place where it stands.")
    static final class Print extends OnConfig {
        @Option(names = "--effective", description = "Also the settings that have their default.")
        private boolean effective;

        @Option(
                names = "--redact",
                negatable = true,
                defaultValue = "true",
                fallbackValue = "true",
                description = "Show ****** for passwords, which is the default; --no-redact shows them.")
        private boolean redact;

        @Override
        int show(Bound<ServerConfig> config, Optional<Path> from, CommandLine command) {
            ConfigText.print(config, effective, redact).forEach(command.getOut()::println);
            return Main.OK;
        }
    }

    /** Says that it is in order, or what is wrong with the users, rights and TLS files that it names; returns the exit code. */
    static int check(Bound<ServerConfig> config, Optional<Path> from, CommandLine command) {
        Clock clock = Clock.system();
        try {
            Security.start(config, new LiveCertificates(), clock).close();
        } catch (StartFailed e) {
            command.getErr().println("dunlin: " + e.getMessage());
            return Main.FAILED;
        }
        ConfiguredTls tls = ConfiguredTls.of(config.value());
        if (!tls.unusable().isEmpty()) {
            tls.unusable().forEach(sentence -> command.getErr().println("dunlin: " + sentence));
            return Main.FAILED;
        }
        tls.ended(Instant.ofEpochMilli(clock.wallMillis()))
                .forEach(one -> command.getErr().println("dunlin: warning: " + one.ended()));
        command.getOut().println("OK: " + from.map(Path::toString).orElse("the defaults"));
        return Main.OK;
    }

    /** Loads, or prints all that is wrong. */
    static Optional<Bound<ServerConfig>> load(ConfigSources sources, PrintWriter err) {
        try {
            Bound<ServerConfig> bound = ConfigLoader.load(sources);
            for (Problem warning : bound.warnings()) {
                err.println("dunlin: warning: " + warning);
            }
            return Optional.of(bound);
        } catch (InvalidConfig e) {
            e.problems().forEach(problem -> err.println("dunlin: " + problem));
            return Optional.empty();
        }
    }
}
