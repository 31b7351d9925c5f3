package io.dunlin.storage;

import io.dunlin.broker.port.Journal.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What keeps the log from its work, and the condition that follows from it. Thread: any. */
final class Health {
    private final StoreEvents events;
    private final Runnable changed;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean hasFailed;
    private boolean cannotWrite;
    private boolean hasNoRoom;
    private boolean isBehind;
    private volatile Condition condition = Condition.OPEN;

    /** @param changed called after each change, without a lock */
    Health(StoreEvents events, Runnable changed) {
        this.events = events;
        this.changed = changed;
    }

    Condition condition() {
        return condition;
    }

    boolean hasFailed() {
        return condition == Condition.FAILED;
    }

    /** Nothing will be stored any more. @param line why, and what to do */
    void fail(String line) {
        lock.lock();
        try {
            if (hasFailed) {
                return;
            }
            hasFailed = true;
        } finally {
            lock.unlock();
        }
        events.failed(line);
        update();
    }

    /** @param line told where this is new */
    void cannotWrite(String line) {
        if (set(() -> cannotWrite != (cannotWrite = true))) {
            events.warning(line);
        }
    }

    void canWrite() {
        if (set(() -> cannotWrite != (cannotWrite = false))) {
            events.notice("The store's log takes writes again.");
        }
    }

    /** @param line told where this is new */
    void noRoom(String line) {
        if (set(() -> hasNoRoom != (hasNoRoom = true))) {
            events.warning(line);
        }
    }

    void room() {
        if (set(() -> hasNoRoom != (hasNoRoom = false))) {
            events.notice("The store has room again.");
        }
    }

    void behind(boolean now) {
        set(() -> isBehind != (isBehind = now));
    }

    private interface Change {
        boolean isOne();
    }

    private boolean set(Change change) {
        boolean isOne;
        lock.lock();
        try {
            isOne = change.isOne();
        } finally {
            lock.unlock();
        }
        if (isOne) {
            update();
        }
        return isOne;
    }

    private void update() {
        boolean isNew;
        Condition now;
        lock.lock();
        try {
            now = current();
            isNew = now != condition;
            condition = now;
        } finally {
            lock.unlock();
        }
        if (isNew) {
            events.condition(now);
            changed.run();
        }
    }

    private Condition current() {
        if (hasFailed) {
            return Condition.FAILED;
        }
        if (cannotWrite || hasNoRoom) {
            return Condition.FULL;
        }
        return isBehind ? Condition.BEHIND : Condition.OPEN;
    }
}
