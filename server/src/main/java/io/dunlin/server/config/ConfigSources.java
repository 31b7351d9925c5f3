package io.dunlin.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a configuration comes from; each part wins over the ones before it: defaults, file, environment, overrides.
 *
 * @param environment all of it; names that begin with {@code DUNLIN_} count
 * @param overrides from the command line; later ones win
 */
public record ConfigSources(Optional<Path> file, Map<String, String> environment, List<Given> overrides) {
    /** Nothing but the defaults. */
    public static final ConfigSources NONE = new ConfigSources(Optional.empty(), Map.of(), List.of());

    public ConfigSources {
        environment = Map.copyOf(environment);
        overrides = List.copyOf(overrides);
    }

    /**
     * One setting from the command line.
     *
     * @param origin what messages call it, such as {@code --set mqtt.max-keepalive}; without the value, which may be a secret
     */
    public record Given(String path, String value, String origin) {}
}
