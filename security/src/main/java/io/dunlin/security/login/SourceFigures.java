package io.dunlin.security.login;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What one source of logins or rights has done. Thread: any. */
public final class SourceFigures {
    private static final long REPORT_NANOS = 10_000_000_000L;

    private final AtomicInteger underWay = new AtomicInteger();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder late = new LongAdder();
    private final LongAdder busy = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final AtomicLong reportedAt = new AtomicLong(Long.MIN_VALUE);

    /**
     * @param underWay asked and not answered yet
     * @param late of those that failed, the ones without an answer in time
     * @param busy refused without asking, since too many were under way
     * @param nanos that all answers took together
     */
    public record Snapshot(
            int underWay, long accepted, long refused, long unknown, long failed, long late, long busy, long nanos) {
        Snapshot plus(Snapshot other) {
            return new Snapshot(
                    underWay + other.underWay,
                    accepted + other.accepted,
                    refused + other.refused,
                    unknown + other.unknown,
                    failed + other.failed,
                    late + other.late,
                    busy + other.busy,
                    nanos + other.nanos);
        }
    }

    static IdentityHashMap<LoginSource, SourceFigures> ofEach(Collection<LoginSource> sources) {
        IdentityHashMap<LoginSource, SourceFigures> all = new IdentityHashMap<>();
        sources.forEach(source -> all.computeIfAbsent(source, each -> new SourceFigures()));
        return all;
    }

    /** One more is asked about; false where that would be more than {@code max}. */
    public boolean begin(int max) {
        if (underWay.incrementAndGet() > max) {
            underWay.decrementAndGet();
            busy.increment();
            return false;
        }
        return true;
    }

    /** It was answered, or not, after so long. */
    public void end(long tookNanos) {
        underWay.decrementAndGet();
        nanos.add(tookNanos);
    }

    public void accepted() {
        accepted.increment();
    }

    public void refused() {
        refused.increment();
    }

    public void unknown() {
        unknown.increment();
    }

    /**
     * It failed.
     *
     * @param nowNanos the time of the broker's clock
     * @return whether that is worth a line in the log: at most one in ten seconds is
     */
    public boolean failed(boolean isLate, long nowNanos) {
        failed.increment();
        if (isLate) {
            late.increment();
        }
        long last = reportedAt.get();
        boolean due = last == Long.MIN_VALUE || nowNanos - last >= REPORT_NANOS;
        return due && reportedAt.compareAndSet(last, nowNanos);
    }

    public Snapshot snapshot() {
        return new Snapshot(
                underWay.get(),
                accepted.sum(),
                refused.sum(),
                unknown.sum(),
                failed.sum(),
                late.sum(),
                busy.sum(),
                nanos.sum());
    }
}
