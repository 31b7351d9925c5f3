package io.dunlin.server.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param origin where it stands: {@code dunlin.conf:12}, {@code environment DUNLIN_X}, {@code --set x=1}; "" where nowhere
 * @param message one sentence that names the setting, its value and what is expected
 */
public record Problem(String origin, String message) {
    @Override
    public String toString() {
        return origin.isEmpty() ? message : origin + ": " + message;
    }
}
