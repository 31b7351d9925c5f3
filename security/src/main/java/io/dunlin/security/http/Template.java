package io.dunlin.security.http;

import io.dunlin.security.login.InvalidSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with placeholders such as {@code ${clientid}}. Immutable. */
final class Template {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");

    private final List<Part> parts;

    private Template(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    private record Part(String text, boolean placeholder) {}

    /**
     * Takes a template apart.
     *
     * @param setting its name, for the message
     * @throws InvalidSource where it has a placeholder that is not known here
     */
    static Template of(String setting, String text, Predicate<String> known) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = PLACEHOLDER.matcher(text);
        int end = 0;
        while (matcher.find()) {
            String name = matcher.group(1);
            if (!known.test(name)) {
                throw new InvalidSource(setting + " has the placeholder ${" + name + "}, which is not known here");
            }
            parts.add(new Part(text.substring(end, matcher.start()), false));
            parts.add(new Part(name, true));
            end = matcher.end();
        }
        parts.add(new Part(text.substring(end), false));
        return new Template(parts);
    }

    /** @param encode applied to values, not to what stands in the template itself */
    String render(Function<String, String> values, UnaryOperator<String> encode) {
        StringBuilder out = new StringBuilder();
        for (Part part : parts) {
            out.append(part.placeholder ? encode.apply(values.apply(part.text)) : part.text);
        }
        return out.toString();
    }
}
