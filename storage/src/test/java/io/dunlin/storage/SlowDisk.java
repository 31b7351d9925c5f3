package io.dunlin.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A disk whose syncs of files take time. */
record SlowDisk(Disk disk, Runnable delay) implements Disk {
    @Override
    public List<String> list() throws IOException {
        return disk.list();
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new SlowFile(disk.open(name), delay);
    }

    @Override
    public DiskFile create(String name, long preallocateBytes) throws IOException {
        return new SlowFile(disk.create(name, preallocateBytes), delay);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void syncFolder() throws IOException {
        disk.syncFolder();
    }

    @Override
    public boolean lock() throws IOException {
        return disk.lock();
    }

    @Override
    public long usableBytes() throws IOException {
        return disk.usableBytes();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }

    private record SlowFile(DiskFile file, Runnable delay) implements DiskFile {
        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int read(ByteBuffer to, long at) throws IOException {
            return file.read(to, at);
        }

        @Override
        public void write(ByteBuffer from, long at) throws IOException {
            file.write(from, at);
        }

        @Override
        public void sync() throws IOException {
            delay.run();
            file.sync();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
