package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal.Condition;
import io.dunlin.broker.port.Journal.Loaded;
import io.dunlin.broker.port.ShardExecutor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A journal with a {@link ModelCore} on a {@link MemoryDisk}; the core of each life takes over what the one before has left. */
final class JournalWorld implements StoreEvents {
    static final StoreOptions SMALL = StoreOptions.DEFAULTS
            .withSegmentBytes(64 << 10, 4 << 10, 0)
            .withCheckpoints(Duration.ofHours(1), Long.MAX_VALUE);

    final StoreOptions options;
    final List<String> lines = new ArrayList<>();
    final List<Condition> conditions = new ArrayList<>();
    /** What the core had after each append, by where the log ended then. */
    final TreeMap<Long, String> history = new TreeMap<>();

    Steps steps = new Steps();
    MemoryDisk disk = new MemoryDisk();
    ModelCore core = new ModelCore();
    FileJournal journal;

    JournalWorld() throws IOException {
        this(SMALL);
    }

    JournalWorld(StoreOptions options) throws IOException {
        this.options = options;
        this.journal = opened();
    }

    private FileJournal opened() throws IOException {
        journal = FileJournal.open(disk, new StoreId(7, 8), options, steps, steps, this);
        core = new ModelCore();
        journal.recover(core);
        core.attach(journal);
        journal.checkpointsFrom(core);
        steps.run();
        return journal;
    }

    /** Another process on this disk. */
    void reopen(MemoryDisk found) throws IOException {
        disk = found;
        steps = new Steps();
        opened();
    }

    /** Notes what the core has now. */
    void note() {
        history.put(journal.end(), core.text());
    }

    void checkpoint() {
        CompletableFuture<Void> done = journal.checkpointNow().toCompletableFuture();
        steps.run();
        assertThat(done).isCompleted();
    }

    void close() {
        CompletableFuture<Void> done = journal.close().toCompletableFuture();
        steps.run();
        assertThat(done).isCompleted();
    }

    /** Kills the process, or cuts the power, and starts another; nothing that was stored may be missing, and nothing be new. */
    void assertNothingIsLost(MemoryDisk found, Durability level) throws IOException {
        long stored = journal.stored(level);
        reopen(found);
        assertThat(history.tailMap(stored, true).values())
                .as("what the core had when position %s was stored, or later", Position.text(stored))
                .contains(core.text());
        for (String clientId : core.sessions.keySet()) {
            assertThat(load(clientId)).doesNotContain("unreadable");
        }
    }

    /** The payloads of the session's messages, as the journal loads them. */
    List<String> load(String clientId) {
        long[] references =
                core.queue(clientId).all().stream().mapToLong(Long::longValue).toArray();
        List<String> payloads = new ArrayList<>();
        journal.read(clientId, references, new StepShard(steps), loaded -> {
            for (Loaded one : loaded) {
                payloads.add(
                        one == null ? "unreadable" : new String(one.message().payload(), StandardCharsets.UTF_8));
            }
        });
        steps.run();
        assertThat(payloads).hasSize(references.length);
        return payloads;
    }

    /** A shard whose tasks are steps like all others. */
    private record StepShard(Steps steps) implements ShardExecutor {
        @Override
        public int index() {
            return 0;
        }

        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            steps.keeper(task);
        }

        @Override
        public void atTickEnd(Runnable task) {
            steps.keeper(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            throw new UnsupportedOperationException();
        }
    }

    @Override
    public void notice(String line) {
        lines.add(line);
    }

    @Override
    public void warning(String line) {
        lines.add(line);
    }

    @Override
    public void failed(String line) {
        lines.add(line);
    }

    @Override
    public void condition(Condition now) {
        conditions.add(now);
    }
}
