package io.dunlin.security.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of the audit log and its older ones: {@code audit.jsonl}, {@code audit.jsonl.1}, ... Only its owner may read them. After a
 * failure the next write begins anew, on a line of its own. Thread: one.
 */
final class AuditFile implements AutoCloseable {
    private static final String OWNER_ONLY = "rw-------";
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private final Path file;
    private final long bytesMax;
    private final int keep;
    private @Nullable FileChannel channel;
    private long bytes;
    private boolean torn;

    /** @param keep how many older files stay beside the current one */
    AuditFile(Path file, long bytesMax, int keep) {
        this.file = file;
        this.bytesMax = bytesMax;
        this.keep = keep;
    }

    void write(byte[] line) throws IOException {
        FileChannel to = open();
        if (bytes > 0 && bytes + line.length > bytesMax) {
            rotate();
            to = open();
        }
        torn = true;
        if (bytes < 0) {
            bytes = 0;
        }
        ByteBuffer buffer = ByteBuffer.wrap(line);
        while (buffer.hasRemaining()) {
            to.write(buffer);
        }
        bytes += line.length;
        torn = false;
    }

    /** Opens it where it is not open; a line that an earlier failure left half written is ended first. */
    FileChannel open() throws IOException {
        FileChannel open = channel;
        if (open != null && torn) {
            close();
            open = null;
        }
        if (open == null) {
            open = opened();
            channel = open;
            bytes = open.size();
            if (torn && bytes > 0) {
                open.write(ByteBuffer.wrap(new byte[] {'\n'}));
                bytes++;
            }
            torn = false;
        }
        return open;
    }

    private FileChannel opened() throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        if (!POSIX) {
            return FileChannel.open(file, options);
        }
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY));
        FileChannel made = FileChannel.open(file, options, mode);
        if (Files.isRegularFile(file)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(OWNER_ONLY));
        }
        return made;
    }

    private void rotate() throws IOException {
        close();
        if (keep == 0) {
            Files.deleteIfExists(file);
            return;
        }
        Files.deleteIfExists(older(keep));
        for (int i = keep - 1; i >= 1; i--) {
            if (Files.exists(older(i))) {
                Files.move(older(i), older(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(file, older(1), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path older(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }
}
