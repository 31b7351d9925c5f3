package io.dunlin.security.audit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One thing that the audit log tells. Immutable. A field whose name says that it holds a secret never comes through, whoever made it.
 *
 * @param event what happened, such as {@code user.changed} or {@code login.refused}
 * @param fields texts, numbers, truth values, lists and maps of these, in the order in which they are written
 */
public record AuditEntry(String event, Actor who, Map<String, Object> fields) {
    /** What stands for a secret. */
    static final String REDACTED = "******";

    private static final int TEXT_CHARS_MAX = 256;
    private static final String CUT = "...";
    private static final Set<String> SECRET_NAMES = Set.of("password", "secret", "token", "hash", "key");

    public AuditEntry {
        fields = withoutSecrets(fields);
    }

    /** @param fields name, value, name, value; a pair whose value is an empty text is left out */
    public static AuditEntry of(String event, Actor who, Object... fields) {
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i + 1 < fields.length; i += 2) {
            if (!"".equals(fields[i + 1])) {
                named.put(fields[i].toString(), fields[i + 1]);
            }
        }
        return new AuditEntry(event, who, named);
    }

    /** The same with one more field. */
    AuditEntry with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new AuditEntry(event, who, more);
    }

    /** The same with no text longer than 256 characters: for what clients choose. */
    public AuditEntry cut() {
        Map<String, Object> shorter = new LinkedHashMap<>(fields);
        shorter.replaceAll((name, value) -> value instanceof String text && text.length() > TEXT_CHARS_MAX
                ? text.substring(0, TEXT_CHARS_MAX - CUT.length()) + CUT
                : value);
        return new AuditEntry(event, who, shorter);
    }

    private static Map<String, Object> withoutSecrets(Map<String, Object> fields) {
        Map<String, Object> clean = new LinkedHashMap<>();
        fields.forEach((name, value) -> clean.put(name, isSecret(name) ? REDACTED : cleaned(value)));
        return Collections.unmodifiableMap(clean);
    }

    private static Object cleaned(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> inner = new LinkedHashMap<>();
            map.forEach((name, held) -> inner.put(String.valueOf(name), held));
            return withoutSecrets(inner);
        }
        return value;
    }

    /** Whether the last word of a name, {@code bind-password} or {@code newPassword}, is that of a secret. */
    private static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return SECRET_NAMES.stream().anyMatch(lower::endsWith);
    }
}
