package io.dunlin.security.directory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text with placeholders such as {@code ${username}}; what is put in is escaped, so that it stays the value that it is. Immutable. */
final class Template {
    static final String USERNAME = "username";
    static final String CLIENT_ID = "clientid";
    static final String DN = "dn";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]*)}");

    private final List<String> texts = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final UnaryOperator<String> escape;

    /** @throws IllegalArgumentException with a sentence, where it has a placeholder that is not among {@code known} */
    Template(String setting, String text, Set<String> known, UnaryOperator<String> escape) {
        this.escape = escape;
        Matcher matcher = PLACEHOLDER.matcher(text);
        int at = 0;
        while (matcher.find()) {
            if (!known.contains(matcher.group(1))) {
                throw new IllegalArgumentException(setting + " has " + matcher.group() + ": expected is "
                        + String.join(
                                " or ",
                                known.stream()
                                        .sorted()
                                        .map(name -> "${" + name + "}")
                                        .toList()));
            }
            texts.add(text.substring(at, matcher.start()));
            names.add(matcher.group(1));
            at = matcher.end();
        }
        texts.add(text.substring(at));
    }

    boolean uses(String name) {
        return names.contains(name);
    }

    /** @param values one for each placeholder */
    String with(Map<String, String> values) {
        StringBuilder out = new StringBuilder(texts.getFirst());
        for (int i = 0; i < names.size(); i++) {
            String value = values.get(names.get(i));
            if (value == null) {
                throw new IllegalArgumentException("no value for " + names.get(i));
            }
            out.append(escape.apply(value)).append(texts.get(i + 1));
        }
        return out.toString();
    }
}
