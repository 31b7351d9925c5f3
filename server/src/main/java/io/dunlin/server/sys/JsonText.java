package io.dunlin.server.sys;

import java.util.Locale;

/** One flat JSON object, written field by field. Thread: one. */
public final class JsonText {
    private final StringBuilder out = new StringBuilder("{");

    public JsonText text(String name, String value) {
        key(name).append('"');
        escape(value, out);
        out.append('"');
        return this;
    }

    public JsonText number(String name, long value) {
        key(name).append(value);
        return this;
    }

    public JsonText flag(String name, boolean value) {
        key(name).append(value);
        return this;
    }

    private StringBuilder key(String name) {
        if (out.length() > 1) {
            out.append(',');
        }
        return out.append('"').append(name).append("\":");
    }

    private static void escape(String text, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7f && c < 0xa0) {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return out + "}";
    }
}
