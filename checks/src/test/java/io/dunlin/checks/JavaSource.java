package io.dunlin.checks;

/**
 * One Java file.
 *
 * @param module the folder of its module
 * @param path relative to the repository's top folder
 */
record JavaSource(String module, Kind kind, String path, String text) {
    enum Kind {
        MAIN,
        TEST;

        String folder() {
            return this == MAIN ? "main" : "test";
        }
    }

    /** A made-up file, for the tests that show that a check can fail. */
    static JavaSource sample(String text) {
        return new JavaSource("sample", Kind.MAIN, "sample/src/main/java/io/dunlin/sample/Sample.java", text);
    }

    /** The text with every comment, string and character literal blanked; line breaks stay. */
    String code() {
        var code = new StringBuilder(text);
        int at = 0;
        while (at < code.length()) {
            int end = endOfNonCode(at);
            for (int i = at; i < end; i++) {
                if (code.charAt(i) != '\n') {
                    code.setCharAt(i, ' ');
                }
            }
            at = Math.max(at + 1, end);
        }
        return code.toString();
    }

    /** Where the comment or literal that begins at this index ends; the index itself when none begins there. */
    private int endOfNonCode(int at) {
        if (text.startsWith("//", at)) {
            return indexOrEnd("\n", at);
        }
        if (text.startsWith("/*", at)) {
            return indexOrEnd("*/", at + 2) + 2;
        }
        if (text.startsWith("\"\"\"", at)) {
            return endOfLiteral("\"\"\"", at + 3);
        }
        char c = text.charAt(at);
        return c == '"' || c == '\'' ? endOfLiteral(String.valueOf(c), at + 1) : at;
    }

    private int endOfLiteral(String quote, int from) {
        int i = from;
        while (i < text.length() && !text.startsWith(quote, i)) {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        return Math.min(i + quote.length(), text.length());
    }

    private int indexOrEnd(String what, int from) {
        int index = text.indexOf(what, from);
        return index < 0 ? text.length() - what.length() : index;
    }
}
