package io.dunlin.server.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Goes through the settings of a configuration for those who assess it. */
public final class SettingsWalk {
    private static final Pattern PLACE = Pattern.compile("(.+):[0-9]+");

    private SettingsWalk() {}

    /** All settings that hold a value, by their full names. */
    public static Map<String, Object> settings(Bound<ServerConfig> bound) {
        Map<String, Object> settings = new LinkedHashMap<>();
        Tree.values(bound.value()).forEach(given -> settings.put(given.path(), given.value()));
        return settings;
    }

    /** The file in which a setting stands, out of {@link Bound#origin}. */
    public static Optional<Path> file(String origin) {
        Matcher place = PLACE.matcher(origin);
        return place.matches() ? Optional.of(Path.of(place.group(1))) : Optional.empty();
    }
}
