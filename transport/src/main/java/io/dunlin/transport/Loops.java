package io.dunlin.transport;

import io.dunlin.broker.port.ShardExecutor;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The event loops, one thread each: {@code shard-0}, {@code shard-1} and so on. Thread: any. */
public final class Loops implements AutoCloseable {
    private static final long CLOSE_SECONDS_MAX = 5;

    private final LoopKind kind;
    private final @Nullable String fallback;
    private final List<IoEventLoopGroup> groups = new ArrayList<>();
    private final List<LoopExecutor> executors = new ArrayList<>();

    private Loops(LoopKind kind, @Nullable String fallback, int shards) {
        this.kind = kind;
        this.fallback = fallback;
        for (int index = 0; index < shards; index++) {
            String name = "shard-" + index;
            ThreadFactory threads = task -> new ShardThread(task, name);
            IoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, threads, kind.ioHandlerFactory());
            groups.add(group);
            executors.add(new LoopExecutor(index, (SingleThreadIoEventLoop) group.next(), kind));
        }
    }

    /**
     * Starts loops of the first of these kinds that runs here; NIO always does.
     *
     * @param shards 1 to 1024
     */
    public static Loops start(int shards, LoopKind... preferred) {
        if (shards < 1 || shards > 1024) {
            throw new IllegalArgumentException("The number of shards is " + shards + "; choose 1 to 1024.");
        }
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // a sample of all buffers pays for it
        }
        String fallback = null;
        for (LoopKind kind : preferred) {
            Throwable cause = kind.unavailabilityCause();
            if (cause == null) {
                return new Loops(kind, fallback, shards);
            }
            if (fallback == null) {
                fallback = kind + " cannot be used here: " + Causes.sentence(cause);
            }
        }
        return new Loops(LoopKind.NIO, fallback, shards);
    }

    /** The kind that runs. */
    public LoopKind kind() {
        return kind;
    }

    /** A sentence for the log where the first preferred kind does not run here, else null. */
    public @Nullable String fallback() {
        return fallback;
    }

    /** One for each loop, in the order of their indexes. */
    public List<ShardExecutor> shards() {
        return List.copyOf(executors);
    }

    LoopExecutor loop(int index) {
        return executors.get(index);
    }

    int size() {
        return executors.size();
    }

    /** Ends all loops; connections that are still open break. Waits for tasks up to 5 seconds. Thread: none of the shards. */
    @Override
    public void close() {
        List<Future<?>> endings = new ArrayList<>();
        for (IoEventLoopGroup group : groups) {
            endings.add(group.shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS));
        }
        for (Future<?> ending : endings) {
            ending.awaitUninterruptibly(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        }
    }
}
