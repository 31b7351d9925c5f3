package io.dunlin.security.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Replaces a small file as a whole: whoever reads it meets the old content or the new one, also after a power cut. Waits for the disk:
 * not for a shard.
 */
public final class AtomicFile {
    private static final SecureRandom RANDOM = new SecureRandom();

    private AtomicFile() {}

    /**
     * Replaces a file, unless somebody else has changed it. It keeps its owner, its group and its permissions; a symbolic link stays
     * one.
     *
     * @param expected what it held when {@code next} was made out of that
     * @return false where it holds something else now: nothing was changed
     * @throws IOException where it cannot be replaced like that: nothing was changed
     */
    public static boolean replace(Path link, byte[] expected, byte[] next) throws IOException {
        Path file = link.toRealPath();
        Path made = write(file, next);
        try {
            likeOriginal(file, made);
            if (!Arrays.equals(Files.readAllBytes(file), expected)) {
                return false;
            }
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(made);
        }
        syncFolder(folder(file));
        return true;
    }

    /**
     * Makes a file that nobody else may read, in place of any of this name. It keeps the owner and the group of the one that was there;
     * a new one made by root gets those of its folder, as it is the folder's user who has to read it.
     *
     * @throws IOException where it cannot be made: the old one is there then, if there was one
     */
    public static void create(Path file, byte[] content) throws IOException {
        Path made = write(file.toAbsolutePath(), content);
        try {
            if (Files.exists(file)) {
                ownedLike(file, made);
            } else if (isRoot(made)) {
                ownedLike(folder(file.toAbsolutePath()), made);
            }
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(made);
        }
        syncFolder(folder(file.toAbsolutePath()));
    }

    /** A file beside it, for its owner alone, on the disk. */
    private static Path write(Path file, byte[] content) throws IOException {
        byte[] random = new byte[6];
        RANDOM.nextBytes(random);
        Path made = file.resolveSibling(
                "." + file.getFileName() + "." + HexFormat.of().formatHex(random));
        try {
            writeNew(made, content);
        } catch (IOException e) {
            Files.deleteIfExists(made);
            throw e;
        }
        return made;
    }

    /**
     * Makes a file of a name that is free, for its owner alone, and waits until its content is on the disk.
     *
     * @throws IOException where it cannot be written; a part of it may be there
     */
    public static void writeNew(Path file, byte[] content) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    /** Waits until the names in a folder are on the disk, where a folder can be told so. */
    public static void syncFolder(Path folder) throws IOException {
        if (Files.getFileAttributeView(folder, PosixFileAttributeView.class) == null) {
            return; // there, a folder is no file
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static boolean isRoot(Path made) throws IOException {
        return made.getFileSystem().supportedFileAttributeViews().contains("unix")
                && Files.getAttribute(made, "unix:uid").equals(0);
    }

    private static void likeOriginal(Path file, Path made) throws IOException {
        ownedLike(file, made);
        PosixFileAttributeView own =
                Files.getFileAttributeView(made, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (own != null) {
            own.setPermissions(
                    Files.readAttributes(file, PosixFileAttributes.class).permissions());
        }
    }

    private static void ownedLike(Path other, Path made) throws IOException {
        PosixFileAttributeView own =
                Files.getFileAttributeView(made, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (own == null) {
            return;
        }
        PosixFileAttributes wanted = Files.readAttributes(other, PosixFileAttributes.class);
        PosixFileAttributes now = own.readAttributes();
        if (!wanted.owner().equals(now.owner())) {
            own.setOwner(wanted.owner());
        }
        if (!wanted.group().equals(now.group())) {
            own.setGroup(wanted.group());
        }
    }

    private static Path folder(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("/") : parent;
    }
}
