package io.dunlin.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the sources of a configuration and binds them. */
public final class ConfigLoader {
    private static final long FILE_BYTES_MAX = 4 << 20;
    private static final Pattern SECRET_NAME =
            Pattern.compile("password|secret|token|headers", Pattern.CASE_INSENSITIVE);

    private ConfigLoader() {}

    /**
     * Reads and binds, and checks what a binding alone cannot ({@link ConfigChecks}).
     *
     * @throws InvalidConfig with all that is wrong, not only the first
     */
    public static Bound<ServerConfig> load(ConfigSources sources) throws InvalidConfig {
        return checked(bind(ServerConfig.class, sources));
    }

    /** What a text may take in: files and the environment of this process, which hold secrets, or nothing but itself. */
    public enum Reach {
        MACHINE,
        TEXT_ALONE
    }

    /**
     * As {@link #load}, of a text in place of the file.
     *
     * @param name of the text, for what is said of it
     * @param sources the file of which is not read
     */
    public static Bound<ServerConfig> loadText(String name, String text, ConfigSources sources, Reach reach)
            throws InvalidConfig {
        boolean isAlone = reach == Reach.TEXT_ALONE;
        ConfigParseOptions options = isAlone ? options().setIncluder(new NoIncluder()) : options();
        Config tree;
        try {
            tree = ConfigFactory.parseString(text, options.setOriginDescription(name))
                    .resolve(ConfigResolveOptions.defaults().setUseSystemEnvironment(!isAlone));
        } catch (NoIncluder.Refused e) {
            throw new InvalidConfig(new Problem(name, e.sentence()));
        } catch (ConfigException.UnresolvedSubstitution e) {
            throw new InvalidConfig(new Problem(
                    place(name, e),
                    "a ${...} names no setting of this text"
                            + (isAlone
                                    ? ", and the environment of the broker is not read here: write the value,"
                                            + " or use dunlin config dry-run at its machine"
                                    : " or variable of the broker's environment")));
        } catch (ConfigException e) {
            throw new InvalidConfig(syntax(name, e));
        } catch (StackOverflowError e) {
            throw new InvalidConfig(new Problem(name, "groups and lists are nested too deeply"));
        }
        return checked(bind(ServerConfig.class, tree, sources));
    }

    private static Bound<ServerConfig> checked(Bound<ServerConfig> read) throws InvalidConfig {
        Bound<ServerConfig> bound = read;
        if (bound.value().listeners().isEmpty()) {
            ServerConfig whole = bound.value().withListeners(Listeners.byDefault());
            bound = new Bound<>(whole, bound.origins(), bound.warnings(), bound.secretFiles());
        }
        List<Problem> problems = ConfigChecks.check(bound);
        if (!problems.isEmpty()) {
            throw new InvalidConfig(problems);
        }
        return bound;
    }

    static <T extends Record> Bound<T> bind(Class<T> type, ConfigSources sources) throws InvalidConfig {
        return bind(type, sources.file().isPresent() ? read(sources.file().get()) : ConfigFactory.empty(), sources);
    }

    private static <T extends Record> Bound<T> bind(Class<T> type, Config file, ConfigSources sources)
            throws InvalidConfig {
        Config tree = file;
        EnvironmentOverlay environment = EnvironmentOverlay.of(Shape.of(type), tree, sources.environment());
        tree = environment.overlay().withFallback(tree);
        for (ConfigSources.Given override : sources.overrides()) {
            tree = overlay(override).withFallback(tree);
        }
        List<Problem> problems = new ArrayList<>(environment.errors());
        try {
            Bound<T> bound = Binder.bind(type, tree.root());
            if (problems.isEmpty()) {
                return new Bound<>(bound.value(), bound.origins(), environment.warnings(), bound.secretFiles());
            }
        } catch (InvalidConfig e) {
            problems.addAll(e.problems());
        }
        throw new InvalidConfig(problems);
    }

