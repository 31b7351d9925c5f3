package io.dunlin.bench;

import io.dunlin.broker.port.BrokerOptions.MessageLimits;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
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
import org.openjdk.jmh.infra.Blackhole;

/** A million retained messages: what a filter costs that matches one of them, a thousand, or all, and what storing one more costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
public class RetainedBench {
    private static final int MESSAGES = 1_000_000;
    private static final int PAGE = 64;

    /** How many a filter matches. */
    public enum Filter {
        ONE("site7/device7/state"),
        ONE_BY_WILDCARD("site7/+/state7"),
        THOUSAND("site7/#"),
        ALL("#");

        final TopicFilter filter;

        Filter(String text) {
            filter = TopicFilter.of(text);
        }
    }

    @Param
    public Filter matches = Filter.ONE;

    private final RetainedStore store =
            new RetainedStore(() -> new MessageLimits(2 * MESSAGES, Long.MAX_VALUE, 0, 200, Long.MAX_VALUE));
    private int turn;

    @Setup
    public void fill() {
        for (int i = 0; i < MESSAGES; i++) {
            store.store(message(i));
        }
    }

    private static Message message(int i) {
        int device = i / 1_000;
        TopicName topic = TopicName.of("site" + i % 1_000 + "/device" + device + "/state" + (device == 7 ? "7" : ""));
        return new Message(
                topic, QoS.AT_LEAST_ONCE, true, Properties.NONE, new byte[100], "device-" + i, Message.NEVER);
    }

    /** All that the filter matches, in pages. */
    @Benchmark
    public void read(Blackhole hole) {
        RetainedStore.Cursor cursor = store.cursor(matches.filter);
        boolean more = true;
        while (more) {
            more = cursor.next(PAGE, 0, hole::consume);
        }
    }

    /** A message in the place of another. */
    @Benchmark
    public void store(Blackhole hole) {
        turn = turn + 1 == MESSAGES ? 0 : turn + 1;
        hole.consume(store.store(message(turn)));
    }
}
