package io.dunlin.broker.port;

import java.net.SocketAddress;

/**
 * Says whether a new connection is taken at all, by its address alone, before anything is read from it or spent on it: TLS comes
 * later. Thread: any shard; must not block.
 */
public interface Admission {
    /**
     * Asked once for each connection.
     *
     * @param peer the client's address; behind a proxy the one that the PROXY header names. {@link #left} is given this very object,
     *     and so is the authenticator, in {@link ConnectionInfo#peer}
     * @return whether it is taken; {@link #left} follows then, exactly once
     */
    boolean admits(String listener, SocketAddress peer);

    /** A connection that was taken is gone. */
    void left(String listener, SocketAddress peer);

    /**
     * Asked before the TLS handshake of a connection that was taken.
     *
     * @return whether it may begin; {@link #endedTls} follows then, exactly once
     */
    default boolean beginsTls(String listener, SocketAddress peer) {
        return true;
    }

    /** A TLS handshake has succeeded, or is over. */
    default void endedTls(String listener, SocketAddress peer) {}

    /** Takes every connection. */
    Admission ALL = new Admission() {
        @Override
        public boolean admits(String listener, SocketAddress peer) {
            return true;
        }

        @Override
        public void left(String listener, SocketAddress peer) {}
    };
}
