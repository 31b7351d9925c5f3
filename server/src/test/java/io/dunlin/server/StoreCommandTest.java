package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.SessionState;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.storage.FileJournal;
import io.dunlin.storage.NioDisk;
import io.dunlin.storage.StoreEvents;
import io.dunlin.storage.StoreId;
import io.dunlin.storage.StoreOptions;
import io.dunlin.storage.StoreThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dunlin store} on the folder of a broker that has stopped. */
class StoreCommandTest {
    private static final StoreOptions SMALL = StoreOptions.DEFAULTS.withSegmentBytes(64 << 10, 4 << 10, 0);

    @TempDir
    private Path folder;

    private record Run(int code, String out, String err) {}

    private Run run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(args, new PrintStream(out, true), new PrintStream(err, true));
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A store with a retained message. */
    private void store() throws Exception {
        try (StoreThreads threads = new StoreThreads(1)) {
            FileJournal journal =
                    FileJournal.open(new NioDisk(folder), new StoreId(1, 2), SMALL, threads, Clock.system(), silent());
            journal.recover(nothing());
            Message message = new Message(
                    TopicName.of("a/b"),
                    QoS.AT_LEAST_ONCE,
                    true,
                    Properties.NONE,
                    "21.5".getBytes(StandardCharsets.UTF_8),
                    "",
                    Message.NEVER);
            journal.append(0, new JournalRecord.Retained(message), Durability.DISK);
            journal.close().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    private static StoreEvents silent() {
        return new StoreEvents() {
            @Override
            public void notice(String line) {}

            @Override
            public void warning(String line) {}

            @Override
            public void failed(String line) {
                throw new AssertionError(line);
            }
        };
    }

    private static Journal.Recovery nothing() {
        return new Journal.Recovery() {
            @Override
            public void session(SessionState state) {}

            @Override
            public void retained(Message message) {}

            @Override
            public void record(long position, JournalRecord record) {}

            @Override
            public void pages(Pages pages, long checkpointPosition) {}
        };
    }

    @Test
    void aStoreInOrderIsOk() throws Exception {
        store();
        assertThat(run("store", "check", folder.toString())).isEqualTo(new Run(0, "OK\n", ""));
        assertThat(run("store", "repair", folder.toString()).out).contains("nothing to repair");
        assertThat(run("store", "dump", "-t", "a/#", folder.toString()).out).contains("\"payload\":\"21.5\"");
        assertThat(run("store", "dump", "-t", "b/#", folder.toString()).out).isEmpty();
        assertThat(run("store", "stats", "-n", "-1", folder.toString()).err())
                .startsWith("dunlin: -1 is no number of queues: expected is 0 or more");
        Run stats = run("store", "stats", folder.toString());
        assertThat(stats.code).isZero();
        assertThat(stats.out).contains("sessions             0").contains("records since        1");
    }

    @Test
    void damageIsFoundAndRepairedOnDemand() throws Exception {
        store();
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("state-0000000001.log").toFile(), "rw")) {
            file.write(1);
        }
        Run check = run("store", "check", folder.toString());
        assertThat(check.code).isEqualTo(2);
        assertThat(check.out).contains("DAMAGED").contains("state-0000000001.log");
        assertThat(run("store", "repair", folder.toString()).out).contains("--yes");
        assertThat(run("store", "repair", "--yes", folder.toString()).code).isZero();
        assertThat(run("store", "check", folder.toString()).code).isZero();
    }

    @Test
    void aFolderWithoutAStoreIsToldApart() throws IOException {
        Run check = run("store", "check", folder.toString());
        assertThat(check.code).isEqualTo(1);
        assertThat(check.err).contains("no store");
        assertThat(run("store").code).isEqualTo(1);
    }
}
