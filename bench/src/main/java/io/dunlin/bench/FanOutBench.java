package io.dunlin.bench;

import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.testkit.Batch;
import io.dunlin.testkit.LeanClient;
import io.dunlin.testkit.LeanShard;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Many receivers on one filter, all of the core but the sockets: one operation is one batch of messages to all of them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class FanOutBench {
    private static final String TOPIC = "plant/3/alarm";

    @Param({"100", "1000", "100000"})
    public int receivers = 100;

    /** Messages in one read. */
    @Param({"1", "16"})
    public int batch = 16;

    /** Whether one more subscribes to the filter, or unsubscribes again, before each batch: the match is made anew. */
    @Param({"false", "true"})
    public boolean churn;

    private LeanShard shard = LeanShard.start(BrokerOptions.DEFAULTS);
    private ByteBuffer messages = ByteBuffer.allocate(0);
    private ByteBuffer[] changes = {};
    private int turn;

    private LeanClient sender = new LeanClient(shard, "sender", ProtocolVersion.V5);
    private LeanClient changing = new LeanClient(shard, "changing", ProtocolVersion.V5);

    @Setup
    public void connect() {
        shard = LeanShard.start(BrokerOptions.DEFAULTS);
        sender = new LeanClient(shard, "sender", ProtocolVersion.V5);
        changing = new LeanClient(shard, "changing", ProtocolVersion.V5);
        for (int i = 0; i < receivers; i++) {
            var receiver = shard.open();
            receiver.send(ByteBuffer.wrap(Batch.connect("receiver-" + i, ProtocolVersion.V5)));
            receiver.send(ByteBuffer.wrap(Batch.subscribe("plant/+/alarm", QoS.AT_MOST_ONCE, ProtocolVersion.V5)));
            shard.settle();
        }
        messages = ByteBuffer.wrap(Batch.publishes(batch, TOPIC, QoS.AT_MOST_ONCE, 64, ProtocolVersion.V5));
        changes = new ByteBuffer[] {
            ByteBuffer.wrap(Batch.subscribe("plant/+/alarm", QoS.AT_MOST_ONCE, ProtocolVersion.V5)),
            ByteBuffer.wrap(Batch.unsubscribe("plant/+/alarm", ProtocolVersion.V5))
        };
    }

    @Benchmark
    public int publish() {
        turn++;
        if (churn) {
            changing.connection().send(changes[turn & 1].clear());
        }
        sender.connection().send(messages.clear());
        shard.settle();
        return turn;
    }
}
