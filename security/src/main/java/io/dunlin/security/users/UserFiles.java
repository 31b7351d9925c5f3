package io.dunlin.security.users;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the store and the version before it. Whatever happens while it is written, {@code users.json} is the old one or the new
 * one, whole. One call at a time.
 */
final class UserFiles {
    private static final Logger LOG = LoggerFactory.getLogger(UserFiles.class);

    private final Path folder;
    private final Path file;
    private final Path previous;
    private final Disk disk;

    UserFiles(Path folder, Disk disk) {
        this.folder = folder;
        this.file = folder.resolve("users.json");
        this.previous = folder.resolve("users.json.previous");
        this.disk = disk;
    }

    /**
     * Reads the users.
     *
     * @return empty where there have never been any
     * @throws UsersDamaged where there were, and they cannot be read now
     */
    Optional<State> read() {
        if (!disk.exists(file)) {
            if (disk.exists(previous)) {
                throw damaged(file + " is missing");
            }
            return Optional.empty();
        }
        try {
            return Optional.of(UserFormat.read(disk.read(file)));
        } catch (UserFormat.Unreadable e) {
            throw damaged(file + " " + e.getMessage());
        } catch (IOException e) {
            throw new UsersDamaged("the users in " + file + " cannot be read (" + e + "): see to that first");
        }
    }

    private UsersDamaged damaged(String what) {
        String kept;
        try {
            State state = UserFormat.read(disk.read(previous));
            kept = "the version before it, with " + state.users().size() + " users, is kept: to go on with that one,"
                    + " cp " + previous + " " + file;
        } catch (IOException | UserFormat.Unreadable e) {
            kept = "bring it back from a backup, or move it away to begin without users";
        }
        return new UsersDamaged(what + ", and no broker starts with less users than it had; " + kept);
    }

    /** @throws IOException where it could not be written: the old version is still there */
    void write(State state) throws IOException {
        Files.createDirectories(folder);
        Path made = folder.resolve("users.json.new");
        disk.write(made, UserFormat.write(state));
        if (disk.exists(file)) {
            Path link = folder.resolve("users.json.previous.new");
            disk.link(file, link);
            disk.move(link, previous);
        }
        disk.move(made, file);
        try {
            disk.syncFolder(folder);
        } catch (IOException e) { // it has its new name: whoever starts next finds the new version
            LOG.warn("the last change of users may not survive a power cut: {}", e.toString());
        }
    }
}
