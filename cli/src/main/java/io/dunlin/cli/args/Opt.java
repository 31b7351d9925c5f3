package io.dunlin.cli.args;

/**
 * One option as the help shows it.
 *
 * @param names separated by spaces; the first is the one that {@link Args} is asked for
 * @param label what stands for the value, empty for a flag
 */
public record Opt(Section section, Kind kind, String names, String label, String description) {
    /** How it is written. */
    public enum Kind {
        FLAG,
        /** One value; the last one counts. */
        VALUE,
        /** One value each time. */
        LIST,
        /** Command, property, and one or two values. */
        PROPERTY
    }

    /** Where the help shows it. */
    public enum Section {
        LOAD("Load"),
        LIMITS("Limits"),
        SCENARIO("Scenario"),
        MESSAGE("Message"),
        SUBSCRIPTION("Subscription"),
        OUTPUT("Output"),
        CONNECTION("Connection"),
        SESSION("Session"),
        PROPERTIES("MQTT 5 properties"),
        WILL("Will"),
        TLS("TLS"),
        OTHER("Other");

        private final String title;

        Section(String title) {
            this.title = title;
        }

        /** As the help shows it. */
        public String title() {
            return title;
        }
    }

    public static Opt flag(Section section, String names, String description) {
        return new Opt(section, Kind.FLAG, names, "", description);
    }

    public static Opt value(Section section, String names, String label, String description) {
        return new Opt(section, Kind.VALUE, names, label, description);
    }

    public static Opt list(Section section, String names, String label, String description) {
        return new Opt(section, Kind.LIST, names, label, description);
    }

    public String firstName() {
        int space = names.indexOf(' ');
        return space < 0 ? names : names.substring(0, space);
    }
}
