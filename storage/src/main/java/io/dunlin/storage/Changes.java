package io.dunlin.storage;

import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.SessionState;
import io.dunlin.protocol.topic.TopicName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** What the next checkpoint has to take up besides the sessions: retained messages and the ends of sessions. Thread: any. */
final class Changes {
    private final ReentrantLock lock = new ReentrantLock();
    private Map<TopicName, Message> retained = new HashMap<>();
    private Map<String, Long> ended = new HashMap<>();

    /**
     * What has changed before a position in the log, and nothing else.
     *
     * @param retained by topic, with an empty payload where there is none any more
     * @param ended client ids, each with the position of its end
     */
    record Taken(Map<TopicName, Message> retained, Map<String, Long> ended, long position) {}

    /** Appends the record of a retained message: a checkpoint comes before both or after both. */
    long retained(Message message, LongSupplier append) {
        lock.lock();
        try {
            long position = append.getAsLong();
            retained.put(message.topic(), message);
            return position;
        } finally {
            lock.unlock();
        }
    }

    /** Appends the record of the end of a session. */
    long ended(String clientId, LongSupplier append) {
        lock.lock();
        try {
            long position = append.getAsLong();
            ended.put(clientId, position);
            return position;
        } finally {
            lock.unlock();
        }
    }

    /** A state was written: it is of a session that began after that of the same name had ended, or the end is still to come. */
    void written(SessionState state) {
        lock.lock();
        try {
            Long end = ended.get(state.clientId());
            if (end != null && end < state.asOf()) {
                ended.remove(state.clientId());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The client ids of sessions that have ended since the last {@link #take} and have no state after that. */
    List<String> endedSince() {
        lock.lock();
        try {
            return List.copyOf(ended.keySet());
        } finally {
            lock.unlock();
        }
    }

    /** Takes all and begins anew. @param end gives the position */
    Taken take(LongSupplier end) {
        lock.lock();
        try {
            Taken taken = new Taken(retained, ended, end.getAsLong());
            retained = new HashMap<>();
            ended = new HashMap<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
