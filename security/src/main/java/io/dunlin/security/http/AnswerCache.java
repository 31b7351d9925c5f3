package io.dunlin.security.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Answers that still hold; beyond its size, the one that was not asked for longest goes. Thread: any. */
final class AnswerCache {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Known> answers;

    AnswerCache(int answersMax) {
        this.answers = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
                return size() > answersMax;
            }
        };
    }

    /** @param untilNanos in the time of the clock; does not hold from then on */
    record Known(BackendAnswer answer, long untilNanos) {}

    Optional<Known> find(String question, long nowNanos) {
        lock.lock();
        try {
            Known known = answers.get(question);
            if (known != null && known.untilNanos - nowNanos <= 0) {
                answers.remove(question);
                return Optional.empty();
            }
            return Optional.ofNullable(known);
        } finally {
            lock.unlock();
        }
    }

    void keep(String question, Known known) {
        lock.lock();
        try {
            answers.put(question, known);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return answers.size();
        } finally {
            lock.unlock();
        }
    }
}
