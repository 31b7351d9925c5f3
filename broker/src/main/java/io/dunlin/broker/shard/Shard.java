package io.dunlin.broker.shard;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Counters;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.protocol.codec.TopicCache;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's world: the time, the output of the tick, the mail to the other shards and the acknowledgements that wait for
 * the journal. Sessions and connections of a shard are touched by its thread alone, so nothing in here is synchronised.
 */
public final class Shard {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    private static final int TOPIC_CACHE_SLOTS = 32_768;

    /** So many connections with output of about a kilobyte each stay in a core's cache (docs/decisions/0016). */
    private static final int TOUCHED_MANY = 64;

    /** A read that touches no more than so many is taken for one that the next reads have nothing in common with. */
    private static final int TOUCHED_FEW = 8;

    private final ShardExecutor executor;
    private final Clock clock;
    private final Counters.Row counters;
    private final Journal journal;
    private final long startNanos;
    private final DeferredAcks deferredAcks;
    private final TimerQueue timers;
    private final DeliveryTimes deliveryTimes;
    private final Frames frames;
    private final TopicCache topics = new TopicCache(TOPIC_CACHE_SLOTS);
    private final Backlog backlog = new Backlog();
    private final Recorder recorder;
    private final AtomicReference<@Nullable Object> busyWith = new AtomicReference<>(); // read by all

    // the tick under way
    private List<Flushable> touched = new ArrayList<>();
    private List<Flushable> flushing = new ArrayList<>();
    private final List<Runnable> beforeFlush = new ArrayList<>();
    private List<Outbox> outboxes = List.of();
    private int touchedBeforeRead;
    private int touchedByFew; // by reads that touched few
    private boolean tickEndAsked;
    private long recentNanos;
    private boolean tickNanosKnown;
    private long tickNanos;
    private final Runnable tickEnd = this::endTick;

    public Shard(ShardExecutor executor, Clock clock, Counters.Row counters, Journal journal) {
        this.executor = executor;
        this.clock = clock;
        this.counters = counters;
        this.journal = journal;
        this.deferredAcks = new DeferredAcks(journal, clock, answer -> guarded("an answer", answer));
        this.timers = new TimerQueue(executor, clock, fault -> fault("a timer", fault));
        this.startNanos = clock.nanos();
        this.recorder = new Recorder(this, startNanos);
        this.deliveryTimes = new DeliveryTimes(startNanos);
        this.frames = new Frames(deliveryTimes);
    }

    /** Once, before the first task: the shards by index, this one among them. */
    public void start(List<Shard> all) {
        List<Outbox> boxes = new ArrayList<>();
        for (Shard target : all) {
            boxes.add(new Outbox(target));
        }
        outboxes = boxes;
        journal.listen(executor, deferredAcks::release);
    }

    public int index() {
        return executor.index();
    }

    public ShardExecutor executor() {
        return executor;
    }

    public boolean isCurrent() {
        return executor.isCurrent();
    }

    public long nanos() {
        long now = clock.nanos();
        recentNanos = now;
        return now;
    }

    /** What {@link #nanos} said last: on the shard not older than the packets that are being read. */
    public long recentNanos() {
        return recentNanos;
    }

    /** The time, read once in a tick: reading a clock costs as much as finding out who gets a message. */
    public long tickNanos() {
        if (!tickNanosKnown) {
            tickNanosKnown = true;
            tickNanos = nanos();
            recorder.tick(tickNanos);
            deliveryTimes.tick(tickNanos);
            askForTickEnd();
        }
        return tickNanos;
    }

    /** When it was made. */
    public long startNanos() {
        return startNanos;
    }

    public Clock clock() {
        return clock;
    }

    /** What has happened here lately. */
    public Recorder recorder() {
        return recorder;
    }

    /** How long messages take to come through here. */
    public DeliveryTimes deliveryTimes() {
        return deliveryTimes;
    }

    public Counters.Row counters() {
        return counters;
    }

    public Journal journal() {
        return journal;
    }

