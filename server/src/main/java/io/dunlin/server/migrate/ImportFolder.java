package io.dunlin.server.migrate;

import io.dunlin.security.file.AtomicFile;
import io.dunlin.security.users.UserChange;
import io.dunlin.security.users.UserStore;
import io.dunlin.security.users.UserStore.Outcome.Rejected;
import io.dunlin.security.users.UsersDamaged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where an import is written: never over anything. What root writes gets the owner and the group of its folder, so that a broker
 * with a user of its own can read it.
 */
record ImportFolder(Path to, Path data) {
    static final String CONFIGURATION = "dunlin.conf";
    static final String PASSWORDS = "passwd";
    static final String RIGHTS = "acl";

    private Path security() {
        return data.resolve("security");
    }

    /** @throws NotImported where something is there already */
    void refuseToOverwrite() throws NotImported {
        for (Path file : List.of(
                to.resolve(CONFIGURATION),
                to.resolve(PASSWORDS),
                to.resolve(RIGHTS),
                security().resolve("users.json"))) {
            if (Files.exists(file)) {
                throw new NotImported(
                        file + " is there already and is not overwritten: give another folder with --to, or"
                                + " move it away");
            }
        }
    }

    /** Returns the configuration file. */
    Path write(Map<String, byte[]> files, List<UserChange> users) throws NotImported {
        try {
            Files.createDirectories(to);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = to.resolve(file.getKey());
                AtomicFile.writeNew(path, file.getValue());
                likeItsFolder(path);
            }
            if (!users.isEmpty()) {
                makeUsers(users);
            }
        } catch (IOException | UsersDamaged e) {
            throw new NotImported("the import could not be written whole: " + e.getMessage());
        }
        return to.resolve(CONFIGURATION);
    }

    private void makeUsers(List<UserChange> users) throws IOException, NotImported {
        Files.createDirectories(data);
        if (UserStore.open(security()).apply(users) instanceof Rejected rejected) {
            throw new NotImported(rejected.sentence());
        }
        likeItsFolder(security());
        likeItsFolder(security().resolve("users.json"));
    }

    /** With a folder that only its owner and its group may enter, the group may read the file. */
    private static void likeItsFolder(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        PosixFileAttributeView own = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (own == null || folder == null) {
            return; // no such thing there
        }
        PosixFileAttributes wanted = Files.readAttributes(folder, PosixFileAttributes.class);
        PosixFileAttributes now = own.readAttributes();
        if (!wanted.owner().equals(now.owner())) {
            own.setOwner(wanted.owner());
        }
        if (!wanted.group().equals(now.group())) {
            own.setGroup(wanted.group());
        }
        Set<PosixFilePermission> open = wanted.permissions();
        boolean forGroup =
                open.contains(PosixFilePermission.GROUP_EXECUTE) && !open.contains(PosixFilePermission.OTHERS_EXECUTE);
        if (Files.isDirectory(file)) {
            own.setPermissions(PosixFilePermissions.fromString("rwx------"));
        } else {
            own.setPermissions(PosixFilePermissions.fromString(forGroup ? "rw-r-----" : "rw-------"));
        }
    }
}
