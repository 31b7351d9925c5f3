package io.dunlin.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.storage.Disk;
import io.dunlin.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Bugs put in on purpose, each in a wrapper around a sound part: the simulator has to find them within a few seeds. */
class PlantedBugTest {
    private static final int SEEDS = 400;

    @Test
    void findsThatItIsAcknowledgedBeforeTheSync() {
        found(random -> new DelayedStore(random, journal -> new TamperedJournal(journal) {
            @Override
            public long stored(Durability level) {
                return Long.MAX_VALUE; // as soon as it is appended
            }
        }));
    }

    @Test
    void findsADiskThatDoesNotSync() {
        found(random -> new DiskStore(
                random,
                disk -> new TamperedDisk(disk) {
                    @Override
                    DiskFile tampered(String name, DiskFile file) {
                        return !name.startsWith("log-")
                                ? file
                                : new TamperedFile(file) {
                                    @Override
                                    public void sync() {
                                        // as a disk that lies about its cache
                                    }
                                };
                    }
                },
                UnaryOperator.identity()));
    }

    @Test
    void findsASegmentDeletedThatIsStillReferredTo() {
        found(random -> new DiskStore(random, UnaryOperator.identity(), journal -> new TamperedJournal(journal) {
            @Override
            public void checkpointsFrom(Snapshots core) {
                super.checkpointsFrom(new ForgetfulMarks(core));
            }
        }));
    }

    @Test
    void findsThatTheReceiversHalfOfQos2IsForgotten() {
        found(random -> new DelayedStore(random, journal -> new TamperedJournal(journal) {
            @Override
            public long append(int partition, JournalRecord record, Durability wanted) {
                JournalRecord kept = record;
                if (record instanceof JournalRecord.Published published) {
                    kept = new JournalRecord.Published(published.message(), published.shares(), 0);
                } else if (record instanceof JournalRecord.InboundTaken taken) {
                    kept = new JournalRecord.InboundReleased(taken.clientId(), taken.packetId());
                }
                return super.append(partition, kept, wanted);
            }
        }));
    }

    @Test
    void findsThatRecordsAreReplayedOutOfOrder() {
        found(random -> new DelayedStore(random, journal -> new TamperedJournal(journal) {
            @Override
            public void recover(Recovery recovery) {
                super.recover(new SwappedReplay(recovery));
            }
        }));
    }

    @Test
    void theFenceHoldsWhereTheLockDoesNot() {
        for (long seed = 1; seed <= 15; seed++) {
            Simulation.run(
                    seed, random -> new DiskStore(random, UnaryOperator.identity(), UnaryOperator.identity(), true));
        }
    }

    private static void found(Store.Factory stores) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                Simulation.run(seed, stores);
            } catch (Violation violation) {
                assertThat(violation).hasMessageContaining("-Dsimulation.seed=" + seed);
                System.out.println("found with seed " + seed + ": "
                        + String.valueOf(violation.getMessage())
                                .lines()
                                .findFirst()
                                .orElse(""));
                return;
            }
        }
        fail("the bug was not found in " + SEEDS + " seeds");
    }

    /** Everything goes to the real one; subclasses tamper with the files. */
    private abstract static class TamperedDisk implements Disk {
        private final Disk disk;

        TamperedDisk(Disk disk) {
            this.disk = disk;
        }

        abstract DiskFile tampered(String name, DiskFile file);

        @Override
        public List<String> list() throws IOException {
            return disk.list();
        }

        @Override
        public DiskFile open(String name) throws IOException {
            return tampered(name, disk.open(name));
        }

        @Override
        public DiskFile create(String name, long preallocateBytes) throws IOException {
            return tampered(name, disk.create(name, preallocateBytes));
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
    }

    private static class TamperedFile implements DiskFile {
        private final DiskFile file;

        TamperedFile(DiskFile file) {
            this.file = file;
        }

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
