package io.dunlin.storage;

/** The names of the state log's files: {@code state-0000000001.log}. */
final class StateName {
    private static final NumberedName STATE = new NumberedName("state-", ".log", 999_999_999);

    private StateName() {}

    static String of(int number) {
        return STATE.of(number);
    }

    /** The number in a name; 0 where it is no state log. */
    static int number(String name) {
        return STATE.number(name);
    }
}
