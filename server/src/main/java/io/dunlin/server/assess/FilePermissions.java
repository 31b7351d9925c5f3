package io.dunlin.server.assess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Who else on this machine can read or change a file. Says nothing where there is no file, or no such permissions. Reads the disk. */
final class FilePermissions {
    private static final Set<PosixFilePermission> KEPT = PosixFilePermissions.fromString("rwxr-x---");
    private static final int STICKY = 01000;

    private FilePermissions() {}

    /**
     * What is wrong with the permissions of a file.
     *
     * @param isWritten whether others can change it, not read it alone
     * @param what a clause with the file, its mode and who can do what
     * @param fix what to do
     */
    record Problem(boolean isWritten, String what, String fix) {}

    /** Of a file that holds secrets: its owner and group may read it, its owner write it. */
    static Optional<Problem> ofSecret(Path file) {
        return permissions(file)
                .filter(permissions -> !KEPT.containsAll(permissions))
                .map(permissions -> problem(file, permissions, "600"));
    }

    /** Of a file whose content decides something: not everybody may write it. */
    static Optional<Problem> ofTrusted(Path file) {
        return permissions(file)
                .filter(permissions -> permissions.contains(PosixFilePermission.OTHERS_WRITE))
                .map(permissions -> problem(file, permissions, "go-w"));
    }

    /** Of a folder that holds secrets. */
    static Optional<Problem> ofSecretFolder(Path folder) {
        return permissions(folder)
                .filter(permissions -> !KEPT.containsAll(permissions))
                .map(permissions -> problem(folder, permissions, "700"));
    }

    /** Of a folder with a file that nobody else may exchange; such as {@code /tmp}, where nobody can do that, is right. */
    static Optional<Problem> ofTrustedFolder(Path folder) {
        return isSticky(folder) ? Optional.empty() : ofTrusted(folder);
    }

    private static Optional<Set<PosixFilePermission>> permissions(Path file) {
        try {
            return Optional.of(Files.getPosixFilePermissions(file));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private static boolean isSticky(Path folder) {
        try {
            return Files.getAttribute(folder, "unix:mode") instanceof Integer mode && (mode & STICKY) != 0;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    private static Problem problem(Path file, Set<PosixFilePermission> permissions, String mode) {
        boolean writtenByOthers = permissions.contains(PosixFilePermission.OTHERS_WRITE);
        boolean written = writtenByOthers || permissions.contains(PosixFilePermission.GROUP_WRITE);
        boolean others = written
                ? writtenByOthers
                : permissions.contains(PosixFilePermission.OTHERS_READ)
                        || permissions.contains(PosixFilePermission.OTHERS_EXECUTE);
        String what = file + " (mode " + octal(permissions) + ") can be " + (written ? "changed" : "read") + " by "
                + (others ? "every user of this machine" : "its group");
        String command = "chmod " + mode + " " + file;
        return new Problem(
                written, what, isOwn(file) ? command : "let it belong to the user of the broker, then " + command);
    }

    /** Where it is not, the broker may read it by the very permissions that are to be taken away. */
    private static boolean isOwn(Path file) {
        String user = System.getProperty("user.name");
        try {
            return user.equals("root") || Files.getOwner(file).getName().equals(user);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static String octal(Set<PosixFilePermission> permissions) {
        int mode = 0;
        for (PosixFilePermission permission : permissions) {
            mode |= 0400 >> permission.ordinal(); // the constants stand in the order of the bits
        }
        return "0" + Integer.toOctalString(mode);
    }
}