    public DeferredAcks deferredAcks() {
        return deferredAcks;
    }

    public Frames frames() {
        return frames;
    }

    public TopicCache topics() {
        return topics;
    }

    /** Lists it to be flushed at the end of this tick. */
    public void touch(Flushable output) {
        if (!output.touched) {
            output.touched = true;
            touched.add(output);
            askForTickEnd();
        }
    }

    /**
     * After a read of a connection: flushes what was touched in this tick, where many reads have touched few each. To wait
     * would gather no more for these, and their output would no longer be in the processor's cache.
     */
    public void readDone() {
        int added = touched.size() - touchedBeforeRead;
        if (added <= TOUCHED_FEW) {
            touchedByFew += added;
        }
        if (touchedByFew >= TOUCHED_MANY) {
            flushTouched();
        }
        touchedBeforeRead = touched.size();
    }

    /** Flushes it now, before it leaves this shard. */
    public void flushNow(Flushable output) {
        if (output.touched) {
            touched.remove(output);
            output.touched = false;
        }
        output.flush();
    }

    /** Runs the task at the end of this tick, before its mail is handed over and its output flushed. */
    public void beforeFlush(Runnable task) {
        beforeFlush.add(task);
        askForTickEnd();
    }

    /** Runs the task on the other shard, together with all other mail of this tick; in order. */
    public void post(Shard target, Runnable mail) {
        assert isCurrent();
        outboxes.get(target.index()).add(mail);
        askForTickEnd();
    }

    /** Runs the task on this shard from any thread; a fault in it is counted and logged, and harms nothing else. */
    public void execute(String what, Runnable task) {
        executor.execute(() -> guarded(what, task));
    }

    public void arm(Deadline deadline, long delayNanos) {
        timers.arm(deadline, clock.nanos() + delayNanos);
    }

    public void disarm(Deadline deadline) {
        timers.disarm(deadline);
    }

    /** What waits in the sessions of this shard. */
    public Backlog backlog() {
        return backlog;
    }

    /** What runs now, for the stall detector; it says with {@link Object#toString} what it is. */
    public void busyWith(Object work) {
        busyWith.setOpaque(work);
    }

    /** What the shard is or was last busy with. Thread: any. */
    public String busyWith() {
        return String.valueOf(busyWith.getOpaque());
    }

    /** Counts and logs a fault of the program that ended only what it happened in. */
    public void fault(String what, Throwable fault) {
        counters.increment(Counter.FAULTS);
        LOG.error("Fault in {}; it ends only that", what, fault);
    }

    /** Runs it now; a fault in it is counted and logged, and goes no further. */
    public void guarded(String what, Runnable task) {
        busyWith(what);
        try {
            task.run();
        } catch (RuntimeException | Error fault) {
            fault(what, fault);
        }
    }

    private void askForTickEnd() {
        if (!tickEndAsked) {
            tickEndAsked = true;
            executor.atTickEnd(tickEnd);
        }
    }

    private void endTick() {
        for (int i = 0; i < beforeFlush.size(); i++) {
            guarded("the end of a tick", beforeFlush.get(i));
        }
        beforeFlush.clear();
        tickEndAsked = false; // what these have asked for is done below
        if (!tickNanosKnown && recorder.isThinned()) {
            recorder.tick(clock.nanos());
        }
        tickNanosKnown = false;
        frames.forget();
        for (int i = 0; i < outboxes.size(); i++) {
            outboxes.get(i).handOver();
        }
        flushTouched();
        touchedBeforeRead = 0;
    }

    private void flushTouched() {
        touchedByFew = 0;
        List<Flushable> now = touched;
        touched = flushing;
        flushing = now;
        for (int i = 0; i < now.size(); i++) {
            Flushable output = now.get(i);
            output.touched = false;
            try {
                output.flush();
            } catch (RuntimeException | Error fault) {
                fault("a flush", fault);
            }
        }
        now.clear();
        if (deliveryTimes.isSending()) {
            deliveryTimes.flushed(clock.nanos());
        }
    }
}
