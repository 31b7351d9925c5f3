package io.dunlin.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import io.dunlin.server.config.Shape.Field;
import io.dunlin.server.config.Shape.Leaf;
import io.dunlin.server.config.Shape.ListOf;
import io.dunlin.server.config.Shape.MapOf;
import io.dunlin.server.config.Shape.OptionalOf;
import io.dunlin.server.config.Shape.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Settings from the environment: {@code DUNLIN_MQTT__MAX_PACKET_SIZE} is {@code mqtt.max-packet-size}; two underscores stand
 * for a dot, one for a dash. A variable that names no setting is an error where it has a double underscore, else a warning
 * only: Kubernetes puts variables such as {@code DUNLIN_SERVICE_HOST} into each container beside a service named dunlin.
 */
record EnvironmentOverlay(Config overlay, List<Problem> errors, List<Problem> warnings) {
    static final String PREFIX = "DUNLIN_";

    /** Read by the script that starts the program. */
    private static final Set<String> OF_THE_LAUNCHER = Set.of("DUNLIN_JAVA_OPTS", "DUNLIN_AOT");

    static EnvironmentOverlay of(Struct root, Config below, Map<String, String> environment) {
        Config overlay = ConfigFactory.empty();
        List<Problem> errors = new ArrayList<>();
        List<Problem> warnings = new ArrayList<>();
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            String name = variable.getKey();
            if (!name.startsWith(PREFIX) || name.length() == PREFIX.length() || OF_THE_LAUNCHER.contains(name)) {
                continue;
            }
            String origin = "environment " + name;
            Optional<List<String>> path = path(root, below.root(), name.substring(PREFIX.length()));
            if (path.isEmpty()) {
                (name.contains("__") ? errors : warnings).add(new Problem(origin, unknown(root, name)));
                continue;
            }
            try {
                overlay = ConfigLoader.at(path.get(), ConfigLoader.given(variable.getValue(), origin))
                        .withFallback(overlay);
            } catch (ConfigException e) {
                errors.add(new Problem(origin, "the value is no HOCON: quote it as a text, or close its brackets"));
            }
        }
        return new EnvironmentOverlay(overlay, errors, warnings);
    }

    private static String unknown(Struct root, String name) {
        List<String> names =
                Tree.names(root).stream().map(EnvironmentOverlay::variable).toList();
        String meant = Nearest.to(name, names)
                .map(near -> ": did you mean " + near + "?")
                .orElse("");
        return "no setting has this name" + meant;
    }

    /** The variable that sets a setting. */
    static String variable(String path) {
        return PREFIX + path.toUpperCase(Locale.ROOT).replace(".", "__").replace('-', '_');
    }

    /** The keys from the root down, where the variable names a setting. */
    private static Optional<List<String>> path(Struct root, ConfigObject below, String name) {
        List<String> path = new ArrayList<>();
        Shape at = root;
        Optional<ConfigObject> given = Optional.of(below);
        for (String part : name.split("__", -1)) {
            String key = part.toLowerCase(Locale.ROOT).replace('_', '-');
            Optional<Step> step = key.isEmpty() ? Optional.empty() : step(at, key, given);
            if (step.isEmpty()) {
                return Optional.empty();
            }
            path.add(step.get().key());
            at = step.get().shape();
            given = given.map(object -> object.get(step.get().key()))
                    .filter(ConfigObject.class::isInstance)
                    .map(ConfigObject.class::cast);
        }
        return Optional.of(path);
    }

    private record Step(String key, Shape shape) {}

    private static Optional<Step> step(Shape at, String key, Optional<ConfigObject> given) {
        return switch (at.bare()) {
            case Struct struct ->
                struct.fields().stream()
                        .filter(field -> field.key().equals(key) || isSecretFile(field, key))
                        .findFirst()
                        .map(field -> new Step(key, field.shape()));
            case MapOf map -> Optional.of(new Step(named(key, given), map.value()));
            case Leaf _, ListOf _, OptionalOf _ -> Optional.empty();
        };
    }

    private static boolean isSecretFile(Field field, String key) {
        return field.isSecret() && field.fileKey().equals(key);
    }

    /** The name as the file spells it, where it has it: variables know neither case nor dashes. */
    private static String named(String key, Optional<ConfigObject> given) {
        return given.stream()
                .flatMap(object -> object.keySet().stream())
                .filter(name -> name.toLowerCase(Locale.ROOT).replace('_', '-').equals(key))
                .findFirst()
                .orElse(key);
    }
}
