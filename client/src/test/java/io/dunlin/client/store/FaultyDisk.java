package io.dunlin.client.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The real disk, with a step before each change and each sync: a test looks at the files there, or lets the change fail. */
final class FaultyDisk implements Disk {
    /** What is about to happen. */
    interface Step {
        void before(String what) throws IOException;
    }

    Step step = what -> {};

    /** How many bytes of a write that fails are written all the same. */
    int bytesOfFailedWrite;

    /** Writes, renames and cuts that worked. */
    int changes;

    private void step(String what) throws IOException {
        step.before(what);
        changes++;
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        return new Faulty(FileDisk.INSTANCE.open(path));
    }

    @Override
    public OpenFile create(Path path) throws IOException {
        step("create");
        return new Faulty(FileDisk.INSTANCE.create(path));
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        step("replace");
        FileDisk.INSTANCE.replace(from, to);
    }

    @Override
    public void syncFolderOf(Path path) throws IOException {
        step("sync folder");
    }

    @Override
    public void copy(Path from, Path to) throws IOException {
        FileDisk.INSTANCE.copy(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        FileDisk.INSTANCE.delete(path);
    }

    @Override
    public @Nullable Closeable lock(Path path) throws IOException {
        return FileDisk.INSTANCE.lock(path);
    }

    private final class Faulty implements OpenFile {
        private final OpenFile real;

        Faulty(OpenFile real) {
            this.real = real;
        }

        @Override
        public long bytes() throws IOException {
            return real.bytes();
        }

        @Override
        public void write(long at, byte[] from, int offset, int count) throws IOException {
            boolean worked = false;
            try {
                step("write");
                worked = true;
            } finally {
                real.write(at, from, offset, worked ? count : Math.min(count, bytesOfFailedWrite));
            }
        }

        @Override
        public int read(long at, byte[] into, int offset, int count) throws IOException {
            return real.read(at, into, offset, count);
        }

        @Override
        public void truncate(long bytes) throws IOException {
            step("truncate");
            real.truncate(bytes);
        }

        @Override
        public void sync() throws IOException {
            step("sync"); // without the real one: what is tested is when it is called and what follows where it fails
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
