package io.dunlin.testkit;

import java.time.Duration;

/** The client's end of one connection, as bytes. Thread: one, the test's. */
public interface Wire {
    void send(byte[] bytes);

    /** What has come since the last call; waits for the first byte at most this long. Empty: nothing came, or the end did. */
    byte[] receive(Duration patience);

    /** Whether the other side has ended the connection and all that it sent was received. */
    boolean isEnded();

    /** Ends the connection in an orderly way. */
    void close();

    /** Ends the connection without a farewell: a reset. */
    void cut();

    /** Takes bytes from the network (true at first), or lets them pile up there. */
    void reading(boolean on);
}
