package io.dunlin.cli.pubsub;

import io.dunlin.client.Delivery;
import java.io.IOException;

/** What sub does with the messages that come. All calls but {@link #abandon} on the main thread. */
interface Sink {
    /** A message to be seen. */
    void show(Delivery message) throws IOException;

    /** A message that is not to be seen; it is acknowledged all the same. */
    void skip(Delivery message) throws IOException;

    /** No more messages are at hand. */
    void flush() throws IOException;

    /** How often {@link #tick} is called; 0 for never. */
    long tickNanos();

    /** Time went by. */
    void tick() throws IOException;

    /** A key was pressed. @return false where the user wants to end */
    boolean key(int key) throws IOException;

    /** The command ends. */
    void end() throws IOException;

    /** The process is told to end; any thread. */
    void abandon();
}
