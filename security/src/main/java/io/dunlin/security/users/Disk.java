package io.dunlin.security.users;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/** The few things that {@link UserFiles} does to a disk, so that a test can let each of them fail. */
interface Disk {
    boolean exists(Path file);

    byte[] read(Path file) throws IOException;

    /** Makes a file for its owner alone, in place of any of this name, and waits until it is on the disk. */
    void write(Path file, byte[] content) throws IOException;

    /** A second name for a file, or a copy of it. */
    void link(Path file, Path copy) throws IOException;

    /** Gives a file another name at once, whatever had that name. */
    void move(Path from, Path to) throws IOException;

    void syncFolder(Path folder) throws IOException;

    /** The real one. */
    final class Real implements Disk {
        @Override
        public boolean exists(Path file) {
            return Files.exists(file);
        }

        @Override
        public byte[] read(Path file) throws IOException {
            return Files.readAllBytes(file);
        }

        @Override
        public void write(Path file, byte[] content) throws IOException {
            Files.deleteIfExists(file);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
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

        @Override
        public void link(Path file, Path copy) throws IOException {
            Files.deleteIfExists(copy);
            try {
                Files.createLink(copy, file);
            } catch (UnsupportedOperationException | FileSystemException e) {
                write(copy, Files.readAllBytes(file));
            }
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void syncFolder(Path folder) throws IOException {
            if (Files.getFileAttributeView(folder, PosixFileAttributeView.class) == null) {
                return; // there, a folder is no file
            }
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
