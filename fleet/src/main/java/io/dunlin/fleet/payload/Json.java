package io.dunlin.fleet.payload;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON (RFC 8259) of a {@link Value}, and back. */
public final class Json {
    private static final int DEPTH_MAX = 32;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** In UTF-8, without white space. */
    public static byte[] bytes(Value value) {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    /** Without white space. */
    public static String text(Value value) {
        StringBuilder out = new StringBuilder(128);
        write(value, out);
        return out.toString();
    }

    private static void write(Value value, StringBuilder out) {
        switch (value) {
            case Value.Text text -> quote(text.text(), out);
            case Value.Whole whole -> out.append(whole.whole());
            case Value.Real real -> out.append(Decimals.text(real.number(), real.decimals()));
            case Value.Flag flag -> out.append(flag.on());
            case Value.Row row -> {
                char before = '[';
                for (Value each : row.values()) {
                    out.append(before);
                    write(each, out);
                    before = ',';
                }
                out.append(before == '[' ? "[]" : "]");
            }
            case Value.Tree tree -> {
                char before = '{';
                for (Map.Entry<String, Value> field : tree.fields().entrySet()) {
                    out.append(before);
                    quote(field.getKey(), out);
                    out.append(':');
                    write(field.getValue(), out);
                    before = ',';
                }
                out.append(before == '{' ? "{}" : "}");
            }
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    /**
     * Reads one value; null counts as an empty text.
     *
     * @throws IllegalArgumentException where the text is no JSON, with the position
     */
    public static Value parse(String text) {
        Json json = new Json(text);
        Value value = json.value(0);
        json.skipSpace();
        if (json.at < text.length()) {
            throw json.wrong("the end");
        }
        return value;
    }

    private Value value(int depth) {
        skipSpace();
        if (at >= text.length() || depth > DEPTH_MAX) {
            throw wrong("a value");
        }
        char c = text.charAt(at);
        if (c == '"') {
            return Value.of(string());
        }
        if (c == '{') {
            return tree(depth);
        }
        if (c == '[') {
            return row(depth);
        }
        int from = at;
        while (at < text.length() && "{}[],:\" \t\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(from, at);
        return switch (word) {
            case "true" -> Value.of(true);
            case "false" -> Value.of(false);
            case "null" -> Value.of("");
            default -> number(word, from);
        };
    }

    private Value number(String word, int from) {
        try {
            return word.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9')
                    ? Value.of(Long.parseLong(word))
                    : Value.of(Double.parseDouble(word));
        } catch (NumberFormatException e) {
            at = from;
            throw wrong("a value");
        }
    }

    private Value tree(int depth) {
        Map<String, Value> fields = new LinkedHashMap<>();
        at++;
        skipSpace();
        if (take('}')) {
            return new Value.Tree(fields);
        }
        do {
            skipSpace();
            String name = string();
            skipSpace();
            if (!take(':')) {
                throw wrong("':'");
            }
            fields.put(name, value(depth + 1));
            skipSpace();
        } while (take(','));
        if (!take('}')) {
            throw wrong("',' or '}'");
        }
        return new Value.Tree(fields);
    }

    private Value row(int depth) {
        List<Value> values = new ArrayList<>();
        at++;
        skipSpace();
        if (take(']')) {
            return new Value.Row(values);
        }
        do {
            values.add(value(depth + 1));
            skipSpace();
        } while (take(','));
        if (!take(']')) {
            throw wrong("',' or ']'");
        }
        return new Value.Row(values);
    }

    private String string() {
        if (!take('"')) {
            throw wrong("'\"'");
        }
        StringBuilder out = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            out.append(c == '\\' ? escaped() : c);
        }
        if (!take('"')) {
            throw wrong("'\"'");
        }
        return out.toString();
    }

    private char escaped() {
        char c = at < text.length() ? text.charAt(at++) : ' ';
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("an escape");
        };
    }

    private char unicode() {
        int end = at + 4;
        try {
            char c = (char) Integer.parseInt(text.substring(at, Math.min(end, text.length())), 16);
            at = end;
            return c;
        } catch (NumberFormatException e) {
            throw wrong("four hexadecimal digits");
        }
    }

    private boolean take(char c) {
        boolean there = at < text.length() && text.charAt(at) == c;
        if (there) {
            at++;
        }
        return there;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException("No JSON: expected " + expected + " at character " + (at + 1) + ".");
    }
}
