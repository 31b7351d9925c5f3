package io.dunlin.security.directory;

/** Makes any text a value in a filter or a name, and nothing more. */
final class Escapes {
    private Escapes() {}

    /** For a filter (RFC 4515): nothing in it opens, closes or widens anything. */
    static String inFilter(String value) {
        StringBuilder out = new StringBuilder(value.length() + 8);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '*' || c == '(' || c == ')' || c == '\\' || c < ' ' || c == 0x7f) {
                hex(out, c);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** For a distinguished name (RFC 4514): nothing in it begins another attribute or level. */
    static String inName(String value) {
        StringBuilder out = new StringBuilder(value.length() + 8);
        int last = value.length() - 1;
        for (int i = 0; i <= last; i++) {
            char c = value.charAt(i);
            boolean edge = c == ' ' && (i == 0 || i == last) || c == '#' && i == 0;
            if (c < ' ' || c == 0x7f) {
                hex(out, c);
            } else if (edge || "\"+,;<>=\\".indexOf(c) >= 0) {
                out.append('\\').append(c);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static void hex(StringBuilder out, char c) {
        out.append('\\').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
    }
}
