package io.dunlin.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A configuration that has been read.
 *
 * @param origins where each setting that was given stands, by its full name; a setting that is absent has its default
 * @param warnings what does not keep it from being used
 * @param secretFiles the files that hold nothing but a secret, by the full names of the secrets
 */
public record Bound<T>(T value, Map<String, String> origins, List<Problem> warnings, Map<String, Path> secretFiles) {
    /** What {@link #origin} says of a setting that nobody gave. */
    public static final String DEFAULT = "default";

    /** Without secrets in files of their own. */
    public Bound(T value, Map<String, String> origins, List<Problem> warnings) {
        this(value, origins, warnings, Map.of());
    }

    /** Where a setting, or the nearest group around it, was given. */
    public String origin(String path) {
        String at = path;
        while (!at.isEmpty()) {
            String origin = origins.get(at);
            if (origin != null) {
                return origin;
            }
            at = at.substring(0, Math.max(0, at.lastIndexOf('.')));
        }
        return DEFAULT;
    }

    /** A problem with the value of one setting. */
    public Problem problem(String path, String message) {
        String origin = origin(path);
        return new Problem(origin.equals(DEFAULT) ? "" : origin, message);
    }
}
