package io.dunlin.fleet.scenario;

import io.dunlin.fleet.payload.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text with placeholders: {@code {name}}, {@code {name:2}} for two decimals, {@code {name:03}} for a number filled up with
 * zeros. A text that is one placeholder and nothing else keeps the type of its value.
 */
public final class Template {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z_][\\w.-]*)(?::(0?\\d))?}");

    private final List<Part> parts;

    /** Literal text, or a placeholder with its name. */
    private record Part(String literal, @Nullable String name, String format) {
        Value value(Function<String, Value> values, String placeholder) {
            Value value = values.apply(placeholder);
            if (format.isEmpty()) {
                return value;
            }
            int digits = format.charAt(format.length() - 1) - '0';
            if (format.length() == 2) {
                String text = value.text();
                return Value.of("0".repeat(Math.max(0, digits - text.length())) + text);
            }
            double number = value.number();
            return Double.isNaN(number) ? value : new Value.Real(number, digits);
        }
    }

    private Template(List<Part> parts) {
        this.parts = parts;
    }

    /** Braces that are no placeholder, as in JSON, stay what they are. */
    static Template parse(String text) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = PLACEHOLDER.matcher(text);
        int end = 0;
        while (matcher.find()) {
            if (matcher.start() > end) {
                parts.add(new Part(text.substring(end, matcher.start()), null, ""));
            }
            parts.add(new Part("", matcher.group(1), matcher.group(2) == null ? "" : matcher.group(2)));
            end = matcher.end();
        }
        if (end < text.length() || parts.isEmpty()) {
            parts.add(new Part(text.substring(end), null, ""));
        }
        return new Template(parts);
    }

    /** With the values filled in. */
    public String text(Function<String, Value> values) {
        StringBuilder out = new StringBuilder();
        for (Part part : parts) {
            out.append(
                    part.name() == null
                            ? part.literal()
                            : part.value(values, part.name()).text());
        }
        return out.toString();
    }

    /** As {@link #text}, but a single placeholder gives its value as it is. */
    public Value value(Function<String, Value> values) {
        Part first = parts.get(0);
        return parts.size() == 1 && first.name() != null ? first.value(values, first.name()) : Value.of(text(values));
    }

    /** The names of all placeholders. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        for (Part part : parts) {
            if (part.name() != null) {
                names.add(part.name());
            }
        }
        return names;
    }
}
