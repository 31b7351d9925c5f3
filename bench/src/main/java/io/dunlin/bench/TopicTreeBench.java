package io.dunlin.bench;

import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.protocol.topic.TopicTree;
import java.util.Random;
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

/**
 * The tree of topics with a million keys: one match, one pair of updates, one page of a wildcard read. {@link #main} prints the bytes
 * for each key, levels included. The topics are drawn anew each time, so most nodes come from memory and not from the cache.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class TopicTreeBench {
    private static final int TOPICS = 1 << 17;

    @Param({"1000", "100000", "1000000"})
    public int keys;

    @Param({"FLAT", "HASH", "SITES", "PLUS", "MIXED"})
    public Shape shape = Shape.FLAT;

    private final TopicTree<Object> tree = new TopicTree<>();
    private final Object value = new Object();
    private final TopicName[] topics = new TopicName[TOPICS];
    private int turn;

    /** How keys are spread over levels. */
    public enum Shape {
        /** All under one level. */
        FLAT,
        /** All under one level, each with #. */
        HASH,
        /** 1,000 sites with devices of three values each. */
        SITES,
        /** 1,000 sites with + below, and a device below that. */
        PLUS,
        /** Of ten keys eight are whole topics, one ends in # and one has a +; every topic of the first eight meets some of the others. */
        MIXED;

        String[] key(int i) {
            return switch (this) {
                case FLAT -> new String[] {"device", "" + i};
                case HASH -> new String[] {"device", "id" + i, "#"};
                case SITES -> new String[] {"site" + i % 1_000, "device" + i / 3, VALUES[i % 3]};
                case MIXED ->
                    switch (i % 10) {
                        case 8 -> new String[] {"site" + i % 1_000, "device" + i / 1_000, "#"};
                        case 9 -> new String[] {"site" + i % 1_000, "+", VALUES[i / 1_000 % 3]};
                        default -> new String[] {"site" + i % 1_000, "device" + i / 1_000, VALUES[i % 3]};
                    };
                case PLUS -> new String[] {"site" + i % 1_000, "+", "device" + i / 1_000, "set"};
            };
        }

        TopicName topic(int i) {
            String text = String.join("/", key(i)).replace("#", "state/now").replace("+", "line3");
            return TopicName.of(text);
        }

        private static final String[] VALUES = {"temperature", "humidity", "state"};
    }

    @Setup
    public void fill() {
        for (int i = 0; i < keys; i++) {
            tree.update(shape.key(i), old -> value);
        }
        Random random = new Random(1);
        for (int i = 0; i < TOPICS; i++) {
            topics[i] = shape.topic(random.nextInt(keys));
            topics[i].levels();
        }
    }

    private TopicName next() {
        turn = turn + 1 & TOPICS - 1;
        return topics[turn];
    }

    @Benchmark
    public void match(Blackhole hole) {
        tree.forEachMatching(next(), hole::consume);
    }

    /** A key comes and goes. */
    @Benchmark
    public void update(Blackhole hole) {
        String[] key = next().levels();
        String[] more = {key[0], key[1], "another"};
        hole.consume(tree.update(more, old -> value));
        hole.consume(tree.update(more, old -> null));
    }

    /** The first 64 values below a level; for shapes that are names, as the others are filters and never read this way. */
    @Benchmark
    public void page(Blackhole hole) {
        hole.consume(tree.cursor(TopicFilter.of(next().levels()[0] + "/#")).next(64, hole::consume));
    }

    /** Prints the bytes that each key takes in a tree of a million. */
    public static void main(String[] args) {
        for (Shape shape : Shape.values()) {
            TopicTreeBench bench = new TopicTreeBench();
            bench.keys = 1_000_000;
            bench.shape = shape;
            long before = usedBytes();
            for (int i = 0; i < bench.keys; i++) {
                bench.tree.update(shape.key(i), old -> bench.value);
            }
            long bytes = usedBytes() - before;
            System.out.println(shape + ": " + bytes / bench.tree.size() + " bytes for each key");
        }
    }

    private static long usedBytes() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
