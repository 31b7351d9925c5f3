package io.dunlin.security.password;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Whether a file that holds secrets is kept from others. Touches the file: not for a shard. */
public final class FilePermissions {
    private static final Set<PosixFilePermission> ALLOWED = PosixFilePermissions.fromString("rwxr-x---");

    private FilePermissions() {}

    /**
     * What is wrong with the permissions of a secret file: it may be read by its owner and group and written by its owner.
     *
     * @return a sentence that says what to do; empty where all is well, where there is no file, and where the file system has no
     *     such permissions
     */
    public static Optional<String> problem(Path file) {
        Set<PosixFilePermission> permissions;
        try {
            permissions = Files.getPosixFilePermissions(file);
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
        if (ALLOWED.containsAll(permissions)) {
            return Optional.empty();
        }
        boolean written = permissions.contains(PosixFilePermission.OTHERS_WRITE)
                || permissions.contains(PosixFilePermission.GROUP_WRITE);
        String who = permissions.contains(PosixFilePermission.OTHERS_READ)
                        || permissions.contains(PosixFilePermission.OTHERS_WRITE)
                ? "every user of this machine"
                : "its group";
        return Optional.of(file + " (" + octal(permissions) + ") can be " + (written ? "changed" : "read") + " by "
                + who + ": chmod " + (written ? "go-w,o-rwx " : "o-rwx ") + file);
    }

    private static String octal(Set<PosixFilePermission> permissions) {
        int mode = 0;
        for (PosixFilePermission permission : permissions) {
            mode |= 0400 >> permission.ordinal(); // the constants stand in the order of the bits
        }
        return "0" + Integer.toOctalString(mode);
    }
}
