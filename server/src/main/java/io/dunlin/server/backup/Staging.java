package io.dunlin.server.backup;

import io.dunlin.security.file.AtomicFile;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The way of a backup into a data folder: its files come into a folder beside the data, and once all of them are verified and on the disk,
 * that folder gets the name under which it counts. From then on {@link #apply} brings them to their places, at once or at the next
 * start, and begins again where it was interrupted. What was there before is moved aside and never deleted.
 */
final class Staging implements ArchiveReader.Target, AutoCloseable {
    /** Holds a verified backup that waits for the next start. */
    static final String STAGED = "restore-staged";

    private static final String INCOMPLETE = "restore-incomplete";
    /** What has counted and does so no more: a folder is deleted file by file, and half of one must never count. */
    private static final String DISCARDED = "restore-discarded";
    /** In the staged folder: the name of the folder for what is there now. */
    private static final String ASIDE = "aside";
    /** In the staged folder: all that was there has been moved. */
    private static final String MOVED = "moved";

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    /** So much of the disk, or this, if that is less, stays free for the broker, which may run. */
    private static final int KEPT_PART = 20;

    private static final long KEPT_BYTES = 1L << 30;
    private static final long LOOK_EVERY_BYTES = 16L << 20;

    /** Bytes of a file system. */
    record Space(long usable, long total) {}

    /** Asks a file system. */
    interface Look {
        Space now() throws IOException;
    }

    private final Path data;
    private final Path folder;
    private final Look look;
    private long writtenSinceLook;

    /** Begins; what an earlier one has left unfinished goes. */
    Staging(Path data) throws IOException {
        this(data, () -> {
            FileStore files = Files.getFileStore(data);
            return new Space(files.getUsableSpace(), files.getTotalSpace());
        });
    }

    Staging(Path data, Look look) throws IOException {
        this.data = data;
        this.look = look;
        this.folder = data.resolve(INCOMPLETE);
        try {
            deleteTree(folder);
        } catch (AccessDeniedException e) {
            throw new BackupRefused(
                    "the folder " + folder
                            + " is left over from a restore by another user that was cut off: delete it as that user or as root");
        }
        Owner.makePrivate(folder);
    }

    /** @throws BackupRefused where the disk would have too little room left for the broker */
    @Override
    public OutputStream open(String file) throws IOException {
        checkRoom();
        Path path = folder.resolve(file);
        Path parent = path.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            Owner.makePrivate(parent);
        }
        FileChannel channel = FileChannel.open(
                path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), Owner.only(path, "rw-------"));
        return new FilterOutputStream(Channels.newOutputStream(channel)) {
            @Override
            public void write(byte[] from, int at, int length) throws IOException {
                writtenSinceLook += length;
                if (writtenSinceLook >= LOOK_EVERY_BYTES) {
                    checkRoom();
                }
                out.write(from, at, length);
            }

            @Override
            public void close() throws IOException {
                channel.force(true);
                super.close();
            }
        };
    }

    private void checkRoom() throws IOException {
        writtenSinceLook = 0;
        Space space = look.now();
        long kept = Math.min(space.total() / KEPT_PART, KEPT_BYTES);
        if (space.usable() < kept + LOOK_EVERY_BYTES) {
            throw new BackupRefused(
                    "the disk of the data folder " + data + " has only " + (space.usable() >> 20) + " MiB left, and "
                            + (kept >> 20) + " stay free for the broker: make room there, and restore again");
        }
    }

    /**
     * All parts have come and are verified: it counts from now on, in place of one that was staged before.
     *
     * @return the name of the folder to which what is in the data folder is moved when it takes effect
     */
    String finish(Instant now) throws IOException {
        String time = "before-restore-" + STAMP.format(now);
        String aside = time;
        for (int i = 2; Files.exists(data.resolve(aside)); i++) {
            aside = time + "-" + i;
        }
        AtomicFile.create(folder.resolve(ASIDE), aside.getBytes(StandardCharsets.UTF_8));
        syncTree(folder);
        Owner.giveTree(folder, data);
        Path staged = data.resolve(STAGED);
        discard(staged, data);
        Files.move(folder, staged, StandardCopyOption.ATOMIC_MOVE);
        AtomicFile.syncFolder(data);
        return aside;
    }

    /** Gives up what is not finished. */
    @Override
    public void close() throws IOException {
        deleteTree(folder);
    }

    /** Whether a backup waits there. */
    static boolean isStaged(Path data) {
        return Files.isDirectory(data.resolve(STAGED));
    }

    /**
     * What was done.
     *
     * @param aside where what was there before is now; null where nothing was
     */
    record Applied(int files, @Nullable Path aside) {}

    /**
     * Puts a staged backup in the place of what is there; nobody may use the folder meanwhile. Each step may be the last one of a run:
     * the next call goes on from there.
     *
     * @return empty where none is staged
     * @throws BackupRefused where files of it are missing; nothing has changed then
     */
    static Optional<Applied> apply(Path data) throws IOException {
        Path staged = data.resolve(STAGED);
        if (!isStaged(data)) {
            return Optional.empty();
        }
        Path moved = staged.resolve(MOVED);
        if (!Files.exists(staged.resolve(ASIDE))
                || !Files.exists(moved) && !Files.exists(staged.resolve(PartNames.IDENTITY))) {
            throw new BackupRefused("the backup that waits in " + staged
                    + " is not whole, somebody has deleted of it: delete that folder, and restore the backup again");
        }
        Path aside = data.resolve(Files.readString(staged.resolve(ASIDE)).strip());
        if (!Files.exists(moved)) {
            for (String name : PartNames.present(data)) {
                move(data.resolve(name), aside.resolve(name), data);
            }
            AtomicFile.create(moved, new byte[0]);
        }
        int files = 0;
        for (String name : PartNames.present(staged)) {
            move(staged.resolve(name), data.resolve(name), data);
            files++;
        }
        AtomicFile.syncFolder(data);
        discard(staged, data);
        return Optional.of(new Applied(files, Files.isDirectory(aside) ? aside : null));
    }

    private static void move(Path from, Path to, Path data) throws IOException {
        Path parent = to.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            makeFolders(parent, data);
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        if (parent != null) {
            AtomicFile.syncFolder(parent);
        }
    }

    private static void makeFolders(Path folder, Path data) throws IOException {
        List<Path> missing = new ArrayList<>();
        for (Path one = folder; one != null && !Files.isDirectory(one); one = one.getParent()) {
            missing.addFirst(one);
        }
        for (Path one : missing) {
            Owner.makeFolder(one, data);
        }
    }

    private static void syncTree(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.filter(Files::isDirectory).toList()) {
                AtomicFile.syncFolder(one);
            }
        }
    }

    /** Makes a folder count no more, at once, and deletes it then. */
    private static void discard(Path counting, Path data) throws IOException {
        Path discarded = data.resolve(DISCARDED);
        deleteTree(discarded);
        if (Files.isDirectory(counting)) {
            Files.move(counting, discarded, StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.syncFolder(data);
            deleteTree(discarded);
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path one, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(one);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
