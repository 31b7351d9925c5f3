package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Damage of all kinds, drawn by a seed that {@code -Ddunlin.seed=N} repeats, and what the fuzzer has found. */
class ScanFuzzTest {
    private static final int ROUNDS = 400;

    @Test
    void anyDamageIsTakenOrTold() {
        long seed = Long.getLong("dunlin.seed", System.nanoTime());
        Random random = new Random(seed);
        ScanRules rules = new ScanRules(random.nextLong());
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            MemoryDisk damaged = rules.copy();
            try {
                int changes = 1 + random.nextInt(3);
                for (int i = 0; i < changes; i++) {
                    damage(damaged, random);
                }
                taken += ScanRules.check(damaged, rules.written()) ? 1 : 0;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + round, e);
            }
        }
        assertThat(taken).as("some are taken, seed %d", seed).isBetween(1, ROUNDS - 1);
    }

    @Test
    void anyBytesAreTakenOrTold() {
        long seed = Long.getLong("dunlin.seed", System.nanoTime());
        Random random = new Random(seed);
        ScanRules rules = new ScanRules(random.nextLong());
        for (int round = 0; round < 100; round++) {
            byte[] bytes = LogWorld.body(random, random.nextInt(1 + random.nextInt(20_000)));
            try {
                rules.checkBytes(bytes);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + round, e);
            }
        }
    }

    private static void damage(MemoryDisk disk, Random random) {
        String name = SegmentName.of(1 + random.nextInt(3));
        MemoryDisk.Content content = disk.files.getOrDefault(name, new MemoryDisk.Content());
        byte[] bytes = content.bytes;
        if (bytes.length == 0) {
            return;
        }
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 8 : 5_000));
        switch (random.nextInt(7)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> Arrays.fill(bytes, at, at + length, (byte) 0);
            case 2 -> System.arraycopy(LogWorld.body(random, length), 0, bytes, at, length);
            case 3 -> content.bytes = Arrays.copyOf(bytes, at);
            case 4 -> System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
            case 5 -> content.bytes = Arrays.copyOf(bytes, bytes.length + length);
            default -> disk.delete(name);
        }
    }

    @Test
    void theInputsReachWhatTheyAreMadeFor() throws IOException, URISyntaxException {
        MemoryDisk disk = new MemoryDisk();
        try (Fence fence = Fence.open(disk, new StoreId(1, 2))) {
            DiskFile file = disk.create(SegmentName.of(1), 0);
            file.write(new SegmentHeader(fence.storeId(), 1, SegmentHeader.Kind.PLAIN).encoded(), 0);
            file.write(ByteBuffer.wrap(input("two-batches")), SegmentHeader.BYTES);
        }
        LogWorld world = new LogWorld();
        world.reopen(disk);
        assertThat(world.recovered.values())
                .containsExactly(new byte[0], new byte[] {'a', 'b', 'c'}, new byte[] {'x', 'y', 'z'});
    }

    private static byte[] input(String name) throws IOException, URISyntaxException {
        URL file = ScanFuzz.class.getResource("ScanFuzzInputs/keepsItsRules/" + name);
        assertThat(file).isNotNull();
        return Files.readAllBytes(Path.of(file.toURI()));
    }

    @Test
    void whatTheFuzzerFound() throws IOException, URISyntaxException {
        URL folder = ScanFuzz.class.getResource("ScanFuzzInputs/keepsItsRules");
        assertThat(folder).isNotNull();
        int count = 0;
        try (Stream<Path> inputs = Files.list(Path.of(folder.toURI()))) {
            for (Path input : inputs.sorted().toList()) {
                new ScanFuzz().keepsItsRules(Files.readAllBytes(input));
                count++;
            }
        }
        assertThat(count).isPositive();
    }
}
