package io.dunlin.storage;

import java.util.Locale;

/** The names of the state log's files: {@code state-0000000001.log}. */
final class StateName {
    private static final String PREFIX = "state-";
    private static final String ENDING = ".log";
    private static final int DIGITS = 10;
    private static final int NUMBER_MAX = 999_999_999;

    private StateName() {}

    static String of(int number) {
        return PREFIX + String.format(Locale.ROOT, "%0" + DIGITS + "d", number) + ENDING;
    }

    /** The number in a name; 0 where it is no state log. */
    static int number(String name) {
        if (name.length() != PREFIX.length() + DIGITS + ENDING.length()
                || !name.startsWith(PREFIX)
                || !name.endsWith(ENDING)) {
            return 0;
        }
        long number = 0;
        for (int i = PREFIX.length(); i < PREFIX.length() + DIGITS; i++) {
            char digit = name.charAt(i);
            if (digit < '0' || digit > '9') {
                return 0;
            }
            number = number * 10 + digit - '0';
        }
        return number <= NUMBER_MAX ? (int) number : 0;
    }
}
