package io.dunlin.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.storage.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ModelDiskTest {
    private static final int SECTORS = 4;
    private static final int BYTES = SECTORS * ModelDisk.SECTOR;

    @Test
    void theEndOfTheProcessLosesNothing() throws IOException {
        ModelDisk disk = written(1, false);
        disk.processEnds();
        assertThat(bytes(disk)).isEqualTo(filled((byte) 2));
    }

    @Test
    void aPowerCutKeepsWhatWasSynced() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            ModelDisk disk = written(seed, true);
            disk.powerCut();
            assertThat(bytes(disk)).isEqualTo(filled((byte) 2));
        }
    }

    @Test
    void aPowerCutLeavesAnyMixtureOfUnsyncedSectors() throws IOException {
        TreeSet<String> seen = new TreeSet<>();
        for (int seed = 0; seed < 400; seed++) {
            ModelDisk disk = written(seed, false);
            disk.powerCut();
            byte[] left = bytes(disk);
            StringBuilder sectors = new StringBuilder();
            for (int at = 0; at < BYTES; at += ModelDisk.SECTOR) {
                byte[] sector = Arrays.copyOfRange(left, at, at + ModelDisk.SECTOR);
                assertThat(sector).containsOnly(sector[0]);
                sectors.append(sector[0]);
            }
            seen.add(sectors.toString());
        }
        assertThat(seen).hasSize(1 << SECTORS).contains("1111", "2222", "1221");
    }

    @Test
    void anUnsyncedFileMayBeGoneAndASyncedOneIsNot() throws IOException {
        int gone = 0;
        for (int seed = 0; seed < 50; seed++) {
            ModelDisk disk = new ModelDisk(new SplittableRandom(seed));
            disk.create("kept", 10).close();
            disk.syncFolder();
            disk.create("new", 10).close();
            disk.powerCut();
            assertThat(disk.list()).contains("kept");
            gone += disk.list().contains("new") ? 0 : 1;
        }
        assertThat(gone).isBetween(1, 49);
    }

    /** Twos over synced ones. */
    private static ModelDisk written(int seed, boolean synced) throws IOException {
        ModelDisk disk = new ModelDisk(new SplittableRandom(seed));
        try (DiskFile file = disk.create("file", BYTES)) {
            file.write(ByteBuffer.wrap(filled((byte) 1)), 0);
            file.sync();
            disk.syncFolder();
            file.write(ByteBuffer.wrap(filled((byte) 2)), 0);
            if (synced) {
                file.sync();
            }
        }
        return disk;
    }

    private static byte[] filled(byte with) {
        byte[] bytes = new byte[BYTES];
        Arrays.fill(bytes, with);
        return bytes;
    }

    private static byte[] bytes(ModelDisk disk) throws IOException {
        try (DiskFile file = disk.open("file")) {
            ByteBuffer bytes = ByteBuffer.allocate(BYTES);
            file.read(bytes, 0);
            return bytes.array();
        }
    }
}
