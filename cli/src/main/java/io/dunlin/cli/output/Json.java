package io.dunlin.cli.output;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON, and copies JSON that others wrote in the same shape. Bytes that are no UTF-8 become U+FFFD, so that what is
 * written is always JSON.
 */
public final class Json {
    private static final String HEX = "0123456789abcdef";
    private static final int DEPTH_MAX = 500;

    private final StringBuilder out = new StringBuilder();
    private final boolean pretty;
    private int depth;
    private boolean first = true;

    public Json(boolean pretty) {
        this.pretty = pretty;
    }

    public Json open() {
        out.append('{');
        depth++;
        first = true;
        return this;
    }

    public Json close() {
        depth--;
        if (pretty && !first) {
            newLine();
        }
        out.append('}');
        first = false;
        return this;
    }

    public Json key(String name) {
        if (!first) {
            out.append(',');
        }
        first = false;
        if (pretty) {
            newLine();
        }
        quote(name);
        out.append(pretty ? ":\t" : ":");
        return this;
    }

    private void newLine() {
        out.append('\n');
        for (int i = 0; i < depth; i++) {
            out.append('\t');
        }
    }

    public Json number(long value) {
        out.append(value);
        return this;
    }

    /** A number with at most three digits after the point. */
    public Json decimal(double value) {
        String digits = BigDecimal.valueOf(value)
                .setScale(3, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
        out.append(digits);
        return this;
    }

    /** True or false. */
    public Json bool(boolean value) {
        out.append(value);
        return this;
    }

    /** Begins an array; what is added until {@link #closeArray} must be put between {@link #next} calls. */
    public Json openArray() {
        out.append('[');
        first = true;
        return this;
    }

    /** Before each element of an array. */
    public Json next() {
        if (!first) {
            out.append(',');
        }
        first = false;
        return this;
    }

    /** Ends an array. */
    public Json closeArray() {
        out.append(']');
        first = false;
        return this;
    }

    public Json text(@Nullable String value) {
        if (value == null) {
            out.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    private void quote(String text) {
        quote(text, out);
    }

    /** Adds the text as a JSON string. */
    static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** Copies a whole JSON text without its white space. @return false, with nothing copied, where it is no JSON */
    public boolean copy(byte[] json) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException e) {
            return false;
        }
        int start = out.length();
        Copy copy = new Copy(text);
        if (copy.value(depth) && copy.atEnd()) {
            return true;
        }
        out.setLength(start);
        return false;
    }

    @Override
    public String toString() {
        return out.toString();
    }

    /** One pass over a JSON text. Each method leaves the position behind what it read, or gives false. */
    private final class Copy {
        private final String text;
        private int at;

        Copy(String text) {
            this.text = text;
        }

        boolean atEnd() {
            skipSpace();
            return at == text.length();
        }

        boolean value(int level) {
            skipSpace();
            if (at == text.length() || level > DEPTH_MAX) {
                return false;
            }
            char c = text.charAt(at);
            return switch (c) {
                case '{' -> members(level, '}', true);
                case '[' -> members(level, ']', false);
                case '"' -> string();
                case 't' -> word("true");
                case 'f' -> word("false");
                case 'n' -> word("null");
                default -> number();
            };
        }

        private boolean members(int level, char end, boolean named) {
            out.append(text.charAt(at++));
            boolean lines = pretty && named;
            int count = 0;
            skipSpace();
            while (at < text.length() && text.charAt(at) != end) {
                if (count > 0) {
                    if (text.charAt(at++) != ',') {
                        return false;
                    }
                    out.append(pretty && !named ? ", " : ",");
                    skipSpace();
                }
                if (lines) {
                    lineAt(level + 1);
                }
                if (named && !name()) {
                    return false;
                }
                if (!value(level + 1)) {
                    return false;
                }
                count++;
                skipSpace();
            }
            if (at == text.length()) {
                return false;
            }
            if (lines && count > 0) {
                lineAt(level);
            }
            out.append(text.charAt(at++));
            return true;
        }

        private void lineAt(int level) {
            out.append('\n').append("\t".repeat(level));
        }

        private boolean name() {
            if (at == text.length() || text.charAt(at) != '"' || !string()) {
                return false;
            }
            skipSpace();
            if (at == text.length() || text.charAt(at++) != ':') {
                return false;
            }
            out.append(pretty ? ":\t" : ":");
            return true;
        }

        private boolean string() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    quote(value.toString());
                    return true;
                }
                if (c < 0x20) {
                    return false;
                }
                if (c != '\\') {
                    value.append(c);
                } else if (!escape(value)) {
                    return false;
                }
            }
            return false;
        }

        private boolean escape(StringBuilder value) {
            at++;
            if (at == text.length()) {
                return false;
            }
            int plain = "\"\\/bfnrt".indexOf(text.charAt(at));
            if (plain >= 0) {
                value.append("\"\\/\b\f\n\r\t".charAt(plain));
                return true;
            }
            if (text.charAt(at) != 'u' || at + 4 >= text.length()) {
                return false;
            }
            int code = 0;
            for (int i = 1; i <= 4; i++) {
                int digit = Character.digit(text.charAt(at + i), 16);
                if (digit < 0) {
                    return false;
                }
                code = code << 4 | digit;
            }
            at += 4;
            value.append((char) code);
            return true;
        }

        private boolean word(String word) {
            if (!text.startsWith(word, at)) {
                return false;
            }
            at += word.length();
            out.append(word);
            return true;
        }

        private boolean number() {
            int start = at;
            if (at < text.length() && text.charAt(at) == '-') {
                at++;
            }
            int whole = at;
            if (digits() == 0 || text.charAt(whole) == '0' && at - whole > 1) {
                return false;
            }
            if (at < text.length() && text.charAt(at) == '.') {
                at++;
                if (digits() == 0) {
                    return false;
                }
            }
            if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
                at++;
                if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                    at++;
                }
                if (digits() == 0) {
                    return false;
                }
            }
            out.append(text, start, at);
            return true;
        }

        private int digits() {
            int start = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            return at - start;
        }

        private void skipSpace() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
