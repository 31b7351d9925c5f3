package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NioDiskTest {
    @Test
    void filesKeepWhatIsWrittenToThem(@TempDir Path folder) throws IOException {
        NioDisk disk = new NioDisk(folder.resolve("made"));
        try (DiskFile file = disk.create("a", 100_000)) {
            assertThat(file.size()).isEqualTo(100_000);
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 99_999);
            file.sync();
            assertThat(file.size()).isEqualTo(100_002);
            ByteBuffer read = ByteBuffer.allocateDirect(10);
            assertThat(file.read(read, 99_998)).isEqualTo(4);
            assertThat(read.get(0)).isZero();
            assertThat(read.get(3)).isEqualTo((byte) 3);
            assertThat(file.read(ByteBuffer.allocate(1), 200_000)).isZero();
            file.truncate(50);
            file.truncate(70);
            assertThat(file.size()).isEqualTo(50);
        }
        disk.rename("a", "b");
        disk.syncFolder();
        assertThat(disk.list()).containsExactly("b");
        try (DiskFile file = disk.open("b")) {
            assertThat(file.size()).isEqualTo(50);
        }
        disk.delete("b");
        disk.delete("b");
        assertThat(disk.list()).isEmpty();
        assertThatThrownBy(() -> disk.open("b")).isInstanceOf(NoSuchFileException.class);
        assertThat(disk.usableBytes()).isPositive();
    }

    @Test
    void writesLargerThanAPieceAreWhole(@TempDir Path folder) throws IOException {
        NioDisk disk = new NioDisk(folder);
        byte[] bytes = LogWorld.body(new java.util.Random(1), 3_000_001);
        try (DiskFile file = disk.create("a", 0)) {
            file.write(ByteBuffer.wrap(bytes), 7);
            ByteBuffer read = ByteBuffer.allocate(bytes.length);
            assertThat(file.read(read, 7)).isEqualTo(bytes.length);
            assertThat(read.array()).isEqualTo(bytes);
        }
    }

    @Test
    void theFolderIsLockedOnce(@TempDir Path folder) throws IOException {
        NioDisk first = new NioDisk(folder);
        NioDisk second = new NioDisk(folder);
        assertThat(first.lock()).isTrue();
        assertThat(second.lock()).isFalse();
        first.close();
        assertThat(second.lock()).isTrue();
        second.close();
        assertThat(Files.exists(folder.resolve("lock"))).isTrue();
        assertThat(first.list()).isEmpty();
    }

    @Test
    void aFullDiskIsKnownByItsText() {
        for (String text :
                new String[] {"No space left on device", "Disk quota exceeded", "There is not enough space"}) {
            assertThat(NioDisk.classified(new IOException(text))).isInstanceOf(DiskFull.class);
        }
        assertThat(NioDisk.classified(new IOException("Input/output error"))).isNotInstanceOf(DiskFull.class);
    }
}
