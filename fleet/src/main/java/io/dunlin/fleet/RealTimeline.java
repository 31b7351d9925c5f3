package io.dunlin.fleet;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** Time as on the wall, or faster or slower by a factor. {@link #start} starts its one daemon thread. */
public final class RealTimeline implements Timeline, AutoCloseable {
    private static final long PARK_NANOS_MAX = 100_000_000;

    private final double speed;
    private final Agenda agenda = new Agenda();
    private final Queue<Runnable> letters = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private final long startedAt = System.nanoTime();
    private volatile boolean closed;
    private volatile long lateNanos;

    /** @param speed seconds of simulated time in a second, more than 0 */
    public RealTimeline(double speed) {
        this.speed = speed;
        this.thread = new Thread(this::run, "dunlin-fleet");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    @Override
    public long now() {
        return (long) ((System.nanoTime() - startedAt) * speed);
    }

    @Override
    public void at(long nanos, Runnable task) {
        agenda.add(nanos, task);
    }

    @Override
    public void execute(Runnable task) {
        letters.add(task);
        LockSupport.unpark(thread);
    }

    /** By how much real time the devices are behind their schedule: more than some ms means that this machine is too slow. */
    public long lateNanos() {
        return lateNanos;
    }

    private void run() {
        while (!closed) {
            Runnable letter = letters.poll();
            while (letter != null) {
                letter.run();
                letter = letters.poll();
            }
            long now = now();
            long next = agenda.next();
            lateNanos = next < now ? (long) ((now - next) / speed) : 0;
            Runnable task = agenda.take(now);
            if (task != null) {
                task.run();
            } else {
                long wait = next == Agenda.NONE ? PARK_NANOS_MAX : (long) ((next - now) / speed);
                LockSupport.parkNanos(this, Math.clamp(wait, 1, PARK_NANOS_MAX));
            }
        }
    }

    /** Ends the thread after the task that it is at; what waits is forgotten. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
