package io.dunlin.server.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import io.dunlin.server.config.Shape.Field;
import io.dunlin.server.config.Shape.Leaf;
import io.dunlin.server.config.Shape.ListOf;
import io.dunlin.server.config.Shape.MapOf;
import io.dunlin.server.config.Shape.OptionalOf;
import io.dunlin.server.config.Shape.Struct;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Binds a HOCON tree strictly to a record: every name must be a component (in dashes), every value must fit its type and its
 * bounds. It goes on after a problem, so that one run names them all. Used once, by one thread.
 */
final class Binder {
    private static final int SECRET_BYTES_MAX = 64 << 10;

    private final Struct root;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, String> origins = new LinkedHashMap<>();
    private final Map<String, Path> secretFiles = new LinkedHashMap<>();

    private Binder(Struct root) {
        this.root = root;
    }

    /** @throws InvalidConfig with all that does not fit */
    static <T extends Record> Bound<T> bind(Class<T> type, ConfigObject tree) throws InvalidConfig {
        Binder binder = new Binder(Shape.of(type));
        Object bound = binder.struct("", binder.root, tree);
        if (bound == null || !binder.problems.isEmpty()) {
            throw new InvalidConfig(binder.problems);
        }
        return new Bound<>(type.cast(bound), Map.copyOf(binder.origins), List.of(), Map.copyOf(binder.secretFiles));
    }

    /** Null where a problem was noted; so everywhere here. */
    private @Nullable Object value(String path, Shape shape, @Nullable Setting setting, ConfigValue value) {
        origins.put(path, describe(value.origin()));
        return switch (shape) {
            case Leaf leaf -> leaf(path, leaf, setting, value);
            case OptionalOf optional -> {
                Object inner = value(path, optional.inner(), setting, value);
                yield inner == null ? null : Optional.of(inner);
            }
            case ListOf list -> list(path, list, setting, value);
            case Struct struct -> {
                if (value instanceof ConfigObject object) {
                    yield struct(path, struct, object);
                }
                yield unfit(path, struct, value, "a group { ... } with the settings " + keys(struct));
            }
            case MapOf map -> {
                if (value instanceof ConfigObject object) {
                    yield map(path, map, object);
                }
                yield unfit(path, map, value, "a group { ... } of names");
            }
        };
    }

    private @Nullable Object leaf(String path, Leaf leaf, @Nullable Setting setting, ConfigValue value) {
        try {
            Object read = Values.read(leaf.type(), value);
            return setting == null || withinBounds(path, leaf, setting, read, value) ? read : null;
        } catch (Values.Unfit e) {
            return unfit(path, leaf, value, e.expected());
        }
    }

    private boolean withinBounds(String path, Leaf leaf, Setting setting, Object read, ConfigValue value) {
        boolean low = !setting.min().isEmpty() && compare(read, constant(leaf, setting.min())) < 0;
        boolean high = !setting.max().isEmpty() && compare(read, constant(leaf, setting.max())) > 0;
        if (!low && !high) {
            return true;
        }
        problem(value.origin(), path + " = " + shown(value) + " is out of bounds: expected is " + bounds(setting));
        return false;
    }

    static String bounds(Setting setting) {
        if (setting.max().isEmpty()) {
            return "at least " + setting.min();
        }
        return setting.min().isEmpty() ? "at most " + setting.max() : setting.min() + " to " + setting.max();
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object read, Object bound) {
        return ((Comparable<Object>) read).compareTo(bound);
    }

    /** A default or a bound of ours, which always fits. */
    private static Object constant(Leaf leaf, String text) {
        try {
            return Values.read(leaf.type(), ConfigValueFactory.fromAnyRef(text));
        } catch (Values.Unfit e) {
            throw new IllegalStateException(text + " in a @Setting: expected is " + e.expected(), e);
        }
    }