    private static Config read(Path file) throws InvalidConfig {
        try {
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                String what = Files.exists(file) ? "is no file that this user can read" : "does not exist";
                throw new InvalidConfig(new Problem("", "the configuration file " + file + " " + what));
            }
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new InvalidConfig(new Problem("", "the configuration file " + file + " is larger than 4 MiB"));
            }
            return ConfigFactory.parseFile(file.toFile(), options()).resolve();
        } catch (ConfigException e) {
            throw new InvalidConfig(syntax(file, e));
        } catch (StackOverflowError e) {
            throw new InvalidConfig(new Problem(file.toString(), "groups and lists are nested too deeply"));
        } catch (IOException e) {
            throw new InvalidConfig(new Problem("", "the configuration file " + file + " cannot be read: " + e));
        }
    }

    private static ConfigParseOptions options() {
        return ConfigParseOptions.defaults()
                .setSyntax(ConfigSyntax.CONF)
                .setAllowMissing(false)
                .setIncluder(new FileIncluder());
    }

    /** Of a text: what the parser says of it may show a part of a secret, so it is left out. */
    private static Problem syntax(String name, ConfigException e) {
        return new Problem(place(name, e), "this is no HOCON: look for what is not closed here or in the line before");
    }

    private static String place(String name, ConfigException e) {
        ConfigOrigin origin = e.origin();
        return origin == null || origin.lineNumber() < 0 ? name : name + ", line " + origin.lineNumber();
    }

    private static Problem syntax(Path file, ConfigException e) {
        ConfigOrigin origin = e.origin();
        String message = Optional.ofNullable(e.getMessage()).orElse("this is no HOCON");
        if (origin == null) {
            return new Problem(file.toString(), message);
        }
        if (origin.filename() != null && isNearSecret(Path.of(origin.filename()), origin.lineNumber())) {
            message =
                    "this cannot be read, and is not shown since it may be a secret: put the value between double quotes,"
                            + " with \\ before each \" and \\ of its own";
        }
        String prefix = origin.description() + ": ";
        return new Problem(
                Binder.describe(origin), message.startsWith(prefix) ? message.substring(prefix.length()) : message);
    }

    /** Whether the line of a mistake, or one around it, names a secret: what the parser says of it could show a part. */
    private static boolean isNearSecret(Path file, int line) {
        try {
            List<String> lines = Files.readAllLines(file);
            int from = Math.max(0, line - 3);
            int to = Math.min(lines.size(), line + 2);
            return from < to
                    && lines.subList(from, to).stream()
                            .anyMatch(text -> SECRET_NAME.matcher(text).find());
        } catch (IOException e) { // it was read a moment ago; what is not known is not shown
            return true;
        }
    }

    private static Config overlay(ConfigSources.Given override) throws InvalidConfig {
        try {
            return at(ConfigUtil.splitPath(override.path()), given(override.value(), override.origin()));
        } catch (ConfigException e) {
            String expected = "expected is key=value, such as mqtt.max-keepalive=60s";
            throw new InvalidConfig(new Problem(override.origin(), "this is no setting: " + expected));
        }
    }

    /** The tree that holds one value at this place. */
    static Config at(List<String> path, ConfigValue value) {
        return value.atPath(ConfigUtil.joinPath(path));
    }

    /**
     * A value from outside the file: a list, a group or a quoted text is HOCON, anything else is taken as it stands, so that
     * {@code 127.0.0.1:1883} needs no quotes.
     */
    static ConfigValue given(String text, String origin) {
        if (!text.isEmpty() && "[{\"".indexOf(text.charAt(0)) >= 0) {
            ConfigParseOptions options =
                    ConfigParseOptions.defaults().setOriginDescription(origin).setIncluder(new FileIncluder());
            return ConfigFactory.parseString("v = " + text, options)
                    .resolve()
                    .getValue("v")
                    .withOrigin(ConfigOriginFactory.newSimple(origin));
        }
        return ConfigValueFactory.fromAnyRef(text, origin);
    }
}
