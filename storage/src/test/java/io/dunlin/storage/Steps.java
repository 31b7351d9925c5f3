package io.dunlin.storage;

import io.dunlin.broker.port.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;

/** The store's threads in one, on virtual time: steps run when the test says so. */
final class Steps implements StoreExecutor, Clock {
    private final ArrayDeque<Runnable> due = new ArrayDeque<>();
    private final PriorityQueue<Timed> later = new PriorityQueue<>((a, b) -> Long.compare(a.order(), b.order()));
    private long nanos;
    private long count;

    private record Timed(long at, long number, Runnable step) {
        long order() {
            return at * 1_000 + number % 1_000;
        }
    }

    @Override
    public void writer(Runnable step) {
        due.add(step);
    }

    @Override
    public void keeper(Runnable step) {
        due.add(step);
    }

    @Override
    public void reader(Runnable step) {
        due.add(step);
    }

    @Override
    public void writerAfter(Duration delay, Runnable step) {
        later.add(new Timed(nanos / 1_000 + delay.toNanos() / 1_000, count++, step));
    }

    @Override
    public void keeperAfter(Duration delay, Runnable step) {
        writerAfter(delay, step);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public long wallMillis() {
        return nanos / 1_000_000;
    }

    /** Runs one step; false where none is due. */
    boolean one() {
        Runnable step = due.poll();
        if (step == null) {
            return false;
        }
        step.run();
        return true;
    }

    /** Runs all steps that are due now, and those that they bring. */
    void run() {
        boolean ran = true;
        while (ran) {
            ran = one();
        }
    }

    /** Lets time pass, with all that becomes due. */
    void pass(Duration duration) {
        long end = nanos + duration.toNanos();
        run();
        for (Timed next = later.peek(); next != null && next.at * 1_000 <= end; next = later.peek()) {
            later.remove();
            nanos = Math.max(nanos, next.at * 1_000);
            due.add(next.step);
            run();
        }
        nanos = end;
    }

    /** Time passes while a step runs. */
    void during(Duration duration) {
        nanos += duration.toNanos();
    }
}
