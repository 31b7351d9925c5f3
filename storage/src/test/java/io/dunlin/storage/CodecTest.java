package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.broker.port.Journal.Loaded;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.JournalRecord.Published;
import io.dunlin.broker.port.JournalRecord.Share;
import io.dunlin.broker.port.JournalRecord.Spilled;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.port.SessionState;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Records and states there and back, and bytes that are neither. {@code -Ddunlin.seed=N} repeats a run. */
class CodecTest {
    private static final int TURNS = 200;
    private static final long FUZZ_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);
    private static final int TYPES = 20;

    private final TestClock clock = new TestClock(-5_000_000_000L, 1_800_000_000_000L);
    private final RecordCodec records = new RecordCodec(clock);
    private final StateCodec states = new StateCodec(clock);
    private final BodyWriter out = new BodyWriter();

    @Test
    void recordsComeBackEqual() throws BadRecord {
        long seed = RandomState.seed();
        RandomState random = new RandomState(new Random(seed), clock);
        for (int i = 0; i < TURNS; i++) {
            JournalRecord record = random.record();
            int type = records.encode(record, out.clear());
            assertThat(records.decode(type, out.array(), 0, out.size()))
                    .as("seed %d", seed)
                    .usingRecursiveComparison()
                    .isEqualTo(record);
        }
    }

    @Test
    void statesComeBackEqual() throws BadRecord {
        long seed = RandomState.seed();
        RandomState random = new RandomState(new Random(seed), clock);
        for (int i = 0; i < TURNS; i++) {
            SessionState state = random.session();
            states.put(state, out.clear());
            assertThat(states.session(out.array(), 0, out.size()))
                    .as("seed %d", seed)
                    .usingRecursiveComparison()
                    .isEqualTo(state);
            Message message = random.message();
            states.put(message, out.clear());
            assertThat(states.retained(out.array(), 0, out.size()))
                    .as("seed %d", seed)
                    .usingRecursiveComparison()
                    .isEqualTo(message);
        }
    }

    @Test
    void aSessionGetsItsShareOfManyAlone() throws BadRecord {
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int[] ids = i % 3 == 0 ? new int[0] : new int[] {i, 2 * i};
            shares.add(new Share("client-" + i, QoS.of(1 + i % 2), i % 5 == 0, ids));
        }
        Message message = message("a/b", Message.NEVER);
        int type = records.encode(new Published(message, shares, 7), out.clear());
        for (Share share : shares) {
            byte[] id = share.clientId().getBytes(StandardCharsets.UTF_8);
            long reference = Reference.of(4711, share);
            Loaded loaded = records.load(type, out.array(), 0, out.size(), id, reference);
            assertThat(loaded)
                    .usingRecursiveComparison()
                    .isEqualTo(new Loaded(message, share.qos(), share.retain(), share.subscriptionIds()));
        }
        byte[] stranger = "client-500".getBytes(StandardCharsets.UTF_8);
        long withIds = Reference.of(4711, QoS.AT_LEAST_ONCE, false, true);
        assertThatThrownBy(() -> records.load(type, out.array(), 0, out.size(), stranger, withIds))
                .isInstanceOf(BadRecord.class)
                .hasMessageContaining("no share");
    }

    @Test
    void aPageIsReadWithoutItsOwner() throws BadRecord {
        long[] references = {100, 116, 132, 64, Long.MAX_VALUE};
        int type = records.encode(new Spilled("somebody", references), out.clear());
        assertThat(RecordCodec.page(type, out.array(), 0, out.size())).containsExactly(references);
    }

    @Test
    void timeRunsOnWhileTheBrokerIsDown() throws BadRecord {
        long expires = clock.nanos() + Duration.ofSeconds(60).toNanos();
        states.put(message("a", expires), out.clear());

        TestClock next = new TestClock(77, clock.wallMillis() + 59_000);
        StateCodec after = new StateCodec(next);
        assertThat(after.retained(out.array(), 0, out.size()).isExpired(next.nanos()))
                .isFalse();
        next.advance(Duration.ofSeconds(1));
        assertThat(after.retained(out.array(), 0, out.size()).isExpired(next.nanos()))
                .isTrue();
    }

    @Test
    void timesBeyondAllMeasureAreNotTurnedAround() throws BadRecord {
        for (long millis : new long[] {Long.MIN_VALUE, Long.MIN_VALUE / 2, 0, Long.MAX_VALUE / 2, Long.MAX_VALUE}) {
            out.clear();
            out.text("t");
            out.oneByte(8);
            out.signed(millis);
            out.binary(new byte[0]);
            Message message = states.retained(out.array(), 0, out.size());
            assertThat(message.isExpired(clock.nanos())).isEqualTo(millis <= clock.wallMillis());
        }
    }

    /** Right bodies made wrong, and noise: one kind of exception, or something that can be written again. */
    @Test
    void whateverComesItIsReadOrRefused() {
        long seed = RandomState.seed();
        Random random = new Random(seed);
        RandomState state = new RandomState(random, clock);
        long end = System.nanoTime() + FUZZ_NANOS_MAX;
        int runs = 0;
        while (System.nanoTime() - end < 0) {
            byte[] bytes = mutated(original(state, random), random);
            int type = random.nextInt(TYPES);
            try {
                CodecRules.check(type, bytes);
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError(
                        "seed " + seed + ", type " + type + ", "
                                + HexFormat.of().formatHex(bytes),
                        failure);
            }
            runs++;
        }
        assertThat(runs).isGreaterThan(1_000);
    }

    private byte[] original(RandomState state, Random random) {
        if (random.nextInt(3) == 0) {
            states.put(state.session(), out.clear());
        } else {
            records.encode(state.record(), out.clear());
        }
        return out.toByteArray();
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) 0xFF;
                case 2 -> bytes[at]++;
                default -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 10));
            }
        }
        return bytes;
    }

    private static Message message(String topic, long expiresAtNanos) {
        return new Message(
                TopicName.of(topic),
                QoS.AT_LEAST_ONCE,
                false,
                Properties.NONE,
                new byte[] {1, 2, 3},
                "somebody",
                expiresAtNanos);
    }
}
