package io.dunlin.cli.screen;

/** Text in columns: how many cells of a terminal it takes, with nothing in it that would move the cursor. */
final class Cells {
    private Cells() {}

    static int width(String text) {
        return text.codePoints().map(Cells::width).sum();
    }

    private static int width(int c) {
        if (Character.getType(c) == Character.NON_SPACING_MARK || c == 0x200B || c == 0x200D) {
            return 0;
        }
        boolean wide = c >= 0x1100
                && (c <= 0x115F
                        || c >= 0x2E80 && c <= 0xA4CF
                        || c >= 0xAC00 && c <= 0xD7A3
                        || c >= 0xF900 && c <= 0xFAFF
                        || c >= 0xFE30 && c <= 0xFE6F
                        || c >= 0xFF00 && c <= 0xFF60
                        || c >= 0x1F300 && c <= 0x1FAFF
                        || c >= 0x20000 && c <= 0x3FFFD);
        return wide ? 2 : 1;
    }

    /** The beginning of the text that takes at most so many cells; its last one is … where something was cut. */
    static String cut(String text, int cells) {
        StringBuilder out = new StringBuilder();
        int used = 0;
        boolean whole = width(text) <= cells;
        for (int c : text.codePoints().toArray()) {
            int shown = Character.isISOControl(c) ? '.' : c;
            if (used + width(shown) > (whole ? cells : cells - 1)) {
                break;
            }
            out.appendCodePoint(shown);
            used += width(shown);
        }
        return whole || cells == 0 ? out.toString() : out.append('…').toString();
    }

    /** Cut or filled with blanks to exactly so many cells. */
    static String fit(String text, int cells) {
        String cut = cut(text, cells);
        return cut + " ".repeat(Math.max(0, cells - width(cut)));
    }
}
