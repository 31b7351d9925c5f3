package io.dunlin.security.password;

import io.dunlin.security.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Changes single users of a password file, for the command line. Other lines stay as they are. Not for a shard. */
public final class PasswordFileEditor {
    private static final int TURNS_MAX = 10;
    private static final int NAME_BYTES_MAX = 65_535; // of MQTT

    private PasswordFileEditor() {}

    /** Why a user cannot have this name in a password file, as a sentence; empty where it can. */
    public static String problem(String name) {
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
            return "a user name has 1 to " + NAME_BYTES_MAX + " bytes";
        }
        if (name.chars().anyMatch(c -> c == ':' || c < ' ' || c == 127)) {
            return "a user name in a password file has no colon and no control characters";
        }
        if (name.startsWith("#") || !name.strip().equals(name)) {
            return "a user name in a password file does not begin with # and has no blanks around it";
        }
        return "";
    }

    /**
     * Gives a user this password. A new user is added at the end; a file that does not exist is made for its owner alone.
     *
     * @throws IOException where the file cannot be read or replaced: nothing was changed
     */
    public static void set(Path file, String name, Credential credential) throws IOException {
        change(file, content -> {
            Optional<byte[]> replaced = PasswordLines.replace(content, name, null, credential.text());
            return replaced.isPresent() ? replaced : Optional.of(PasswordLines.add(content, name, credential.text()));
        });
    }

    /**
     * Deletes a user.
     *
     * @return whether there was one
     * @throws IOException where the file cannot be read or replaced: nothing was changed
     */
    public static boolean delete(Path file, String name) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return change(file, content -> PasswordLines.remove(content, name));
    }

    /** Empty where there is nothing to change. */
    private interface Edit {
        Optional<byte[]> of(byte[] content);
    }

    private static boolean change(Path file, Edit edit) throws IOException {
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            boolean exists = Files.exists(file);
            byte[] before = exists ? Files.readAllBytes(file) : new byte[0];
            Optional<byte[]> after = edit.of(before);
            if (after.isEmpty()) {
                return false;
            }
            if (!exists) {
                AtomicFile.create(file, after.get());
                return true;
            }
            if (AtomicFile.replace(file, before, after.get())) {
                return true;
            }
        }
        throw new IOException(file + " is being changed by somebody else: try again");
    }
}
