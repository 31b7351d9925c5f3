package io.dunlin.client.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.store.SessionStore.Stored;
import io.dunlin.client.store.Stores.State;
import io.dunlin.protocol.packet.QoS;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every place at which a file can end, and every byte of it changed. */
final class FileStoreDamageTest {
    @TempDir
    Path folder;

    private final List<Long> ends = new ArrayList<>(); // of the header, then of each record
    private final List<State> states = new ArrayList<>(); // at those
    private byte[] bytes = {};
    private Path path;

    /** A bit of everything: 12 records. */
    @BeforeEach
    void write() throws IOException {
        path = folder.resolve("session");
        FileStore store = FileStore.at(path);
        store.open(Stores.CLIENT);
        note();
        for (int i = 1; i <= 4; i++) {
            store.add(Stores.message(QoS.AT_LEAST_ONCE, "a/" + i, new byte[20 * i]));
            note();
        }
        store.sent(1, 1);
        note();
        store.sent(2, 2);
        note();
        store.released(2);
        note();
        store.received(300);
        note();
        store.remove(1);
        note();
        store.unsent(2);
        note();
        store.receivedDone(300);
        note();
        store.add(Stores.message(QoS.EXACTLY_ONCE, "a/5", new byte[600]));
        note();
        store.close();
        bytes = Files.readAllBytes(path);
    }

    private void note() throws IOException {
        ends.add(Files.size(path));
        states.add(Stores.afterKill(path, folder));
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(Files.createDirectories(folder.resolve("case")).resolve("session"), content);
    }

    @Test
    void cutsOffARecordThatIsNotComplete() throws IOException {
        for (int count = ends.get(0).intValue(); count <= bytes.length; count++) {
            Path cut = file(Arrays.copyOf(bytes, count));
            int records = 0;
            while (records + 1 < ends.size() && ends.get(records + 1) <= count) {
                records++;
            }
            assertThat(State.of(cut)).as("cut at %d", count).isEqualTo(states.get(records));
            assertThat(Files.size(cut)).isEqualTo(ends.get(records));
        }
    }

    @Test
    void writesOnWhereItCut() throws IOException {
        for (int count = ends.get(ends.size() - 2).intValue(); count < bytes.length; count += 7) {
            Path cut = file(Arrays.copyOf(bytes, count));
            FileStore store = FileStore.at(cut);
            store.open(Stores.CLIENT);
            store.received(1);
            store.close();
            State before = states.get(states.size() - 2);
            assertThat(State.of(cut)).isEqualTo(new State(before.messages(), List.of(1)));
        }
    }

    @Test
    void refusesAnUnfinishedHeader() throws IOException {
        for (int count = 0; count < ends.get(0); count++) {
            Path cut = file(Arrays.copyOf(bytes, count));
            assertThatThrownBy(() -> State.of(cut)).as("cut at %d", count).isInstanceOf(StoreFailed.class);
        }
    }

    @Test
    void refusesEveryChangedByte() throws IOException {
        for (int at = 0; at < bytes.length; at++) {
            int mask = at % 9 == 8 ? 0xFF : 1 << at % 9;
            byte[] changed = bytes.clone();
            changed[at] ^= (byte) mask;
            Path damaged = file(changed);
            assertThatThrownBy(() -> State.of(damaged))
                    .as("byte %d changed by %d", at, mask)
                    .isInstanceOf(StoreFailed.class)
                    .hasMessageContaining("move it away to begin with nothing");
            assertThat(Files.readAllBytes(damaged)).isEqualTo(changed);
        }
    }

    @Test
    void takesZerosAtTheEndForWhatTheDeviceHadNotWritten() throws IOException {
        int last = ends.get(ends.size() - 2).intValue();
        byte[] zeros = bytes.clone();
        Arrays.fill(zeros, last, zeros.length, (byte) 0);
        assertThat(State.of(file(zeros))).isEqualTo(states.get(states.size() - 2));
        byte[] halfWritten = bytes.clone();
        int sector = (bytes.length - 1) / 512 * 512;
        assertThat(sector).isGreaterThan(last);
        Arrays.fill(halfWritten, sector, bytes.length, (byte) 0);
        assertThat(State.of(file(halfWritten))).isEqualTo(states.get(states.size() - 2));
        assertThat(State.of(file(Arrays.copyOf(bytes, bytes.length + 4096)))).isEqualTo(states.get(states.size() - 1));
    }

    @Test
    void doesNotTakeDamageForSuchZerosWhereMoreFollows() throws IOException {
        byte[] changed = Arrays.copyOf(bytes, bytes.length + 4096);
        changed[ends.get(3).intValue() + 20] ^= 1;
        assertThatThrownBy(() -> State.of(file(changed)))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("is damaged at byte " + ends.get(3))
                .hasMessageContaining("with 3 unfinished messages before");
    }

    @Test
    void salvagesWhatCanBeRead() throws IOException {
        byte[] changed = bytes.clone();
        changed[ends.get(2).intValue() + 5] ^= 1; // the head of message 3
        changed[ends.get(3).intValue() + 40] ^= 1; // the body of message 4
        Path damaged = file(changed);
        FileStore store = FileStore.at(damaged).salvage();
        State salvaged = State.of(store.open(Stores.CLIENT));
        assertThat(salvaged.messages()).extracting(Stored::token).containsExactly(2L, 5L);
        store.close();
        assertThat(Files.readAllBytes(FileNames.damaged(damaged))).isEqualTo(changed);
        assertThat(State.of(damaged)).isEqualTo(salvaged);
    }

    @Test
    void salvagesNothingOfAFileWithoutAHeader() throws IOException {
        byte[] changed = bytes.clone();
        changed[3] ^= 1;
        Path damaged = file(changed);
        FileStore store = FileStore.at(damaged).salvage();
        assertThat(State.of(store.open(Stores.CLIENT))).isEqualTo(State.NOTHING);
        store.close();
        assertThat(Files.readAllBytes(FileNames.damaged(damaged))).isEqualTo(changed);
        assertThat(State.of(damaged)).isEqualTo(State.NOTHING);
    }

    @Test
    void salvageChangesNothingOfAnIntactFile() throws IOException {
        FileStore store = FileStore.at(path).salvage();
        assertThat(State.of(store.open(Stores.CLIENT))).isEqualTo(states.get(states.size() - 1));
        store.close();
        assertThat(Files.readAllBytes(path)).isEqualTo(bytes);
        assertThat(FileNames.damaged(path)).doesNotExist();
    }
}
