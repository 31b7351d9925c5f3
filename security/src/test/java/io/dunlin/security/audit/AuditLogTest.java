package io.dunlin.security.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class AuditLogTest {
    private static final Actor ROOT = new Actor("root", "control socket");

    @TempDir
    private Path folder;

    private static final class Time implements Clock {
        private final AtomicLong nanos = new AtomicLong();

        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public long wallMillis() {
            return 1_795_303_379_000L;
        }
    }

    /** A disk that is full for as long as the test says, and one that stands still until it lets go. */
    private static final class Disk implements AuditLog.Target {
        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch turning = new CountDownLatch(1);
        private volatile CountDownLatch entered = new CountDownLatch(1);
        private volatile boolean full;
        private volatile boolean still;

        @Override
        public void write(byte[] line) throws IOException {
            entered.countDown();
            if (still) {
                try {
                    turning.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            if (full) {
                throw new IOException("No space left on device");
            }
            lines.add(new String(line, StandardCharsets.UTF_8));
        }

        @Override
        public void close() {}
    }

    private Path file() {
        return folder.resolve("audit.jsonl");
    }

    private static AuditEntry entry(String event, Object... fields) {
        return AuditEntry.of(event, ROOT, fields);
    }

    @Test
    void anEntryIsOneLineOfJsonThatOnlyTheOwnerReads() throws IOException {
        try (AuditLog log = AuditLog.open(new AuditLog.Options(file(), 1 << 20, 3), new Time())) {
            log.write(entry("user.changed", "user", "al\n\"ice\"", "before", Map.of("roles", Set.of("b", "a"))));
        }
        assertThat(Files.readString(file()))
                .isEqualTo("{\"time\":\"2026-11-21T23:22:59Z\",\"event\":\"user.changed\",\"who\":\"root\","
                        + "\"through\":\"control socket\",\"user\":\"al\\u000a\\\"ice\\\"\","
                        + "\"before\":{\"roles\":[\"a\",\"b\"]}}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void noFieldTakesThePlaceOfWhatEveryEntrySays() throws IOException {
        try (AuditLog log = AuditLog.open(new AuditLog.Options(file(), 1 << 20, 3), new Time())) {
            log.write(entry("ban.added", "time", "for ever", "who", "press", "subject", "press"));
        }
        assertThat(Files.readString(file()))
                .isEqualTo("{\"time\":\"2026-11-21T23:22:59Z\",\"event\":\"ban.added\",\"who\":\"root\","
                        + "\"through\":\"control socket\",\"subject\":\"press\"}\n");
    }

    @Test
    void aFileThatOthersCouldReadIsClosedToThem() throws IOException {
        Files.writeString(file(), "{\"old\":true}\n");
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        AuditLog.open(new AuditLog.Options(file(), 1 << 20, 3), new Time()).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file())).startsWith("{\"old\":true}\n");
    }

    @Test
    void aFieldOfASecretIsNeverWritten() {
        AuditEntry entry =
                entry("user.changed", "password", "hunter2", "after", Map.of("clientSecret", "hunter3", "roles", "a"));
        assertThat(JsonLine.of(entry.fields()))
                .doesNotContain("hunter")
                .contains("\"password\":\"******\"", "\"clientSecret\":\"******\"", "\"roles\":\"a\"");
    }

    @Test
    void aLineEndOfAnyKindCannotForgeAnEntry() {
        assertThat(JsonLine.of(Map.of("client", "a\r\n{\"event\":\"x\"}\u2028\u2029\u0085\ud800")))
                .isEqualTo("{\"client\":\"a\\u000d\\u000a{\\\"event\\\":\\\"x\\\"}\\u2028\\u2029\\u0085\\ud800\"}");
    }

    @Test
    void itRotatesAndKeepsAsManyAsAsked() throws IOException {
        try (AuditLog log = AuditLog.open(new AuditLog.Options(file(), 200, 2), new Time())) {
            for (int i = 0; i < 10; i++) {
                log.write(entry("turn", "number", i));
            }
        }
        assertThat(folder).isDirectoryContaining("glob:**/audit.jsonl.2").isDirectoryNotContaining("glob:**/*.3");
        assertThat(Files.readString(file())).contains("\"number\":9");
        assertThat(Files.size(file())).isLessThanOrEqualTo(200);
        assertThat(Files.readString(folder.resolve("audit.jsonl.1"))).doesNotContain("\"number\":9");
    }

    @Test
    void aFullDiskIsToldByTheNextLineThatCanBeWritten() {
        Disk disk = new Disk();
        AuditLog log = new AuditLog(disk, new Time(), 100);
        disk.full = true;
        log.write(entry("lost-1"));
        log.write(entry("lost-2"));
        awaitLost(log, 2);
        disk.full = false;
        log.write(entry("kept"));
        log.close();
        assertThat(disk.lines).hasSize(2);
        assertThat(disk.lines.get(0)).contains("\"event\":\"audit.lost\"", "\"entries\":2");
        assertThat(disk.lines.get(1)).contains("kept");
    }

    private static void awaitLost(AuditLog log, long count) {
        while (log.figures().lost() < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aDiskThatStandsStillHoldsNobodyUp() throws InterruptedException {
        Disk disk = new Disk();
        disk.still = true;
        AuditLog log = new AuditLog(disk, new Time(), 4);
        log.write(entry("first"));
        disk.entered.await();
        for (int i = 0; i < 10; i++) {
            log.write(entry("more"));
        }
        assertThat(log.figures().lost()).isEqualTo(6);
        disk.turning.countDown();
        log.close();
        assertThat(disk.lines).hasSize(6).anyMatch(line -> line.contains("\"entries\":6"));
    }

    @Test
    void whatRepeatsBecomesOneEntryWithItsNumber() {
        Disk disk = new Disk();
        AuditLog log = new AuditLog(disk, new Time(), 100);
        for (int i = 0; i < 1_000; i++) {
            log.writeSeldom("denied a", entry("denied", "client", "a", "topic", "t/" + i));
            log.writeSeldom("denied b", entry("denied", "client", "b"));
        }
        log.close();
        assertThat(disk.lines).hasSize(4);
        assertThat(disk.lines)
                .anyMatch(line -> line.contains("t/0"))
                .anyMatch(line -> line.contains("t/999") && line.contains("\"repeats\":999"));
    }

    @Test
    void windowsEndAndTheirNumberIsBounded() {
        Throttle throttle = new Throttle(100);
        for (int i = 0; i < 10_000; i++) {
            throttle.admits("k" + i, entry("e"), 0);
        }
        assertThat(throttle.ended(99))
                .as("before the end, only what did not fit")
                .hasSize(1);
        assertThat(throttle.admits("k0", entry("e"), 99)).isFalse();
        assertThat(throttle.ended(100)).hasSize(1);
        assertThat(throttle.admits("k0", entry("e"), 100)).isTrue();
    }

    @Test
    void aFloodOfOneEventDoesNotSilenceAnother() {
        Throttle throttle = new Throttle(100);
        for (int i = 0; i < 10_000; i++) {
            throttle.admits("k" + i, entry("denied"), 0);
        }
        assertThat(throttle.admits("k", entry("denied"), 0)).as("no room").isFalse();
        assertThat(throttle.admits("k", entry("login.refused"), 0)).isTrue();
        assertThat(throttle.ended(1))
                .singleElement()
                .satisfies(crowded -> assertThat(crowded.fields()).containsEntry("of", "denied"));
    }

    @Test
    void whatClientsChooseIsCut() {
        Disk disk = new Disk();
        AuditLog log = new AuditLog(disk, new Time(), 100);
        String topic = "t".repeat(60_000);
        log.writeSeldom("denied " + topic + "1", entry("denied", "topic", topic));
        log.writeSeldom("denied " + topic + "2", entry("denied", "topic", topic));
        log.close();
        assertThat(disk.lines)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(500).contains("ttt...\""));
    }

    @Test
    void withoutATargetNothingIsKept() {
        AuditLog log = AuditLog.none(new Time());
        log.write(entry("x"));
        log.writeSeldom("x", entry("x"));
        log.close();
        assertThat(log.figures()).isEqualTo(new AuditLog.Figures(0, 0));
        assertThat(log.isOn()).isFalse();
    }
}
