package io.dunlin.cli.shell;

import io.dunlin.cli.args.UsageException;
import java.util.ArrayList;
import java.util.List;

/** Splits a line into words as a shell does: blanks part them, quotes keep them together, # begins a comment. */
final class Words {
    private Words() {}

    /** @throws UsageException where a quote is not closed */
    static List<String> of(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean open = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else if (c == '\\'
                        && quote == '"'
                        && i + 1 < line.length()
                        && "\"\\".indexOf(line.charAt(i + 1)) >= 0) {
                    word.append(line.charAt(++i));
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                open = true;
            } else if (c == '\\' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
                open = true;
            } else if (Character.isWhitespace(c)) {
                if (open) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                open = false;
            } else if (c == '#' && !open && words.isEmpty()) {
                return words;
            } else {
                word.append(c);
                open = true;
            }
        }
        if (quote != 0) {
            throw new UsageException("A quote " + quote + " is not closed.");
        }
        if (open) {
            words.add(word.toString());
        }
        return words;
    }
}
