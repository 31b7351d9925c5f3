package io.dunlin.server.config;

import io.dunlin.server.config.Shape.Leaf;
import io.dunlin.server.config.Shape.ListOf;
import io.dunlin.server.config.Shape.MapOf;
import io.dunlin.server.config.Shape.OptionalOf;
import io.dunlin.server.config.Shape.Struct;
import io.dunlin.server.config.Tree.Given;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A configuration as text: printed, compared with another, and described for the reference page. */
public final class ConfigText {
    private static final int ORIGIN_COLUMN = 56;

    private ConfigText() {}

    /**
     * One line {@code setting = value  # where it was given} each, as a file that gives the same configuration again (with
     * secrets only where {@code redact} is off).
     *
     * @param effective also those that have their default
     */
    public static List<String> print(Bound<ServerConfig> bound, boolean effective, boolean redact) {
        List<String> lines = new ArrayList<>();
        for (Given given : Tree.values(bound.value())) {
            String origin = exactOrigin(bound, given.path());
            if (effective || !origin.equals(Bound.DEFAULT)) {
                String setting = given.path() + " = " + Values.write(given.value(), redact);
                lines.add(pad(setting) + "  # " + origin);
            }
        }
        return lines;
    }

    /**
     * A setting that holds something.
     *
     * @param value as it stands in a file; a secret only as {@code ******}
     * @param origin where it was given, or {@link Bound#DEFAULT}
     * @param byDefault what it holds where nobody gives it, "" for nothing
     * @param live whether a change takes effect when the configuration is read again, and not only at the next start
     */
    public record Shown(String key, String value, String origin, String byDefault, boolean live) {}

    /** All settings that hold something, in the order of the reference page. */
    public static List<Shown> show(Bound<ServerConfig> bound) {
        return Tree.values(bound.value()).stream()
                .map(given -> new Shown(
                        given.path(),
                        Values.write(given.value(), true),
                        exactOrigin(bound, given.path()),
                        given.setting().byDefault(),
                        !given.setting().restart()))
                .toList();
    }

    private static String exactOrigin(Bound<ServerConfig> bound, String path) {
        return bound.origins().getOrDefault(path, Bound.DEFAULT);
    }

    private static String pad(String setting) {
        return setting + " ".repeat(Math.max(0, ORIGIN_COLUMN - setting.length()));
    }

    /**
     * What differs between two configurations.
     *
     * @param before "" where the setting held nothing
     * @param after "" where it holds nothing any more
     * @param restart whether it takes effect at the next start only
     */
    public record Change(String path, String before, String after, boolean restart) {
        @Override
        public String toString() {
            String from = before.isEmpty() ? "(unset)" : before;
            return path + ": " + from + " -> " + (after.isEmpty() ? "(unset)" : after);
        }
    }

    /** The settings that differ, by name. A secret that differs shows as such, without its value. */
    public static List<Change> changes(ServerConfig before, ServerConfig after) {
        Map<String, Given> old = byPath(before);
        Map<String, Given> now = byPath(after);
        TreeSet<String> paths = new TreeSet<>(old.keySet());
        paths.addAll(now.keySet());
        List<Change> changes = new ArrayList<>();
        for (String path : paths) {
            Given from = old.get(path);
            Given to = now.get(path);
            boolean restart = from != null && from.setting().restart()
                    || to != null && to.setting().restart();
            if (from == null || to == null || !from.value().equals(to.value())) {
                changes.add(new Change(path, shown(from), shown(to), restart));
            }
        }
        return changes;
    }

    private static Map<String, Given> byPath(ServerConfig config) {
        Map<String, Given> byPath = new LinkedHashMap<>();
        Tree.values(config).forEach(given -> byPath.put(given.path(), given));
        return byPath;
    }

    private static String shown(@Nullable Given given) {
        return given == null ? "" : Values.write(given.value(), true);
    }

    /** All settings as rows of a Markdown table, for the reference page. */
    public static List<String> reference() {
        List<String> rows = new ArrayList<>();
        rows.add("| setting | kind | default | what it does |");
        rows.add("|---|---|---|---|");
        for (Tree.Entry entry : Tree.entries(Shape.of(ServerConfig.class))) {
            Setting setting = entry.setting();
            rows.add("| `" + entry.path() + "` | " + kind(entry.shape()) + bounds(setting) + " | " + byDefault(entry)
                    + " | " + setting.value() + (setting.restart() ? " (at the next start)" : "") + " |");
        }
        return rows;
    }

    private static String kind(Shape shape) {
        return switch (shape) {
            case Leaf leaf -> Values.kind(leaf.type());
            case OptionalOf optional -> kind(optional.inner());
            case ListOf list -> "list of " + kind(list.element());
            case MapOf _, Struct _ -> "group";
        };
    }

    private static String bounds(Setting setting) {
        boolean bounded = !setting.min().isEmpty() || !setting.max().isEmpty();
        return bounded ? ", " + Binder.bounds(setting) : "";
    }

    private static String byDefault(Tree.Entry entry) {
        if (!entry.setting().byDefault().isEmpty()) {
            return "`" + entry.setting().byDefault() + "`";
        }
        return entry.shape() instanceof Leaf ? "*to be given*" : "";
    }

    /** Several lines as one text. */
    public static String join(List<?> lines) {
        return lines.stream().map(Object::toString).collect(Collectors.joining(System.lineSeparator()));
    }
}
