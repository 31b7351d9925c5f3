package io.dunlin.client.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.client.store.SessionStore.Stored;
import io.dunlin.client.store.Stores.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls by chance, on a disk that fails by chance, with ends of the process by chance, against a list in memory. Another
 * seed: {@code -Ddunlin.seed=7}.
 */
final class FileStoreModelTest {
    private static final int RUNS = 20;
    private static final int CALLS = 400;

    @TempDir
    Path folder;

    @Test
    void givesBackExactlyWhatItKept() throws IOException {
        long first = Long.getLong("dunlin.seed", System.nanoTime() % 1_000_000);
        for (long seed = first; seed < first + RUNS; seed++) {
            String run = "seed " + seed;
            try {
                new Run(Files.createDirectory(folder.resolve("run" + seed)), seed).go();
            } catch (AssertionError | StoreFailed e) {
                throw new AssertionError(run, e);
            }
        }
    }

    private static final class Run {
        private final Random random;
        private final FaultyDisk disk = new FaultyDisk();
        private final Options options;
        private final Path folder;
        private Path path;
        private FileStore store;
        private final Map<Long, Stored> messages = new LinkedHashMap<>();
        private final Set<Integer> receivedIds = new LinkedHashSet<>();
        private State written = State.NOTHING; // what is in the file: without answers that could not be written

        Run(Path folder, long seed) {
            this.folder = folder;
            random = new Random(seed);
            options = new Options(random.nextInt(8) == 0, false, random.nextInt(3_000));
            path = folder.resolve("session");
            store = new FileStore(path, options, disk);
            store.open(Stores.CLIENT);
        }

        void go() throws IOException {
            for (int call = 0; call < CALLS; call++) {
                boolean failing = random.nextInt(6) == 0;
                disk.bytesOfFailedWrite = random.nextInt(60);
                disk.step = what -> {
                    if (failing && !what.equals("truncate") && random.nextInt(3) > 0) {
                        throw new IOException("Input/output error");
                    }
                };
                int changes = disk.changes;
                try {
                    call();
                } catch (StoreFailed e) {
                    assertThat(failing).as(e.toString()).isTrue();
                }
                disk.step = what -> {};
                note(changes);
                if (random.nextInt(40) == 0) {
                    restart(random.nextBoolean());
                }
            }
            store.close();
        }

        private State state() {
            return new State(List.copyOf(messages.values()), List.copyOf(receivedIds));
        }

        /** Whether the call left its record in the file is asked of the file: a fault may have come before or after it. */
        private void note(int changesBefore) throws IOException {
            if (disk.changes != changesBefore) {
                State found = Stores.afterKill(path, folder);
                assertThat(found).isIn(state(), written);
                written = found;
            }
        }

        private void restart(boolean killed) throws IOException {
            if (killed) {
                Path copy = Files.createTempDirectory(folder, "restarted").resolve("session");
                Files.copy(path, copy);
                store.close();
                path = copy;
                assertKept(written);
            } else {
                store.close();
                assertKept(state());
            }
        }

        private void assertKept(State expected) {
            store = new FileStore(path, options, disk);
            assertThat(State.of(store.open(Stores.CLIENT))).isEqualTo(expected);
            messages.clear();
            expected.messages().forEach(stored -> messages.put(stored.token(), stored));
            receivedIds.clear();
            receivedIds.addAll(expected.receivedIds());
            written = expected;
        }

        private void call() {
            int kind = random.nextInt(12);
            int id = 1 + random.nextInt(20);
            if (kind < 4 || messages.isEmpty()) {
                var message = Stores.message(random.nextInt(2_000));
                long token = store.add(message);
                messages.put(token, new Stored(token, message, 0, false));
                return;
            }
            Stored some = new ArrayList<>(messages.values()).get(random.nextInt(messages.size()));
            long token = some.token();
            switch (kind) {
                case 4 -> {
                    store.sent(token, id);
                    messages.put(token, new Stored(token, some.message(), id, false));
                }
                case 5 -> {
                    store.released(token);
                    messages.put(token, new Stored(token, some.message(), some.packetId(), true));
                }
                case 6 -> {
                    store.unsent(token);
                    messages.put(token, new Stored(token, some.message(), 0, some.packetId() == 0 && some.released()));
                }
                case 7 -> {
                    store.received(id);
                    receivedIds.add(id);
                }
                case 8 -> {
                    store.receivedDone(id);
                    receivedIds.remove(id);
                }
                case 9 -> {
                    if (random.nextInt(4) == 0) {
                        store.sessionLost();
                        receivedIds.clear();
                    }
                }
                default -> {
                    store.remove(token);
                    messages.remove(token);
                }
            }
        }
    }
}
