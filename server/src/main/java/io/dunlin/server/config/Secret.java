package io.dunlin.server.config;

/**
 * A text that is never printed. A setting {@code x} of this type may also be given as {@code x-file}: the path of a file that
 * holds it, whose last line end does not count.
 */
public record Secret(String value) {
    /** What stands for a secret wherever the configuration is shown. */
    public static final String REDACTED = "******";

    @Override
    public String toString() {
        return REDACTED;
    }
}
