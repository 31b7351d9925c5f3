package io.dunlin.console.port;

import io.dunlin.broker.port.Sink;
import java.util.Map;

/** What the broker counts and carries, beyond its commands. Thread: any; does not block. */
public interface Figures {
    /** All of now by name, as the history keeps them. */
    Map<String, Double> now();

    /** Whether a figure only grows. */
    boolean grows(String name);

    /** Has a destination get messages. */
    void add(Sink sink);

    void remove(Sink sink);
}
