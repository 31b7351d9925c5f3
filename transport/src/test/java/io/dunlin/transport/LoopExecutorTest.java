package io.dunlin.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.ShardExecutor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class LoopExecutorTest {
    @ParameterizedTest
    @MethodSource("io.dunlin.transport.TestServer#kinds")
    void theEndOfATickComesAfterItsTasksAndTasksOfTheEndBelongToTheNext(LoopKind kind) throws Exception {
        try (Loops loops = Loops.start(1, kind)) {
            ShardExecutor shard = loops.shards().getFirst();
            List<String> order = new CopyOnWriteArrayList<>();
            CountDownLatch done = new CountDownLatch(1);
            shard.execute(() -> {
                shard.atTickEnd(() -> {
                    order.add("end of the first");
                    shard.atTickEnd(() -> {
                        order.add("end of the second");
                        done.countDown();
                    });
                    shard.execute(() -> order.add("task of the second"));
                });
                shard.execute(() -> order.add("task of the first"));
            });
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(order)
                    .containsExactly(
                            "task of the first", "end of the first", "task of the second", "end of the second");
        }
    }

    @Test
    void aFaultOfATaskHurtsNoOther() throws Exception {
        try (Loops loops = Loops.start(1, LoopKind.EPOLL)) {
            ShardExecutor shard = loops.shards().getFirst();
            CountDownLatch done = new CountDownLatch(4);
            Runnable fault = () -> {
                done.countDown();
                throw new IllegalStateException("thrown by the test");
            };
            shard.execute(fault);
            shard.execute(() -> {
                shard.atTickEnd(fault);
                shard.atTickEnd(done::countDown);
                shard.schedule(0, fault);
            });
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void timersComeInTimeAndCanBeCancelled() throws Exception {
        try (Loops loops = Loops.start(2, LoopKind.EPOLL)) {
            ShardExecutor shard = loops.shards().get(1);
            assertThat(shard.index()).isEqualTo(1);
            assertThat(shard.isCurrent()).isFalse();
            List<String> fired = new CopyOnWriteArrayList<>();
            CountDownLatch done = new CountDownLatch(1);
            long start = System.nanoTime();
            shard.execute(() -> {
                ShardExecutor.Timer cancelled =
                        shard.schedule(TimeUnit.MILLISECONDS.toNanos(20), () -> fired.add("cancelled"));
                shard.schedule(TimeUnit.MILLISECONDS.toNanos(40), () -> {
                    fired.add(shard.isCurrent() ? "on the shard" : "elsewhere");
                    done.countDown();
                });
                cancelled.cancel();
            });
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(40));
            assertThat(fired).containsExactly("on the shard");
        }
    }

    @Test
    void threadsAreNamedAfterTheirShards() throws Exception {
        try (Loops loops = Loops.start(3, LoopKind.NIO)) {
            List<String> names = new CopyOnWriteArrayList<>();
            CountDownLatch done = new CountDownLatch(3);
            for (ShardExecutor shard : loops.shards()) {
                shard.execute(() -> {
                    names.add(Thread.currentThread().getName());
                    done.countDown();
                });
            }
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(names).containsExactlyInAnyOrder("shard-0", "shard-1", "shard-2");
        }
    }
}
