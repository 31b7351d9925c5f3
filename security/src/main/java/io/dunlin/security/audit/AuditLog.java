package io.dunlin.security.audit;

import io.dunlin.broker.port.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what was administered and decided as lines of JSON, on a thread of its own. Nobody waits for it: what does not fit into its
 * queue, or cannot be written, is counted, and the next line that can be written says how many are missing. Thread: any.
 */
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("audit");
    private static final int KIND_CHARS_MAX = 256;
    private static final int WAITING_MAX = 8_192;
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final long TURN_MILLIS = 1_000;
    private static final long CLOSE_MILLIS_MAX = 2_000;

    private final @Nullable Target target; // null: nothing is written
    private final Clock clock;
    private final BlockingQueue<Stamped> waiting;
    private final Throttle throttle = new Throttle(WINDOW.toNanos());
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private long lostAndTold; // these two: the writing thread
    private boolean failing;
    private final @Nullable Thread thread;
    private volatile boolean closed;

    /** Where lines go. */
    interface Target extends AutoCloseable {
        void write(byte[] line) throws IOException;

        @Override
        void close() throws IOException;
    }

    /**
     * Where it is and how large it may grow.
     *
     * @param bytesMax of one file
     * @param keep how many older files stay
     */
    public record Options(Path file, long bytesMax, int keep) {}

    private record Stamped(long wallMillis, AuditEntry entry) {}

    /** Wakes the writing thread where the log is closed; an interrupt would close its file. */
    private static final Stamped END = new Stamped(0, AuditEntry.of("", Actor.BROKER));

    /** How much was written since the start, and how much could not be. */
    public record Figures(long written, long lost) {}

    AuditLog(@Nullable Target target, Clock clock, int waitingMax) {
        this.target = target;
        this.clock = clock;
        waiting = new ArrayBlockingQueue<>(waitingMax);
        thread = target == null
                ? null
                : Thread.ofPlatform().name("audit-log").daemon().start(this::run);
    }

    /** @throws IOException where the file cannot be opened or made */
    public static AuditLog open(Options options, Clock clock) throws IOException {
        AuditFile file = new AuditFile(options.file(), options.bytesMax(), options.keep());
        file.open();
        Target target = new Target() {
            @Override
            public void write(byte[] line) throws IOException {
                file.write(line);
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
        return new AuditLog(target, clock, WAITING_MAX);
    }

    /** Writes nothing. */
    public static AuditLog none(Clock clock) {
        return new AuditLog(null, clock, 1);
    }

    /** Writes it as soon as it can. Never blocks. */
    public void write(AuditEntry entry) {
        if (target != null && !closed && !waiting.offer(new Stamped(clock.wallMillis(), entry))) {
            lost.incrementAndGet();
        }
    }

    /**
     * Writes the first of a kind; what follows within a minute becomes one entry with their number. For what clients can cause as often
     * as they like. Long texts are cut.
     *
     * @param kind such as the event and the client id
     */
    public void writeSeldom(String kind, AuditEntry entry) {
        if (target == null) {
            return;
        }
        AuditEntry cut = entry.cut();
        if (throttle.admits(key(kind), cut, clock.nanos())) {
            write(cut);
        }
    }

    /** Long names of clients are kept as their beginning and what tells most of them apart. */
    private static String key(String kind) {
        return kind.length() <= KIND_CHARS_MAX
                ? kind
                : kind.substring(0, KIND_CHARS_MAX) + "#" + kind.length() + "#" + kind.hashCode();
    }

    public boolean isOn() {
        return target != null;
    }

    public Figures figures() {
        return new Figures(written.get(), lost.get());
    }

    private void run() {
        while (!closed || !waiting.isEmpty()) {
            try {
                Stamped next = waiting.poll(TURN_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null && next != END) {
                    put(next);
                }
                endWindows(clock.nanos());
            } catch (InterruptedException e) { // nobody does: the JVM is ending
                closed = true;
            } catch (RuntimeException e) { // one entry that cannot be written does not silence the others
                LOG.error("an entry of the audit log could not be written", e);
                lost.incrementAndGet();
            }
        }
        endWindows(clock.nanos() + WINDOW.toNanos());
    }

    private void endWindows(long nowNanos) {
        long wallMillis = clock.wallMillis();
        throttle.ended(nowNanos).forEach(entry -> put(new Stamped(wallMillis, entry)));
    }

    private void put(Stamped stamped) {
        long missing = lost.get() - lostAndTold;
        if (missing > 0) {
            AuditEntry gap = AuditEntry.of("audit.lost", Actor.BROKER, "entries", missing);
            if (!put(clock.wallMillis(), gap)) {
                lost.incrementAndGet();
                return;
            }
            lostAndTold += missing;
        }
        if (!put(stamped.wallMillis(), stamped.entry())) {
            lost.incrementAndGet();
        }
    }

    private boolean put(long wallMillis, AuditEntry entry) {
        Target to = target;
        if (to == null) {
            return true;
        }
        try {
            to.write(line(wallMillis, entry));
            written.incrementAndGet();
            if (failing) {
                LOG.info("the audit log is written again");
                failing = false;
            }
            return true;
        } catch (IOException e) {
            if (!failing) {
                LOG.error("the audit log cannot be written, its entries are lost until it can: {}", e.toString());
                failing = true;
            }
            return false;
        }
    }

    private static byte[] line(long wallMillis, AuditEntry entry) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", Instant.ofEpochMilli(wallMillis).toString());
        line.put("event", entry.event());
        if (!entry.who().name().isEmpty()) {
            line.put("who", entry.who().name());
        }
        line.put("through", entry.who().through());
        entry.fields().forEach(line::putIfAbsent); // what is said of all entries alike stays
        return (JsonLine.of(line) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Writes what waits, for two seconds at most. */
    @Override
    public void close() {
        closed = true;
        Thread writer = thread;
        if (writer == null || target == null) {
            return;
        }
        waiting.offer(END);
        try {
            writer.join(CLOSE_MILLIS_MAX);
            target.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("the audit log could not be closed", e);
        }
    }
}
