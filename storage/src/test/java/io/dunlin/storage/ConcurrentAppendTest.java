package io.dunlin.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real threads and a real disk. */
class ConcurrentAppendTest {
    private static final int THREADS = 4;
    private static final int RECORDS = 5_000;

    @Test
    @Timeout(60)
    void allThatSeveralThreadsAppendIsReadBackAtOnceAndAfterARestart(@TempDir Path folder)
            throws IOException, InterruptedException, ExecutionException {
        Map<Long, Long> appended = new ConcurrentHashMap<>();
        StoreOptions options = StoreOptions.DEFAULTS.withSegmentBytes(1 << 20, 16 << 10, 0);
        try (StoreThreads threads = new StoreThreads(1);
                NioDisk disk = new NioDisk(folder);
                Fence fence = Fence.open(disk, new StoreId(1, 2))) {
            SegmentLog log = SegmentLog.open(disk, fence, options, threads, Clock.system(), new Silent());
            log.recover(0, 0, Set.of(), (position, type, body) -> {});
            try (ExecutorService workers = Executors.newFixedThreadPool(THREADS)) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    int worker = i;
                    running.add(workers.submit(() -> append(log, worker, appended)));
                }
                for (Future<?> worker : running) {
                    worker.get();
                }
            }
            assertThat(appended).hasSize(THREADS * RECORDS);
            log.close().toCompletableFuture().get();
            assertThat(log.syncTimes().count()).isPositive();
        }
        Map<Long, Long> recovered = new HashMap<>();
        try (StoreThreads threads = new StoreThreads(1);
                NioDisk disk = new NioDisk(folder);
                Fence fence = Fence.open(disk, new StoreId(3, 4))) {
            SegmentLog log = SegmentLog.open(disk, fence, options, threads, Clock.system(), new Silent());
            long[] lastOf = new long[THREADS];
            log.recover(0, 0, Set.of(), (position, type, body) -> {
                long id = body.getLong(body.position());
                assertThat(id & 0xFFFFFF).isEqualTo(lastOf[(int) (id >>> 24)]++);
                recovered.put(position, id);
            });
            log.close().toCompletableFuture().get();
        }
        assertThat(recovered).isEqualTo(appended);
    }

    private static void append(SegmentLog log, int worker, Map<Long, Long> appended) {
        LogReader reader = log.reader();
        ByteBuffer body = ByteBuffer.allocate(300);
        long[] recent = new long[100];
        for (int i = 0; i < RECORDS; i++) {
            long id = (long) worker << 24 | i;
            body.putLong(0, id);
            int length = 8 + i % 290;
            long position = log.append(1 + worker, body.array(), 0, length, Durability.values()[i % 3]);
            appended.put(position, id);
            long before = recent[i % recent.length];
            recent[i % recent.length] = position;
            read(reader, position, id);
            if (before != 0) {
                read(reader, before, id - recent.length);
            }
        }
    }

    private static void read(LogReader reader, long position, long id) {
        try {
            assertThat(reader.read(position).body().getLong(0)).isEqualTo(id);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Silent implements StoreEvents {
        @Override
        public void notice(String line) {
            throw new AssertionError(line);
        }

        @Override
        public void warning(String line) {
            assertThat(line).contains("to sync the log");
        }

        @Override
        public void failed(String line) {
            throw new AssertionError(line);
        }
    }
}
