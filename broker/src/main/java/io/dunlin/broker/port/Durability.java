package io.dunlin.broker.port;

import java.util.Locale;

/** What must have become of a record before the core acknowledges what led to it; each level includes those before it. */
public enum Durability {
    /** It was routed. It is written all the same, but nobody waits for that: a crash may lose it. */
    MEMORY,
    /** It was handed to the operating system: the end of this process does not lose it, a power cut may. */
    OS,
    /** It is on the disk (fdatasync): a power cut does not lose it. */
    DISK;

    /** As users write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Durability orMore(Durability other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
