package io.dunlin.server.migrate;

import java.nio.file.Path;

/**
 * One line of a mosquitto.conf.
 *
 * @param value what follows the key, without blanks around it; "" where nothing does
 */
record Directive(Path file, int line, String key, String value) {
    String place() {
        return file + ":" + line;
    }

    /** As it stands there, without what may be a secret. */
    String shown() {
        boolean secret = key.contains("password") && !key.endsWith("password_file") || key.endsWith("psk");
        return value.isEmpty() ? key : key + " " + (secret ? "******" : value);
    }
}
