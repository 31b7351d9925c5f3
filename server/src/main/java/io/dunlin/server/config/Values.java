package io.dunlin.server.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads single values and writes them back as they would stand in the file. */
final class Values {
    private static final Set<Class<?>> VALUE_RECORDS = Set.of(Size.class, Secret.class, Bind.class, Origin.class);
    private static final Pattern WITH_UNIT = Pattern.compile("0|[0-9.]+\\s*[a-zA-Z]+");
    private static final Pattern NEEDS_NO_QUOTES = Pattern.compile("(?!null$)[A-Za-z][A-Za-z0-9_.-]*");

    private Values() {}

    /** A value that is none of what is expected there; the message is what is expected. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1;

        private final String expected;

        Unfit(String expected) {
            super(expected, null, false, false);
            this.expected = expected;
        }

        String expected() {
            return expected;
        }
    }

    /** Whether a record class is a single value and not a group of settings. */
    static boolean isValue(Class<?> type) {
        return VALUE_RECORDS.contains(type);
    }

    /** @throws Unfit with what is expected */
    static Object read(Class<?> type, ConfigValue value) throws Unfit {
        if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
            throw new Unfit(expected(type));
        }
        try {
            return readScalar(type, value);
        } catch (IllegalArgumentException | ArithmeticException | ConfigException e) {
            throw new Unfit(expected(type));
        }
    }

    private static Object readScalar(Class<?> type, ConfigValue value) {
        String text = value.atKey("v").getString("v").trim();
        if (type == boolean.class || type == Boolean.class) {
            return value.atKey("v").getBoolean("v");
        }
        if (type == int.class || type == Integer.class) {
            return Integer.parseInt(text);
        }
        if (type == long.class || type == Long.class) {
            return Long.parseLong(text);
        }
        if (type == String.class) {
            return value.atKey("v").getString("v");
        }
        if (type == Secret.class) {
            return new Secret(value.atKey("v").getString("v"));
        }
        if (type == Duration.class) {
            return duration(text, value);
        }
        if (type == Size.class) {
            return new Size(
                    value.atKey("v").getMemorySize("v").toBytesBigInteger().longValueExact());
        }
        if (type == Bind.class) {
            return Bind.parse(text);
        }
        if (type == Path.class) {
            return path(text, value);
        }
        return constant(type, text);
    }

    private static Duration duration(String text, ConfigValue value) {
        if (!WITH_UNIT.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
        }
        return value.atKey("v").getDuration("v");
    }

    /** Relative to the folder of the file that says so; on the command line and in the environment to the current one. */
    private static Path path(String text, ConfigValue value) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty");
        }
        Path path = Path.of(text);
        String file = value.origin().filename();
        Path folder = file == null ? null : Path.of(file).toAbsolutePath().getParent();
        return folder == null ? path : folder.resolve(path).normalize();
    }

    private static Object constant(Class<?> type, String text) {
        for (Object constant : type.getEnumConstants()) {
            if (name(constant).equalsIgnoreCase(text.replace('_', '-'))) {
                return constant;
            }
        }
        throw new IllegalArgumentException(text);
    }

    private static String name(Object constant) {
        return Shape.dashed(((Enum<?>) constant).name());
    }

    /** What can stand there, to complete "expected is ...". */
    static String expected(Class<?> type) {
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "a whole number";
        }
        if (type == Duration.class) {
            return "a time with its unit, such as 500ms, 30s, 10m, 2h or 7d";
        }
        if (type == Size.class) {
            return "a size in bytes, such as 4096, 64KiB, 16MiB or 1GiB";
        }
        if (type == Bind.class) {
            return "an address to listen on, such as 127.0.0.1:1883, [::1]:1883, *:1883 or unix:/run/dunlin.sock";
        }
        if (type == Path.class) {
            return "the path of a file or folder";
        }
        if (type.isEnum()) {
            return constants(type);
        }
        return "a text";
    }

    /** The names of an enum's constants: "a, b or c". */
    private static String constants(Class<?> type) {
        List<String> names =
                Arrays.stream(type.getEnumConstants()).map(Values::name).toList();
        String last = names.getLast();
        return names.size() == 1 ? last : String.join(", ", names.subList(0, names.size() - 1)) + " or " + last;
    }

    /** The kind of value, for the reference page. */
    static String kind(Class<?> type) {
        if (type == Duration.class) {
            return "time";
        }
        if (type == Bind.class) {
            return "address";
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "number";
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> "`" + name(constant) + "`")
                    .collect(Collectors.joining(", "));
        }
        return Shape.dashed(type.getSimpleName()).replaceFirst("^-", "").replace("string", "text");
    }

    /** As it would stand in the file; a secret as such only where {@code redact} is off. */
    static String write(@Nullable Object value, boolean redact) {
        return switch (value) {
            case null -> "null";
            case Duration duration -> time(duration);
            case Secret secret -> ConfigUtil.quoteString(redact ? Secret.REDACTED : secret.value());
            case Size size -> size.toString();
            case Enum<?> constant -> name(constant);
            case List<?> list ->
                list.stream().map(element -> write(element, redact)).collect(Collectors.joining(", ", "[", "]"));
            case Optional<?> optional -> write(optional.orElse(null), redact);
            case Record group when !isValue(group.getClass()) -> group(group, redact);
            case Boolean flag -> flag.toString();
            case Number number -> number.toString();
            default -> {
                String text = value.toString();
                yield NEEDS_NO_QUOTES.matcher(text).matches() ? text : ConfigUtil.quoteString(text);
            }
        };
    }

    /** A group on one line, without what holds nothing. */
    private static String group(Record group, boolean redact) {
        return Shape.of(group.getClass()).fields().stream()
                .filter(field -> !field.isOrigin())
                .map(field -> Map.entry(field.key(), Tree.component(group, field)))
                .filter(entry -> !entry.getValue().equals(Optional.empty())
                        && !entry.getValue().equals(List.of()))
                .map(entry -> entry.getKey() + " = " + write(entry.getValue(), redact))
                .collect(Collectors.joining(", ", "{ ", " }"));
    }

    private static String time(Duration duration) {
        long nanos = duration.getNano();
        long seconds = duration.getSeconds();
        if (nanos != 0) {
            return nanos % 1_000_000 == 0 ? duration.toMillis() + "ms" : duration.toNanos() + "ns";
        }
        if (seconds != 0 && seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds != 0 && seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds != 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
