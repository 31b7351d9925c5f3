package io.dunlin.cli.probe;

/**
 * One line of the table.
 *
 * @param group what it belongs to, for instance "features"
 * @param detail a figure or a sentence; may be empty
 */
record Finding(String group, String name, State state, String detail) {
    /** How it came out. */
    enum State {
        /** Works. */
        OK("ok"),
        /** A fact, neither good nor bad. */
        INFO(""),
        /** The broker says that it does not have this. */
        ABSENT("absent"),
        /** Should work and does not. */
        FAILED("FAILED");

        private final String word;

        State(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }
}
