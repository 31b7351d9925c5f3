package io.dunlin.server;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Rows under headings, in columns as wide as they need be, for people. */
final class TextTable {
    private static final int GAP = 2;

    /** Controls move the cursor; formats such as U+202E turn what follows round; the last two end a line. */
    private static final Pattern UNSHOWN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... headings) {
        rows.add(List.of(headings));
    }

    /** What a terminal would obey rather than show comes out as {@code ?}. */
    TextTable row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(clean(String.valueOf(cell)));
        }
        rows.add(row);
        return this;
    }

    static String clean(String text) {
        return UNSHOWN.matcher(text).replaceAll("?");
    }

    /** The columns of a terminal that a text takes. */
    static int width(String text) {
        return text.codePoints().map(TextTable::width).sum();
    }

    /** So much of the beginning as fits into so many columns. */
    static String cut(String text, int columns) {
        int end = 0;
        int taken = 0;
        while (end < text.length()) {
            int character = text.codePointAt(end);
            taken += width(character);
            if (taken > columns) {
                return text.substring(0, end);
            }
            end += Character.charCount(character);
        }
        return text;
    }

    private static int width(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> 0;
            default -> isWide(character) ? 2 : 1;
        };
    }

    /** Of East Asia, and emoji. */
    private static boolean isWide(int character) {
        return character >= 0x1100
                && (Character.isEmojiPresentation(character)
                        || character <= 0x115F // Hangul that begins a syllable
                        || character >= 0x2E80
                                && character <= 0xA4CF
                                && character != 0x303F // radicals, kana, ideographs
                        || character >= 0xAC00 && character <= 0xD7A3 // Hangul
                        || character >= 0xF900 && character <= 0xFAFF
                        || character >= 0xFE30 && character <= 0xFE6F
                        || character >= 0xFF01 && character <= 0xFF60 // full width forms
                        || character >= 0xFFE0 && character <= 0xFFE6
                        || character >= 0x20000 && character <= 0x3FFFD);
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    List<String> lines() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i));
                if (i < columns - 1) {
                    line.append(" ".repeat(widths[i] - width(row.get(i)) + GAP));
                }
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
