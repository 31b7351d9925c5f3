package io.dunlin.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A file with a line {@code user:stored form} for each user, as mosquitto_passwd writes it; empty lines and lines that begin with #
 * are left out. Read at construction and at {@link #reload}, never by itself. Reads a file: not for a shard.
 */
public final class PasswordFile {
    private final Path path;
    private byte[] content;
    private Map<String, Credential> users;

    /** @throws InvalidCredential where it cannot be read or understood: with the line, without the secret */
    public PasswordFile(Path path) {
        this.path = path;
        this.content = read();
        this.users = parse(content);
    }

    public Map<String, Credential> users() {
        return users;
    }

    /**
     * Reads the file again.
     *
     * @return whether it has changed
     * @throws InvalidCredential where it is not usable now: the users stay as they were
     */
    public boolean reload() {
        byte[] now = read();
        if (Arrays.equals(now, content)) {
            return false;
        }
        users = parse(now);
        content = now;
        return true;
    }

    private byte[] read() {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new InvalidCredential("cannot read the password file " + path + ": "
                    + e.getClass().getSimpleName());
        }
    }

    private Map<String, Credential> parse(byte[] bytes) {
        Map<String, Credential> found = new HashMap<>();
        int number = 0;
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\\R", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw at(number, "a line is user:hash");
            }
            Credential credential;
            try {
                credential = Credential.parse(line.substring(colon + 1).strip());
            } catch (InvalidCredential e) {
                throw at(number, e.getMessage());
            }
            if (found.put(line.substring(0, colon), credential) != null) {
                throw at(number, "this user stands in the file twice");
            }
        }
        return Map.copyOf(found);
    }

    private InvalidCredential at(int line, String message) {
        return new InvalidCredential(path + " line " + line + ": " + message);
    }
}
