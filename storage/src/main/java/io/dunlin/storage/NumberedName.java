package io.dunlin.storage;

/**
 * File names that have a number of ten digits in them, such as {@code log-0000000001.seg}.
 *
 * @param numberMax the highest number that is one; they begin with 1
 */
record NumberedName(String prefix, String ending, int numberMax) {
    private static final int DIGITS = 10;

    String of(int number) {
        String digits = Integer.toString(number);
        return prefix + "0".repeat(DIGITS - digits.length()) + digits + ending;
    }

    /** The number in a name; 0 where it is none of these names. */
    int number(String name) {
        if (name.length() != prefix.length() + DIGITS + ending.length()
                || !name.startsWith(prefix)
                || !name.endsWith(ending)) {
            return 0;
        }
        long number = 0;
        for (int i = prefix.length(); i < prefix.length() + DIGITS; i++) {
            char digit = name.charAt(i);
            if (digit < '0' || digit > '9') {
                return 0;
            }
            number = number * 10 + digit - '0';
        }
        return number <= numberMax ? (int) number : 0;
    }
}
