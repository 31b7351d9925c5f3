package io.dunlin.server;

import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.ConfigSources.Given;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the configuration comes from, as options of a command. */
final class ConfigOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Configuration file (HOCON); see docs/configuration.md.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "One setting, such as mqtt.max-keepalive=60s; it wins over the file and the environment. Repeatable.")
    private List<String> sets = new ArrayList<>();

    Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** Whether {@code --set} was given. */
    boolean hasOverrides() {
        return !sets.isEmpty();
    }

    /** Whether {@code --set} or the environment names a setting that begins like this. */
    boolean names(String prefix) {
        String variable =
                "DUNLIN_" + prefix.replace(".", "__").replace('-', '_').toUpperCase(Locale.ROOT);
        return sets.stream().anyMatch(set -> set.strip().startsWith(prefix))
                || System.getenv().keySet().stream().anyMatch(name -> name.startsWith(variable));
    }

    /** @param first other settings from the command line, over which {@code --set} wins */
    ConfigSources sources(List<Given> first) {
        return sources(file(), first);
    }

    ConfigSources sources(Optional<Path> from, List<Given> first) {
        List<Given> overrides = new ArrayList<>(first);
        for (String set : sets) {
            overrides.add(given(set));
        }
        Map<String, String> environment = System.getenv();
        return new ConfigSources(from, environment, overrides);
    }

    private Given given(String set) {
        int equals = set.indexOf('=');
        if (equals < 1) {
            throw wrong("--set " + set + " is no KEY=VALUE, such as --set mqtt.max-keepalive=60s");
        }
        String key = set.substring(0, equals).strip();
        return new Given(key, set.substring(equals + 1), "--set " + key); // not the value: it may be a secret
    }

    ParameterException wrong(String message) {
        if (spec == null) {
            throw new IllegalStateException("used outside a command");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
