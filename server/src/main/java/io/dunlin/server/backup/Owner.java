package io.dunlin.server.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is made in a data folder belongs to whom the folder belongs, and nobody else may read it: also where root has made it. Root
 * keeps what is not finished for itself and gives it away as a whole, its folder last: whoever owns the data folder cannot exchange
 * parts of it while root writes there.
 */
final class Owner {
    private static final Set<String> ROOT = Set.of("root", "0"); // where nobody knows its name

    private Owner() {}

    /** Makes a folder that is for whoever makes it alone, from its first moment on. */
    static void makePrivate(Path folder) throws IOException {
        Files.createDirectory(folder, only(folder, "rwx------"));
    }

    /** Permissions for what is made there. */
    static FileAttribute<?>[] only(Path file, String permissions) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Gives a folder with all that is in it to the owner of another one: what is in a folder before the folder. */
    static void giveTree(Path folder, Path like) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                give(one, like, Files.isDirectory(one, LinkOption.NOFOLLOW_LINKS) ? "rwx------" : "rw-------");
            }
        }
    }

    /** Makes a folder where there is none. */
    static void makeFolder(Path folder, Path like) throws IOException {
        if (!Files.isDirectory(folder)) {
            Path parent = folder.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            makePrivate(folder);
            give(folder, like, "rwx------");
        }
    }

    /** Gives a file that was just made to the owner of a folder. */
    static void give(Path file, Path like, String permissions) throws IOException {
        // Not through a link that somebody has put there meanwhile.
        PosixFileAttributeView own =
                Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (own == null) {
            return; // no such thing there
        }
        own.setPermissions(PosixFilePermissions.fromString(permissions));
        PosixFileAttributes wanted = Files.readAttributes(like, PosixFileAttributes.class);
        PosixFileAttributes now = own.readAttributes();
        if (!ROOT.contains(now.owner().getName())) {
            return; // nobody else may give files away
        }
        if (!wanted.owner().equals(now.owner())) {
            own.setOwner(wanted.owner());
        }
        if (!wanted.group().equals(now.group())) {
            own.setGroup(wanted.group());
        }
    }
}
