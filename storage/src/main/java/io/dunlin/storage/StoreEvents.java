package io.dunlin.storage;

import io.dunlin.broker.port.Journal;

/** What the store has to tell people and the process that it runs in. Thread: any of the store's; must not block. */
public interface StoreEvents {
    /** Worth a line in the log. */
    void notice(String line);

    /** Something that somebody should look at. */
    void warning(String line);

    /** Nothing will be stored any more: the process has to end. Once. */
    void failed(String line);

    /** The store's condition has changed to this. */
    default void condition(Journal.Condition now) {}
}
