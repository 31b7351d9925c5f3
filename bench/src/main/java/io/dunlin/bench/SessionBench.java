package io.dunlin.bench;

import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.testkit.Batch;
import io.dunlin.testkit.LeanClient;
import io.dunlin.testkit.LeanShard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole PUBLISH of 64 bytes through the core: decoded, routed, written to its receiver, answered, all of it but the sockets. One operation is
 * one message of a batch of 64; the clients take it in turn.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SessionBench {
    private static final int BATCH = 64;

    @Param({"AT_MOST_ONCE", "AT_LEAST_ONCE", "EXACTLY_ONCE"})
    public QoS qos = QoS.AT_MOST_ONCE;

    @Param({"V3_1_1", "V5"})
    public ProtocolVersion version = ProtocolVersion.V5;

    /** 10 fit into the caches of a processor, 1,000 do not. */
    @Param({"10", "1000"})
    public int pairs = 10;

    /** Subscriptions that come and go meanwhile, one for each batch: at a million messages a second that is 15,000 in a second. */
    @Param({"NONE"})
    public Churn churn = Churn.NONE;

    private LeanShard shard = LeanShard.start(BrokerOptions.DEFAULTS);
    private final List<LeanClient> senders = new ArrayList<>();
    private final List<LeanClient> receivers = new ArrayList<>();
    private final List<ByteBuffer> batches = new ArrayList<>();
    private ByteBuffer[] changes = {};
    private int turn;
    private long sent;

    /** Where other clients' subscriptions change. */
    public enum Churn {
        NONE(""),
        /** Under another first level. */
        ELSEWHERE("cmd/7/#"),
        /** Under the same first level, at another topic. */
        BESIDE("plant/other/#"),
        /** A filter that begins with a wildcard. */
        WILDCARD("+/other/state");

        final String filter;

        Churn(String filter) {
            this.filter = filter;
        }
    }

    @Setup
    public void connect() {
        shard = LeanShard.start(BrokerOptions.DEFAULTS);
        for (int i = 0; i < pairs; i++) {
            String topic = "plant/" + i + "/line/3/temperature";
            LeanClient receiver = new LeanClient(shard, "receiver-" + i, version);
            receiver.subscribe(topic, qos);
            receivers.add(receiver);
            senders.add(new LeanClient(shard, "sender-" + i, version));
            batches.add(ByteBuffer.wrap(Batch.publishes(BATCH, topic, qos, 64, version)));
        }
        shard.settle();
        changes = new ByteBuffer[] {
            ByteBuffer.wrap(Batch.subscribe(churn.filter, QoS.AT_MOST_ONCE, version)),
            ByteBuffer.wrap(Batch.unsubscribe(churn.filter, version))
        };
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long publish() {
        turn = turn + 1 == pairs ? 0 : turn + 1;
        LeanClient sender = senders.get(turn);
        LeanClient receiver = receivers.get(turn);
        sender.connection().send(batches.get(turn).clear());
        if (churn != Churn.NONE) {
            receivers.get(0).connection().send(changes[turn & 1].clear());
        }
        do {
            shard.settle();
        } while (sender.answer() | receiver.answer());
        sent += BATCH;
        return sent;
    }

    @TearDown(Level.Trial)
    public void check() {
        long received = receivers.stream()
                .mapToLong(receiver -> receiver.answers().received())
                .sum();
        if (received != sent) {
            throw new IllegalStateException(sent + " messages were sent and " + received + " received");
        }
    }
}
