package io.dunlin.server;

import io.dunlin.security.file.AtomicFile;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.ControlClient;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code dunlin backup}. */
@Command(
        name = "backup",
        description = {
            "Writes everything that a running broker stores into one file: users, roles, groups, bans, accounts and keys of the"
                    + " console, retained messages, sessions with their subscriptions, queues and messages in flight.",
            "",
            "Publishers do not wait for it. The file appears once it is whole. It holds password hashes: only its owner can read it.",
            ""
        })
final class BackupCommand extends Administers {
    private static final String STANDARD_OUTPUT = "-";
    private static final int BUFFER_BYTES = 256 << 10;

    @Parameters(paramLabel = "FILE", description = "The file to make, or - for standard output.")
    private String file = "";

    @Option(names = "--overwrite", description = "Replace the file where it is there.")
    private boolean overwrite;

    @Override
    int run() {
        if (file.equals(STANDARD_OUTPUT)) {
            JsonNode made = taken(new FileOutputStream(FileDescriptor.out)); // System.out hides what cannot be written
            if (isJson()) {
                err().println(pretty(made));
            }
            return Main.OK;
        }
        Path path = Path.of(file).toAbsolutePath();
        if (!overwrite && Files.exists(path)) {
            throw new CommandFailed(file + " is there already: give another name, or add --overwrite");
        }
        Path folder = path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new CommandFailed("there is no folder " + folder + ": make it first, or name another file");
        }
        JsonNode made = taken(path, folder);
        shown(made)
                .ifPresent(it -> out().println("OK: " + it.path("sessions").asLong() + " sessions, "
                        + it.path("queued").asLong() + " queued and "
                        + it.path("retained").asLong() + " retained messages, "
                        + it.path("users").asLong() + " users in " + file + " ("
                        + it.path("bytes").asLong()
                        + " bytes, SHA-256 " + it.path("sha256").asString() + ")"));
        return Main.OK;
    }

    /** Under another name until it is whole and on the disk. */
    private JsonNode taken(Path path, Path folder) {
        Path part = folder.resolve(
                "." + path.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            JsonNode made;
            try (FileChannel channel = create(part);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES)) {
                made = taken(out);
                out.flush();
                channel.force(true);
            }
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            AtomicFile.syncFolder(folder);
            return made;
        } catch (IOException e) {
            throw cannotWrite(e);
        } finally {
            delete(part);
        }
    }

    private static FileChannel create(Path part) throws IOException {
        Set<OpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        boolean isPosix = part.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] own = isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        return FileChannel.open(part, fresh, own);
    }

    private void delete(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            err().println("dunlin: " + part + " is left over and cannot be deleted: " + e.getMessage());
        }
    }

    private JsonNode taken(OutputStream out) {
        try (ControlClient client = broker().connect().orElseThrow(broker()::nobody)) {
            return client.download("backup", Map.of(), out);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private CommandFailed cannotWrite(IOException e) {
        return new CommandFailed(
                file.equals(STANDARD_OUTPUT)
                        ? "the backup cannot be written to standard output: " + e.getMessage()
                        : "the backup cannot be written to " + file + ": " + e.getMessage()
                                + "; make room there, or name another file");
    }
}
