package io.dunlin.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.testkit.Answers;
import io.dunlin.testkit.Batch;
import io.dunlin.testkit.LeanClient;
import io.dunlin.testkit.LeanConnection;
import io.dunlin.testkit.LeanShard;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a message costs the core, counted and never timed: bytes allocated, and flushes, for each message that reaches a receiver. The
 * network around it is one of {@link LeanConnection}s, which allocates nothing, so that all of it is the core's.
 *
 * <p>A bound is what was measured and about 8 bytes of room: an object more for each message exceeds it. The compiler decides late which
 * objects never reach the heap, so a case is counted again until it is within its bound; what is really allocated never gets there. It
 * decides by what it has seen, so this runs in a JVM of its own.
 */
class CoreCostTest {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int PAYLOAD_BYTES = 64;
    private static final int MESSAGES = 10_000; // delivered in each round, at least
    private static final int ROUNDS_MAX = 200;

    /** Who sends to whom: so many senders with a topic each, and the receivers of all of them or, for a pair, of one. */
    private enum Shape {
        PAIRS(10, 10),
        FAN_OUT(1, 100),
        FAN_IN(100, 1),
        FLEET(8_000, 1);

        final int senders;
        final int receivers;

        Shape(int senders, int receivers) {
            this.senders = senders;
            this.receivers = receivers;
        }

        String topic(int sender) {
            return "plant/" + sender + "/temperature";
        }

        String filter(int receiver) {
            return this == PAIRS ? topic(receiver) : "plant/+/temperature";
        }

        int deliveredOf(int sent) {
            return this == FAN_OUT ? sent * receivers : sent;
        }
    }

    /**
     * The bounds. QoS 0: the payload (72 bytes), the packet and the message. QoS 1 and 2: what is in flight besides, and the packets of the
     * handshakes. To many: these once, and little for each receiver. From many: every batch is a read of its own. From a
     * fleet: its topics all but fit into the caches of topics and matches, so that few of them are made anew.
     */
    enum Case {
        PAIRS_0(Shape.PAIRS, QoS.AT_MOST_ONCE, 64, 160, 1),
        PAIRS_1(Shape.PAIRS, QoS.AT_LEAST_ONCE, 64, 256, 2),
        PAIRS_2(Shape.PAIRS, QoS.EXACTLY_ONCE, 64, 352, 4),
        FAN_OUT_0(Shape.FAN_OUT, QoS.AT_MOST_ONCE, 16, 8, 100),
        FAN_OUT_1(Shape.FAN_OUT, QoS.AT_LEAST_ONCE, 16, 84, 101),
        FAN_IN_0(Shape.FAN_IN, QoS.AT_MOST_ONCE, 8, 168, 1),
        FAN_IN_1(Shape.FAN_IN, QoS.AT_LEAST_ONCE, 8, 264, 102),
        FLEET_0(Shape.FLEET, QoS.AT_MOST_ONCE, 1, 224, 1);

        private final Shape shape;
        private final QoS qos;
        private final int batch; // messages in one read
        private final long bytesMax; // for each message that is delivered
        private final int flushes; // when each sender has sent one batch; of pairs, of one pair

        Case(Shape shape, QoS qos, int batch, long bytesMax, int flushes) {
            this.shape = shape;
            this.qos = qos;
            this.batch = batch;
            this.bytesMax = bytesMax;
            this.flushes = flushes;
        }
    }

    /** The clients of one case. */
    private static final class Stage {
        final LeanShard shard = LeanShard.start(BrokerOptions.DEFAULTS);
        final List<LeanClient> senders = new ArrayList<>();
        final List<ByteBuffer> batches = new ArrayList<>(); // of each sender
        final List<LeanClient> all = new ArrayList<>();
        final Case one;

        Stage(Case one, ProtocolVersion version) {
            this.one = one;
            for (int i = 0; i < one.shape.receivers; i++) {
                LeanClient receiver = new LeanClient(shard, "receiver-" + i, version);
                receiver.subscribe(one.shape.filter(i), one.qos);
                all.add(receiver);
            }
            for (int i = 0; i < one.shape.senders; i++) {
                batches.add(ByteBuffer.wrap(
                        Batch.publishes(one.batch, one.shape.topic(i), one.qos, PAYLOAD_BYTES, version)));
                senders.add(new LeanClient(shard, "sender-" + i, version));
            }
            all.addAll(senders);
            shard.settle();
        }

        /** Every sender sends a batch, in one tick, and all is answered. */
        void turn() {
            for (int i = 0; i < senders.size(); i++) {
                senders.get(i).connection().send(batches.get(i).clear());
            }
            boolean owing = true;
            while (owing) {
                shard.settle();
                owing = false;
                for (int i = 0; i < all.size(); i++) {
                    owing |= all.get(i).answer();
                }
            }
        }

        long received() {
            return all.stream().mapToLong(client -> client.answers().received()).sum();
        }

        long flushes() {
            return all.stream()
                    .mapToLong(client -> client.connection().writes())
                    .sum();
        }

        /** Bytes for each message delivered, of one round. */
        double round() {
            int deliveredByTurn = one.shape.deliveredOf(one.batch * one.shape.senders);
            int turns = MESSAGES / deliveredByTurn + 1;
            long receivedBefore = received();
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < turns; i++) {
                turn();
            }
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            long delivered = received() - receivedBefore;
            assertThat(delivered).as("delivered").isEqualTo((long) turns * deliveredByTurn);
            return (double) bytes / delivered;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMessageAllocatesNoMoreThanItsBoundOfMqtt311(Case one) {
        assertAllocation(one, ProtocolVersion.V3_1_1);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageAllocatesNoMoreThanItsBoundOfMqtt5(Case one) {
        assertAllocation(one, ProtocolVersion.V5);
    }

    private static void assertAllocation(Case one, ProtocolVersion version) {
        Stage stage = new Stage(one, version);
        double least = Double.MAX_VALUE;
        int rounds = 0;
        while (rounds < ROUNDS_MAX && least > one.bytesMax) {
            least = Math.min(least, stage.round());
            rounds++;
        }
        CostReport.line(String.format(
                Locale.ROOT,
                "core    %-10s %-6s %7.1f bytes for each message (at most %d), after %d rounds",
                one,
                version,
                least,
                one.bytesMax,
                rounds));
        assertThat(least)
                .as("bytes allocated for each message delivered, %s in %s", one, version)
                .isLessThanOrEqualTo((double) one.bytesMax);
    }

    /**
     * Whatever came in one tick leaves in one write for each connection; where 100 publishers are answered, the shard flushes once in
     * between, so that the receiver gets two.
     */
    @ParameterizedTest
    @EnumSource
    void aTickFlushesEachConnectionOnce(Case one) {
        Stage stage = new Stage(one, ProtocolVersion.V5);
        long before = stage.flushes();
        stage.turn();
        int pairs = one.shape == Shape.PAIRS ? one.shape.senders : 1;
        assertThat(stage.flushes() - before).isEqualTo((long) one.flushes * pairs);
    }

    @Test
    void theNetworkOfThisTestAllocatesNothing() {
        Answers answers = new Answers();
        byte[] packets = Batch.publishes(64, "a/b", QoS.AT_LEAST_ONCE, PAYLOAD_BYTES, ProtocolVersion.V5);
        ByteBuffer bytes = ByteBuffer.wrap(packets);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS_MAX && least > 0; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                answers.take(bytes.clear());
                answers.owed();
                answers.sent();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(100);
    }
}