    private @Nullable Object list(String path, ListOf list, @Nullable Setting setting, ConfigValue value) {
        if (setting != null && setting.orOne() && value.valueType() != ConfigValueType.LIST) {
            Object single = value(path, list.element(), setting, value);
            return single == null ? null : List.of(single);
        }
        if (!(value instanceof ConfigList elements)) {
            return unfit(path, list, value, "a list [ ... ]");
        }
        List<Object> bound = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            Object element = value(path + "." + i, list.element(), setting, elements.get(i));
            if (element != null) {
                bound.add(element);
            }
        }
        return bound.size() == elements.size() ? List.copyOf(bound) : null;
    }

    private @Nullable Object map(String path, MapOf map, ConfigObject object) {
        Map<String, Object> bound = new LinkedHashMap<>();
        for (String name : new TreeSet<>(object.keySet())) {
            ConfigValue value = present(object, name);
            Object entry = value == null ? null : value(join(path, name), map.value(), null, value);
            if (entry != null) {
                bound.put(name, entry);
            }
        }
        return Collections.unmodifiableMap(bound);
    }

    private @Nullable Object struct(String path, Struct struct, ConfigObject object) {
        for (Map.Entry<String, ConfigValue> given : new TreeMap<>(object).entrySet()) {
            String key = given.getKey();
            boolean known = struct.fields().stream()
                    .anyMatch(field -> !field.isOrigin() && field.key().equals(key)
                            || field.isSecret() && field.fileKey().equals(key));
            if (!known) {
                problem(given.getValue().origin(), unknown(path, struct, key));
            }
        }
        List<Field> fields = struct.fields();
        @Nullable Object[] arguments = new Object[fields.size()];
        boolean whole = true;
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = field(join(path, fields.get(i).key()), fields.get(i), object);
            whole &= arguments[i] != null;
        }
        return whole ? construct(struct, arguments) : null;
    }

    private @Nullable Object field(String path, Field field, ConfigObject object) {
        if (field.isOrigin()) {
            return new Origin(describe(object.origin()));
        }
        ConfigValue given = present(object, field.key());
        ConfigValue file = field.isSecret() ? present(object, field.fileKey()) : null;
        if (given != null && file != null) {
            return problem(file.origin(), path + " and " + path + "-file are both given: keep one of them");
        }
        if (given != null) {
            return value(path, field.shape(), field.setting(), given);
        }
        if (file != null) {
            return secretOf(path, field, file);
        }
        return absent(path, field, object);
    }

    private static @Nullable ConfigValue present(ConfigObject object, String key) {
        ConfigValue value = object.get(key);
        return value == null || value.valueType() == ConfigValueType.NULL ? null : value;
    }

    private @Nullable Object absent(String path, Field field, ConfigObject around) {
        Setting setting = field.setting();
        return switch (field.shape()) {
            case OptionalOf _ -> Optional.empty();
            case MapOf _ -> Map.of();
            case Struct struct -> struct(path, struct, ConfigFactory.empty().root());
            case ListOf list when setting.byDefault().isEmpty() -> List.of();
            case ListOf list -> defaults(list, setting.byDefault());
            case Leaf leaf -> {
                if (setting.byDefault().isEmpty()) {
                    String expected = leaf.type() == Secret.class
                            ? "give it, or " + field.fileKey() + " with the path of a file that holds it"
                            : "expected is " + Values.expected(leaf.type());
                    yield problem(around.origin(), path + " is missing: " + expected);
                }
                yield constant(leaf, setting.byDefault());
            }
        };
    }

    private static Object defaults(ListOf list, String text) {
        return ConfigFactory.parseString("v = " + text).getList("v").stream()
                .map(element ->
                        constant((Leaf) list.element(), element.unwrapped().toString()))
                .toList();
    }

    private @Nullable Object secretOf(String path, Field field, ConfigValue named) {
        Object read = value(path + "-file", new Leaf(Path.class), null, named);
        if (!(read instanceof Path file)) {
            return null;
        }
        try {
            if (Files.size(file) > SECRET_BYTES_MAX) {
                return problem(
                        named.origin(), path + "-file = " + file + " is too large for a secret (64 KiB at most)");
            }
            Secret secret = new Secret(Files.readString(file).replaceFirst("\\r?\\n\\z", ""));
            origins.put(path, describe(named.origin()));
            secretFiles.put(path, file);
            return field.shape() instanceof OptionalOf ? Optional.of(secret) : secret;
        } catch (IOException e) {
            return problem(
                    named.origin(), path + "-file = " + file + " cannot be read: give a file that this user can read");
        }
    }

    private static Object construct(Struct struct, @Nullable Object[] arguments) {
        try {
            Class<?>[] types = Arrays.stream(struct.type().getRecordComponents())
                    .map(component -> component.getType())
                    .toArray(Class<?>[]::new);
            Constructor<?> constructor = struct.type().getDeclaredConstructor(types);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + struct.type().getName(), e);
        }
    }

    /** What stands in the place of a secret, or of a group that may hold one, is not shown. */
    private @Nullable Object unfit(String path, Shape shape, ConfigValue value, String expected) {
        String what = shape.holdsSecret() ? Secret.REDACTED : shown(value);
        return problem(value.origin(), path + " = " + what + " does not fit: expected is " + expected);
    }

    private @Nullable Object problem(ConfigOrigin origin, String message) {
        problems.add(new Problem(describe(origin), message));
        return null;
    }

    private static String shown(ConfigValue value) {
        String text = value.unwrapped() instanceof String string ? "\"" + string + "\"" : value.render(Tree.CONCISE);
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    /** Says that there is no such setting and which one may have been meant. */
    private String unknown(String path, Struct struct, String key) {
        String name = join(path, key);
        Optional<String> near =
                Nearest.to(key, struct.fields().stream().map(Field::key).toList());
        Optional<String> meant = near.map(found -> join(path, found)).or(() -> elsewhere(key));
        return meant.map(found -> name + " is not a setting: did you mean " + found + "?")
                .orElseGet(() -> name + " is not a setting: known " + (path.isEmpty() ? "at the top" : "in " + path)
                        + " are " + keys(struct));
    }

    /** A setting of exactly this last name in another group. */
    private Optional<String> elsewhere(String key) {
        String wanted = key.replace('_', '-');
        return Tree.names(root).stream()
                .filter(name -> name.endsWith("." + wanted))
                .findFirst();
    }

    private static String keys(Struct struct) {
        return String.join(
                ", ",
                struct.fields().stream()
                        .filter(field -> !field.isOrigin())
                        .map(Field::key)
                        .toList());
    }

    private static String join(String path, String key) {
        String quoted = ConfigUtil.joinPath(key);
        return path.isEmpty() ? quoted : path + "." + quoted;
    }

    /** {@code dunlin.conf:12}, or what an overlay said of itself. */
    static String describe(ConfigOrigin origin) {
        String name = origin.filename() == null ? origin.description() : origin.filename();
        return origin.filename() != null && origin.lineNumber() > 0 ? name + ":" + origin.lineNumber() : name;
    }
}
