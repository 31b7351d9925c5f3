package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal.Condition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a start makes of what the last run has left. */
class RecoveryTest {
    private static final String FIRST = "log-0000000001.seg";

    @Test
    void aBatchThatIsNotWholeIsCutAtEachByte() throws IOException {
        LogWorld world = new LogWorld();
        world.append("durable", Durability.DISK);
        world.steps.run();
        TreeMap<Long, byte[]> durable = new TreeMap<>(world.appended);
        int before = Position.offset(world.log.end());
        world.append("the first of two", Durability.MEMORY);
        world.append("the second of two", Durability.MEMORY);
        world.steps.pass(Duration.ofMillis(20));
        int after = Position.offset(world.log.end());
        for (int length = before; length < after; length++) {
            LogWorld next = new LogWorld();
            MemoryDisk torn = world.disk.afterKill();
            Arrays.fill(torn.bytes(FIRST), length, after, (byte) 0);
            SegmentLog.Recovered result = next.reopen(torn);
            assertThat(next.recovered).containsExactlyEntriesOf(durable);
            assertThat(next.log.end()).isEqualTo(result.end());
            assertThat(result.bytesCut()).isLessThanOrEqualTo(length - before);
            assertThat(next.lines).hasSize(result.bytesCut() > 0 ? 1 : 0);
            goesOn(next, durable);
        }
    }

    @Test
    void aBatchThatIsNotWholeIsCutWhereTheFileEnds() throws IOException {
        LogWorld world = new LogWorld();
        world.append("durable", Durability.DISK);
        world.steps.run();
        TreeMap<Long, byte[]> durable = new TreeMap<>(world.appended);
        int before = Position.offset(world.log.end());
        world.append("torn", Durability.MEMORY);
        world.steps.pass(Duration.ofMillis(20));
        int after = Position.offset(world.log.end());
        for (int length = before; length < after; length++) {
            LogWorld next = new LogWorld();
            MemoryDisk torn = world.disk.afterKill();
            MemoryDisk.Content content = torn.content(FIRST);
            content.bytes = Arrays.copyOf(content.bytes, length);
            assertThat(next.reopen(torn).bytesCut()).isLessThanOrEqualTo(length - before);
            assertThat(next.recovered).containsExactlyEntriesOf(durable);
            goesOn(next, durable);
        }
    }

    /** It takes records after such a start, and finds them and those before at the next. */
    private static void goesOn(LogWorld world, Map<Long, byte[]> durable) throws IOException {
        world.appended.clear();
        world.appended.putAll(durable);
        world.append("goes on", Durability.DISK);
        world.steps.run();
        world.reopen(world.disk.afterPowerCut(new Random(1)));
        assertThat(world.recovered).containsExactlyEntriesOf(world.appended);
    }

    @Test
    void aFlippedBitNeverPassesUnnoticed() throws IOException {
        LogWorld world = new LogWorld();
        world.append("one", Durability.DISK);
        world.steps.run();
        world.append("two", Durability.DISK);
        world.append("two and a half", Durability.DISK);
        world.steps.run();
        world.steps.pass(Duration.ofSeconds(3));
        TreeMap<Long, byte[]> durable = new TreeMap<>(world.appended);
        int synced = Position.offset(world.log.end());
        world.append("never synced", Durability.MEMORY);
        world.steps.pass(Duration.ofMillis(20));
        int end = Position.offset(world.log.end());
        int reported = 0;
        for (int bit = 0; bit < end * 8; bit++) {
            MemoryDisk flipped = world.disk.afterKill();
            flipped.bytes(FIRST)[bit / 8] ^= (byte) (1 << bit % 8);
            LogWorld next = new LogWorld();
            try {
                next.reopen(flipped);
                boolean isTail = bit / 8 >= synced;
                boolean isNote = bit / 8 >= synced - BatchHeader.BYTES && !isTail;
                boolean isReserved = bit / 8 < SegmentHeader.BYTES;
                assertThat(isTail || isNote || isReserved)
                        .as("bit %d passed", bit)
                        .isTrue();
                assertThat(next.recovered).containsAllEntriesOf(durable);
            } catch (StoreDamaged e) {
                reported++;
                assertThat(e).hasMessageContaining(FIRST).hasMessageContaining("dunlin store check");
            } catch (StoreRefused e) {
                throw new AssertionError("bit " + bit, e);
            }
        }
        assertThat(reported).isGreaterThan((synced - BatchHeader.BYTES - 10) * 8);
    }

