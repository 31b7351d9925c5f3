package io.dunlin.server.backup;

import io.dunlin.storage.Disk;
import io.dunlin.storage.NioDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Brings backups back: into the folder of a broker that is stopped, or for the next start of one that runs. Thread: any. */
public final class Restores {
    private Restores() {}

    /** Reads and verifies a backup, and changes nothing. @throws BackupRefused where it cannot be restored */
    public static Contents verify(InputStream backup) throws IOException {
        return ArchiveReader.read(backup, ArchiveReader.NOWHERE);
    }

    /**
     * A backup that takes effect at the next start.
     *
     * @param aside the name of the folder in the data folder to which what is there is moved then
     */
    public record Staged(Contents contents, String aside) {}

    /**
     * Verifies a backup and keeps it in the data folder of a broker, which may run, for the next start.
     *
     * @throws BackupRefused where it cannot be restored; nothing has changed then
     */
    public static Staged stage(InputStream backup, Path data, Instant now) throws IOException {
        try (Staging staging = new Staging(data)) {
            Contents contents = ArchiveReader.read(backup, staging);
            return new Staged(contents, staging.finish(now));
        }
    }

    /**
     * A backup that is in place.
     *
     * @param aside where what was there before is now; empty where nothing was
     */
    public record Restored(Contents contents, Optional<Path> aside) {}

    /**
     * Verifies a backup and lays it into the data folder of a broker that does not run.
     *
     * @param replace whether what is there is moved aside; else nothing may be there
     * @throws BackupRefused where it cannot be restored, a broker runs there, or something is there; nothing has changed then
     */
    public static Restored into(Path data, InputStream backup, boolean replace, Instant now) throws IOException {
        Path folder = data.toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            Path parent = folder.getParent();
            Owner.makeFolder(folder, parent == null ? Path.of("/") : parent);
        }
        try (Disk _ = locked(folder)) {
            List<String> present = PartNames.present(folder);
            if (!replace && (!present.isEmpty() || Staging.isStaged(folder))) {
                throw new BackupRefused(
                        "the data folder " + data + " holds data of a broker already ("
                                + (present.isEmpty() ? Staging.STAGED : present.getFirst())
                                + "): name an empty one with --data, or add --replace, which keeps what is there in a folder of its own");
            }
            Staged staged = stage(backup, folder, now);
            Optional<Path> aside = Staging.apply(folder).flatMap(applied -> Optional.ofNullable(applied.aside()));
            return new Restored(staged.contents(), aside);
        }
    }

    /**
     * Where a backup is staged in a data folder: puts it in place; before the broker opens anything there.
     *
     * @return a line for the log; empty where none is staged
     */
    public static Optional<String> applyStaged(Path data) throws IOException {
        if (!Staging.isStaged(data)) {
            return Optional.empty();
        }
        try (Disk _ = locked(data)) {
            return Staging.apply(data)
                    .map(applied -> "The backup that was staged is restored (" + applied.files() + " files)"
                            + (applied.aside() == null
                                    ? "."
                                    : "; what was here before is in " + applied.aside()
                                            + ": delete that when you are sure."));
        }
    }

    private static Disk locked(Path folder) throws IOException {
        boolean isNew = !Files.exists(folder.resolve("lock"));
        Disk disk = new NioDisk(folder);
        if (!disk.lock()) {
            disk.close();
            throw new BackupRefused("a broker runs with the data folder " + folder
                    + ": stop it first, or restore through its console or POST /api/v1/restore, which takes effect at its next"
                    + " start");
        }
        if (isNew) {
            Owner.give(folder.resolve("lock"), folder, "rw-r--r--");
        }
        return disk;
    }
}
