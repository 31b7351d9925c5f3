package io.dunlin.server.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What is made in a data folder belongs to whom the folder belongs, and nobody else may read it: also where root has made it. */
final class Owner {
    private static final Set<String> ROOT = Set.of("root", "0"); // where nobody knows its name

    private Owner() {}

    /** Makes a folder where there is none. */
    static void makeFolder(Path folder, Path like) throws IOException {
        if (!Files.isDirectory(folder)) {
            Path parent = folder.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectory(folder);
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