    @Test
    void damageBelowWhatTheCheckpointKnowsIsReportedEvenAtTheEnd() throws IOException {
        LogWorld world = new LogWorld();
        long position = world.append("one", Durability.DISK);
        world.steps.run();
        long durable = world.log.stored(Durability.DISK);
        MemoryDisk flipped = world.disk.afterKill();
        flipped.bytes(FIRST)[Position.offset(position) + 10] ^= 1;
        assertThatThrownBy(() -> new LogWorld().reopen(flipped, 0, durable, Set.of(1)))
                .isInstanceOfSatisfying(StoreDamaged.class, damage -> {
                    assertThat(damage.file()).isEqualTo(FIRST);
                    assertThat(damage.offset()).isEqualTo(SegmentHeader.BYTES);
                });
    }

    @Test
    void aMissingSegmentIsReported() throws IOException {
        LogWorld world = filled();
        MemoryDisk middle = world.disk.afterKill();
        middle.delete("log-0000000002.seg");
        assertThatThrownBy(() -> new LogWorld().reopen(middle))
                .isInstanceOf(StoreDamaged.class)
                .hasMessageContaining("log-0000000001.seg");
        middle.isLocked = false;
        assertThatThrownBy(() -> new LogWorld().reopen(middle, 0, 0, Set.of(1, 2, 3)))
                .isInstanceOf(StoreDamaged.class)
                .hasMessageContaining("log-0000000002.seg")
                .hasMessageContaining("missing");
        MemoryDisk first = world.disk.afterKill();
        first.delete(FIRST);
        assertThatThrownBy(() -> new LogWorld().reopen(first)).isInstanceOf(StoreDamaged.class);
    }

    private static LogWorld filled() throws IOException {
        LogWorld world = new LogWorld();
        for (int i = 0; i < 100; i++) {
            world.append(LogWorld.body(new Random(i), 3_000), Durability.DISK);
            world.steps.run();
        }
        return world;
    }

    @Test
    void aSegmentOfAnotherStoreIsRefused() throws IOException {
        LogWorld world = filled();
        LogWorld other = new LogWorld();
        other.disk = new MemoryDisk();
        other.reopen(other.disk);
        other.append("x", Durability.DISK);
        other.steps.run();
        MemoryDisk mixed = world.disk.afterKill();
        mixed.files.put("log-0000000002.seg", other.disk.afterKill().content(FIRST));
        assertThatThrownBy(() -> new LogWorld().reopen(mixed))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("another store");
    }

    @Test
    void aSegmentUnderAWrongNameIsReported() throws IOException {
        LogWorld world = filled();
        MemoryDisk mixed = world.disk.afterKill();
        mixed.files.put("log-0000000002.seg", world.disk.afterKill().content("log-0000000003.seg"));
        assertThatThrownBy(() -> new LogWorld().reopen(mixed)).isInstanceOf(StoreDamaged.class);
    }

    @Test
    void aNewerFormatIsRefused() throws IOException {
        LogWorld world = filled();
        MemoryDisk newer = world.disk.afterKill();
        ByteBuffer header = ByteBuffer.wrap(newer.bytes("log-0000000002.seg"));
        header.putInt(8, SegmentHeader.VERSION + 1);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(header.slice(0, SegmentHeader.BYTES - 4));
        header.putInt(SegmentHeader.BYTES - 4, (int) crc.getValue());
        assertThatThrownBy(() -> new LogWorld().reopen(newer))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("newer");
    }

    @Test
    void anIdentityOlderThanTheLogIsReported() throws IOException {
        LogWorld world = new LogWorld();
        MemoryDisk.Content old = world.disk.afterKill().content(Fence.FILE);
        world.append("x", Durability.DISK);
        world.steps.run();
        world.reopen(world.disk.afterKill());
        world.append("y", Durability.DISK);
        world.steps.run();
        MemoryDisk mixed = world.disk.afterKill();
        mixed.files.put(Fence.FILE, old);
        assertThatThrownBy(() -> new LogWorld().reopen(mixed))
                .isInstanceOf(StoreDamaged.class)
                .hasMessageContaining("older");
        mixed.isLocked = false;
        mixed.files.remove(Fence.FILE);
        assertThatThrownBy(() -> new LogWorld().reopen(mixed))
                .isInstanceOf(StoreDamaged.class)
                .hasMessageContaining("identity is missing");
    }

    @Test
    void anUnfinishedSegmentIsNoDamage() throws IOException {
        for (int length : new int[] {0, 10, 64, 4_096}) {
            LogWorld world = filled();
            int next = world.log.segments().getLast().number() + 1;
            MemoryDisk.Content unfinished = world.disk.content(SegmentName.of(next));
            unfinished.bytes = new byte[length];
            world.disk.files.put("log-0000000001.cmp", unfinished);
            LogWorld later = new LogWorld();
            later.reopen(world.disk.afterKill());
            assertThat(later.recovered).containsExactlyEntriesOf(world.appended);
            assertThat(later.disk.list()).doesNotContain("log-0000000001.cmp");
        }
    }

