package io.dunlin.console.port;

import java.util.List;

/** How the broker is, for those who watch it from outside. Thread: any; does not block. */
public interface Health {
    /** Why clients cannot be served now, a sentence each; empty where they can. */
    List<String> unready();

    /** The broker's name. */
    String node();
}
