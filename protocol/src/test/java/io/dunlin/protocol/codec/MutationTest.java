package io.dunlin.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.ProtocolVersion;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Right packets made wrong at random, for a bounded time. {@code -Ddunlin.seed=N} repeats a run, as far as it came. */
class MutationTest {
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    @Test
    void keepsItsRulesWhateverComes() {
        long seed = RoundTripTest.seed();
        Random random = new Random(seed);
        List<PacketCase> cases = PacketCases.all();
        long end = System.nanoTime() + NANOS_MAX;
        int runs = 0;
        while (System.nanoTime() - end < 0) {
            byte[] bytes = original(random, cases);
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes = mutated(bytes, random);
            }
            Role role = random.nextInt(4) == 0 ? Role.CLIENT : Role.SERVER;
            ProtocolVersion version = ProtocolVersion.values()[random.nextInt(3)];
            try {
                CodecRules.check(bytes, role, version);
            } catch (AssertionError | RuntimeException failure) {
                String hex = HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, 500)));
                throw new AssertionError("seed " + seed + ", " + version + " to " + role + ": " + hex, failure);
            }
            runs++;
        }
        assertThat(runs).isGreaterThan(100);
    }

    private static byte[] original(Random random, List<PacketCase> cases) {
        if (random.nextBoolean()) {
            return cases.get(random.nextInt(cases.size())).bytes();
        }
        ProtocolVersion version = ProtocolVersion.values()[random.nextInt(3)];
        RandomPackets packets = new RandomPackets(random, version);
        boolean connect = random.nextInt(4) == 0;
        return PacketEncoder.encode(connect ? packets.connect() : packets.next(Role.SERVER), version);
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] result = Arrays.copyOf(bytes, bytes.length + (random.nextInt(4) == 0 ? 1 : 0));
        if (result.length == 0) {
            return result;
        }
        int at = random.nextInt(random.nextBoolean() ? Math.min(result.length, 16) : result.length);
        switch (random.nextInt(6)) {
            case 0 -> result[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> result[at] = (byte) random.nextInt(256);
            case 2 -> result[at]++;
            case 3 -> System.arraycopy(bytes, 0, result, at, Math.min(bytes.length, result.length - at));
            case 4 -> result = Arrays.copyOf(result, at);
            default -> {
                if (result.length > 1) {
                    result[1] = (byte) (result.length - 2); // so that the body's end moves
                }
            }
        }
        return result;
    }
}