    @Test
    void whatADeposedWriterHasLeftDoesNotCount() throws IOException {
        LogWorld world = new LogWorld();
        world.append("one", Durability.DISK);
        world.steps.run();
        MemoryDisk shared = world.disk.afterKill();
        LogWorld next = new LogWorld();
        next.reopen(shared);
        next.appended.putAll(world.appended);
        next.append("two of the new one", Durability.DISK);
        next.steps.run();
        world.append("two of the old one, which never heard of the new one", Durability.MEMORY);
        world.steps.pass(Duration.ofMillis(20));
        shared.content(FIRST).bytes = world.disk.bytes(FIRST).clone();
        LogWorld third = new LogWorld();
        third.reopen(shared.afterKill());
        assertThat(third.recovered).containsExactlyEntriesOf(next.appended);
    }

    @Test
    void aSegmentWhoseFirstBatchIsNotWholeIsUsedAgain() throws IOException {
        LogWorld world = new LogWorld();
        while (world.log.segments().size() < 2) {
            world.append(LogWorld.body(new Random(1), 3_000), Durability.OS);
            world.steps.run();
        }
        MemoryDisk torn = world.disk.afterKill();
        torn.bytes(SegmentName.of(2))[2_000] ^= 1;
        world.appended.remove(world.appended.lastKey());
        for (int i = 0; i < 3; i++) {
            world.reopen(torn.afterKill());
            assertThat(world.recovered).containsExactlyEntriesOf(world.appended);
            world.append("goes on " + i, Durability.DISK);
            world.steps.pass(Duration.ofSeconds(3));
            torn = world.disk;
        }
    }

    @Test
    void bytesOfAPublisherNeverPassForABatch() throws IOException {
        LogWorld world = new LogWorld();
        world.append("one", Durability.DISK);
        world.steps.run();
        byte[] copy = Arrays.copyOf(world.disk.bytes(FIRST), 1_000);
        world.append(copy, Durability.MEMORY);
        world.steps.pass(Duration.ofMillis(20));
        int end = Position.offset(world.log.end());
        MemoryDisk torn = world.disk.afterKill();
        torn.bytes(FIRST)[end - 1] ^= 1;
        LogWorld next = new LogWorld();
        next.reopen(torn);
        assertThat(next.recovered).hasSize(1);
    }

    @Test
    void afterPowerCutsAtRandomNothingThatWasSyncedIsMissing() throws IOException {
        long seed = Long.getLong("dunlin.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < Integer.getInteger("dunlin.rounds", 60); round++) {
            try {
                powerCuts(new Random(random.nextLong()));
            } catch (IOException | AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + round, e);
            }
        }
    }

    private static void trouble(MemoryDisk disk, Random random) {
        switch (random.nextInt(60)) {
            case 0 -> disk.writeFailure = new IOException("Input/output error");
            case 1 -> disk.roomBytes = disk.usedBytes() + random.nextInt(200_000);
            case 2, 3, 4, 5 -> {
                disk.writeFailure = null;
                disk.roomBytes = Long.MAX_VALUE;
            }
            default -> {}
        }
    }

    private static void powerCuts(Random random) throws IOException {
        LogWorld world = new LogWorld();
        for (int life = 0; life < 4; life++) {
            int appends = random.nextInt(80);
            for (int i = 0; i < appends; i++) {
                int length = random.nextInt(40) == 0 ? 70_000 : random.nextInt(3_000);
                world.append(LogWorld.body(random, length), Durability.values()[random.nextInt(3)]);
                for (int step = random.nextInt(4); step > 0; step--) {
                    world.steps.one();
                }
                if (random.nextInt(20) == 0) {
                    world.steps.pass(Duration.ofMillis(random.nextInt(2_000)));
                }
                trouble(world.disk, random);
            }
            if (random.nextInt(4) == 0) {
                world.disk.writeFailure = null;
                world.disk.roomBytes = Long.MAX_VALUE;
                world.steps.pass(Duration.ofSeconds(4));
                assertThat(world.log.stored(Durability.DISK)).isGreaterThanOrEqualTo(world.log.end());
                assertThat(world.log.condition()).isEqualTo(Condition.OPEN);
            }
            long disk = world.log.stored(Durability.DISK);
            long os = world.log.stored(Durability.OS);
            boolean isKill = random.nextBoolean();
            world.reopen(isKill ? world.disk.afterKill() : world.disk.afterPowerCut(random));
            TreeMap<Long, byte[]> kept = new TreeMap<>(world.appended.headMap(isKill ? os : disk));
            assertThat(world.recovered).containsAllEntriesOf(kept);
            assertThat(world.appended).containsAllEntriesOf(world.recovered);
            long last = world.recovered.isEmpty() ? 0 : world.recovered.lastKey();
            assertThat(world.recovered)
                    .as("no gaps")
                    .hasSize(world.appended.headMap(last, true).size());
            world.appended.clear();
            world.appended.putAll(world.recovered);
            world.assertReads(world.appended);
        }
    }
}
