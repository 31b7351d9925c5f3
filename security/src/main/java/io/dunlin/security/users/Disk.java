package io.dunlin.security.users;

import io.dunlin.security.file.AtomicFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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
            AtomicFile.writeNew(file, content);
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
            AtomicFile.syncFolder(folder);
        }
    }
}
