package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.MemoryJournal;
import io.dunlin.broker.admin.StallDetector;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Counters;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.broker.shard.Shard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private final AtomicLong nanos = new AtomicLong();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> reports = new ArrayList<>();

    @Test
    void namesTheCulpritOnceForEachStall() {
        Clock clock = new Clock() {
            @Override
            public long nanos() {
                return nanos.get();
            }

            @Override
            public long wallMillis() {
                return 0;
            }
        };
        Shard shard = new Shard(new Queued(), clock, new Counters(1).row(0), new MemoryJournal());
        StallWatch watch = new StallWatch(new StallDetector(List.of(shard), clock, 100), reports::add);
        try (watch) {
            watch.check();
            tasks.remove().run();
            nanos.addAndGet(1_000);
            watch.check();
            assertThat(reports).as("a shard that answers").isEmpty();

            shard.busyWith("client slow");
            nanos.addAndGet(99);
            watch.check();
            assertThat(reports).as("not yet").isEmpty();
            nanos.addAndGet(1);
            watch.check();
            watch.check();
            assertThat(reports).singleElement().asString().contains("shard 0").contains("client slow");

            tasks.remove().run();
            watch.check();
            nanos.addAndGet(100);
            watch.check();
            assertThat(reports).as("a second stall").hasSize(2);
        }
    }

    private final class Queued implements ShardExecutor {
        @Override
        public int index() {
            return 0;
        }

        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void atTickEnd(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            return () -> {};
        }
    }
}
