package io.dunlin.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.store.SessionStore.Stored;
import io.dunlin.client.store.Stores.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails, and a process that ends at any step of what it does with files. */
final class FileStoreFaultTest {
    @TempDir
    Path folder;

    private final FaultyDisk disk = new FaultyDisk();
    private Path path;
    private FileStore store;

    @BeforeEach
    void open() {
        path = folder.resolve("session");
        store = store(false, 2_000);
        store.open(Stores.CLIENT);
    }

    private FileStore store(boolean forced, long compactAboveBytes) {
        return new FileStore(path, new Options(forced, false, compactAboveBytes), disk);
    }

    @AfterEach
    void close() {
        disk.step = what -> {};
        store.close();
    }

    private void fail(String what, int bytes) {
        disk.bytesOfFailedWrite = bytes;
        disk.step = step -> {
            if (step.equals(what)) {
                throw new IOException("No space left on device");
            }
        };
    }

    @Test
    void aFullDiskLeavesTheFileAsItWas() throws IOException {
        long first = store.add(Stores.message(1));
        store.sent(first, 1);
        long bytes = Files.size(path);
        for (int written : new int[] {0, 1, 11, 12, 13, 30}) {
            fail("write", written);
            assertThatThrownBy(() -> store.add(Stores.message(40)))
                    .isInstanceOf(StoreFailed.class)
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining("make room on the disk");
            assertThatThrownBy(() -> store.released(first)).isInstanceOf(StoreFailed.class);
            assertThatThrownBy(() -> store.received(1)).isInstanceOf(StoreFailed.class);
            disk.step = what -> {};
            store.received(2); // cuts off what the attempts have left
            store.receivedDone(2);
            assertThat(Stores.afterKill(path, folder))
                    .isEqualTo(new State(List.of(new Stored(first, Stores.message(1), 1, false)), List.of()));
        }
        assertThat(Files.size(path)).isGreaterThan(bytes);
        assertThat(store.add(Stores.message(2))).isGreaterThan(first);
    }

    @Test
    void writesAnswersLaterThatItCouldNotWrite() throws IOException {
        long first = store.add(Stores.message(1));
        long second = store.add(Stores.message(2));
        store.sent(second, 9);
        fail("write", 5);
        store.remove(first);
        store.unsent(second);
        assertThatThrownBy(() -> store.add(Stores.message(3))).isInstanceOf(StoreFailed.class);
        assertThat(Stores.afterKill(path, folder).messages())
                .extracting(Stored::token)
                .contains(first);
        disk.step = what -> {};
        long third = store.add(Stores.message(4));
        State expected = new State(
                List.of(
                        new Stored(second, Stores.message(2), 0, false),
                        new Stored(third, Stores.message(4), 0, false)),
                List.of());
        assertThat(Stores.afterKill(path, folder)).isEqualTo(expected);
    }

    @Test
    void writesAnswersAtTheLatestWhenItIsClosed() throws IOException {
        long first = store.add(Stores.message(1));
        fail("write", 5);
        store.remove(first);
        disk.step = what -> {};
        store.close();
        assertThat(State.of(path)).isEqualTo(State.NOTHING);
    }

    @Test
    void aFailedSyncIsAFailure() throws IOException {
        store.close();
        store = store(true, 2_000);
        store.open(Stores.CLIENT);
        store.add(Stores.message(1));
        fail("sync", 0);
        assertThatThrownBy(() -> store.add(Stores.message(2))).isInstanceOf(StoreFailed.class);
        disk.step = what -> {};
        store.received(1);
        State state = Stores.afterKill(path, folder);
        assertThat(state.messages()).extracting(Stored::message).containsExactly(Stores.message(1));
    }

    @Test
    void syncsEachRecordWhereThatIsAsked() {
        store.close();
        store = store(true, 2_000);
        store.open(Stores.CLIENT);
        List<String> steps = new ArrayList<>();
        disk.step = steps::add;
        long token = store.add(Stores.message(1));
        store.sent(token, 1);
        store.remove(token);
        assertThat(steps).containsExactly("write", "sync", "write", "sync", "write");
    }

    @Test
    void aProcessMayEndAtEachStepOfACompaction() throws IOException {
        store.close();
        store = store(false, 500);
        store.open(Stores.CLIENT);
        for (int i = 0; i < 12; i++) {
            long token = store.add(Stores.message(49));
            store.sent(token, i + 1);
        }
        store.received(5);
        store.released(12);
        List<State> allowed = new ArrayList<>();
        Set<String> steps = new LinkedHashSet<>();
        List<State> seen = new ArrayList<>();
        disk.step = what -> {
            steps.add(what);
            seen.add(Stores.afterKill(path, folder));
        };
        for (long token = 1; token <= 9; token++) {
            allowed.add(Stores.afterKill(path, folder));
            store.remove(token);
        }
        allowed.add(Stores.afterKill(path, folder));
        assertThat(steps).contains("create", "write", "sync", "replace", "sync folder");
        assertThat(seen).allMatch(allowed::contains);
        assertThat(allowed.get(9).messages()).extracting(Stored::token).containsExactly(10L, 11L, 12L);
        assertThat(allowed.get(9).messages()).extracting(Stored::packetId).containsExactly(10, 11, 12);
        assertThat(allowed.get(9).messages()).extracting(Stored::released).containsExactly(false, false, true);
        assertThat(allowed.get(9).receivedIds()).containsExactly(5);
    }

    @Test
    void aCompactionThatFailsLeavesTheFileInUse() throws IOException {
        for (String what : List.of("create", "sync", "replace", "sync folder")) {
            long kept = store.add(Stores.message(1));
            fail(what, 0);
            for (int i = 0; i < 100; i++) {
                store.remove(store.add(Stores.message(49)));
            }
            State during = Stores.afterKill(path, folder);
            assertThat(during.messages()).extracting(Stored::token).containsExactly(kept);
            disk.step = step -> {};
            for (int i = 0; i < 100; i++) {
                store.remove(store.add(Stores.message(49)));
            }
            assertThat(Files.size(path)).isLessThan(2_200);
            assertThat(FileNames.fresh(path)).doesNotExist();
            store.remove(kept);
        }
    }

    @Test
    void doesNotMakeGoodRecordsOutOfRottenOnes() throws IOException {
        long kept = store.add(Stores.message(49));
        long bodyEnd = Files.size(path);
        byte[] rotten = Files.readAllBytes(path);
        rotten[(int) bodyEnd - 10] ^= 1;
        Files.write(path, rotten);
        for (int i = 0; i < 100; i++) {
            store.remove(store.add(Stores.message(49)));
        }
        assertThat(kept).isPositive();
        assertThatThrownBy(() -> Stores.afterKill(path, folder))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("is damaged");
    }

    @Test
    void aFileThatCannotBeMadeIsRefusedAndTheLockIsFree() {
        store.close();
        Path other = folder.resolve("other");
        fail("write", 3);
        FileStore failing = new FileStore(other, new Options(false, false, 0), disk);
        assertThatThrownBy(() -> failing.open(Stores.CLIENT))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("that the disk has room");
        disk.step = what -> {};
        assertThat(State.of(other)).isEqualTo(State.NOTHING);
    }
}
