package io.dunlin.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The queues and flows of a client that are open, and how each ends with the client. Any thread. */
final class Receivers {
    private final Map<Object, Runnable> open = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** A receiver of a client that is closed already ends at once. */
    void add(Object receiver, Runnable onClose) {
        open.put(receiver, onClose);
        if (closed) {
            close();
        }
    }

    void remove(Object receiver) {
        open.remove(receiver);
    }

    void close() {
        closed = true;
        for (Object receiver : List.copyOf(open.keySet())) {
            Runnable onClose = open.remove(receiver);
            if (onClose != null) {
                onClose.run();
            }
        }
    }
}
