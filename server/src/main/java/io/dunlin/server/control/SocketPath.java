package io.dunlin.server.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** Where the control socket of a data folder is. Broker and command line find it in the same way. */
public final class SocketPath {
    /** The kernel takes 108 bytes on Linux and 104 on macOS, with a zero at the end. */
    static final int BYTES_MAX = 103;

    static final String NAME = "control.sock";

    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rwx------");

    private SocketPath() {}

    /**
     * The socket of a data folder: {@code control.sock} in it, or, where that is longer than the kernel takes, in a folder of the
     * system's temporary files whose name is made of the data folder's.
     */
    public static Path of(Path dataFolder) {
        Path direct = absolute(dataFolder).resolve(NAME);
        return fits(direct) ? direct : substitute(dataFolder);
    }

    static boolean fits(Path socket) {
        return bytes(socket) <= BYTES_MAX;
    }

    static int bytes(Path socket) {
        return socket.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private static Path substitute(Path dataFolder) {
        String name = absolute(dataFolder).toString();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            String word = HexFormat.of().formatHex(digest, 0, 8);
            return Path.of(System.getProperty("java.io.tmpdir"), "dunlin-" + word, NAME);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Links are followed, so that two ways to one folder find one socket. */
    private static Path absolute(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) { // not there yet
            return folder.toAbsolutePath().normalize();
        }
    }

    /**
     * Makes the folder of a socket that stands among the temporary files; a sentence for the log where it does.
     *
     * @throws IOException with a sentence where that folder is somebody else's
     */
    public static Optional<String> prepare(Path socket, Path dataFolder) throws IOException {
        Path folder = socket.getParent();
        if (folder == null || !socket.equals(substitute(dataFolder))) {
            return Optional.empty();
        }
        makeOwnFolder(folder);
        return Optional.of("the path of the data folder is too long for a control socket, which is at " + socket
                + " therefore; dunlin's commands find it there, and control.socket sets another place");
    }

    /**
     * Makes the folder of a substitute, or takes the one that is there where it is ours alone: anybody may make one of this name.
     *
     * @throws IOException with a sentence where it is somebody else's
     */
    private static void makeOwnFolder(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
        }
        if (!isOwn(folder)) {
            throw new IOException(
                    folder + " belongs to somebody else or is open to others: remove it, or set control.socket");
        }
    }

    /** Whether a folder is no link, belongs to the user of this process, and is closed to all others. */
    static boolean isOwn(Path folder) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Set<PosixFilePermission> others = EnumSet.copyOf(Set.of(PosixFilePermission.values()));
        others.removeAll(OWNER_ALONE);
        return attributes.isDirectory()
                && attributes.owner().getName().equals(System.getProperty("user.name"))
                && attributes.permissions().stream().noneMatch(others::contains);
    }
}
