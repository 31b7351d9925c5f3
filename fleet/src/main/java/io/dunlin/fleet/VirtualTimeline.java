package io.dunlin.fleet;

/** Time that passes as fast as the work of it is done: for tests and dry runs. Not thread-safe. */
public final class VirtualTimeline implements Timeline {
    private final Agenda agenda = new Agenda();
    private long now;

    @Override
    public long now() {
        return now;
    }

    @Override
    public void at(long nanos, Runnable task) {
        agenda.add(Math.max(nanos, now), task);
    }

    @Override
    public void execute(Runnable task) {
        agenda.add(now, task);
    }

    /** Does all that is due up to that time, which it then is. */
    public void runUntil(long nanos) {
        while (agenda.next() <= nanos) {
            now = agenda.next();
            Runnable task = agenda.take(now);
            if (task != null) {
                task.run();
            }
        }
        now = Math.max(now, nanos);
    }
}
