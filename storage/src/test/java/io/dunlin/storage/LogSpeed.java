package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal.Condition;
import io.dunlin.broker.port.LatencyHistogram;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * How fast the log is on a disk of this machine, for people: {@code LogSpeed FOLDER [SECONDS [THREADS [IN_FLIGHT [BYTES]]]]}. Each
 * thread appends and waits until no more than its part of IN_FLIGHT records are not synced yet; 0 for as fast as the log takes.
 */
final class LogSpeed {
    private LogSpeed() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path folder = Path.of(args[0]);
        int seconds = number(args, 1, 5);
        int threads = number(args, 2, 2);
        int inFlight = number(args, 3, 1_000);
        int bytes = number(args, 4, 250);
        PrintStream out = System.out;
        Clock clock = Clock.system();
        try (StoreThreads executor = new StoreThreads(1);
                Fence fence = Fence.open(new NioDisk(folder), new StoreId(1, 1))) {
            SegmentLog log = SegmentLog.open(
                    new NioDisk(folder), fence, StoreOptions.DEFAULTS, executor, clock, new Printed(out));
            List<Worker> workers = new ArrayList<>();
            log.onGrown(() -> workers.forEach(Worker::wake));
            log.recover(0, 0, Set.of(), (position, type, body) -> {});
            long start = clock.nanos();
            long end = start + Duration.ofSeconds(seconds).toNanos();
            List<Thread> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(new Worker(log, clock, end, inFlight / threads, new byte[bytes]));
            }
            for (Worker worker : workers) {
                running.add(Thread.ofPlatform().start(worker));
            }
            for (Thread thread : running) {
                thread.join();
            }
            double took = (clock.nanos() - start) / 1e9;
            long records = workers.stream().mapToLong(worker -> worker.records).sum();
            LatencyHistogram syncs = log.syncTimes();
            out.printf(
                    "%,.0f records/s, %.1f MB/s, %,d syncs, p50 %.2f ms, p99 %.1f ms, %,d records a sync%n",
                    records / took,
                    log.bytesWritten() / took / 1e6,
                    syncs.count(),
                    syncs.percentile(0.5) / 1e6,
                    syncs.percentile(0.99) / 1e6,
                    records / Math.max(1, syncs.count()));
            log.close().toCompletableFuture().join();
        }
    }

    private static int number(String[] args, int index, int otherwise) {
        return args.length > index ? Integer.parseInt(args[index]) : otherwise;
    }

    private static final class Worker implements Runnable {
        private final SegmentLog log;
        private final Clock clock;
        private final long endNanos;
        private final int inFlight;
        private final byte[] body;
        private final Semaphore grown = new Semaphore(0);
        long records;

        Worker(SegmentLog log, Clock clock, long endNanos, int inFlight, byte[] body) {
            this.log = log;
            this.clock = clock;
            this.endNanos = endNanos;
            this.inFlight = inFlight;
            this.body = body;
        }

        void wake() {
            grown.release();
        }

        @Override
        public void run() {
            while (clock.nanos() < endNanos) {
                long last = 0;
                int count = inFlight == 0 ? 100 : inFlight;
                for (int i = 0; i < count; i++) {
                    last = log.append(1, body, 0, body.length, Durability.DISK);
                }
                records += count;
                while (inFlight > 0 && log.stored(Durability.DISK) < last
                        || log.condition() == Condition.BEHIND && clock.nanos() < endNanos) {
                    grown.acquireUninterruptibly();
                    grown.drainPermits();
                }
            }
        }
    }

    private record Printed(PrintStream out) implements StoreEvents {
        @Override
        public void notice(String line) {
            out.println(line);
        }

        @Override
        public void warning(String line) {
            out.println(line);
        }

        @Override
        public void failed(String line) {
            out.println(line);
        }
    }
}
