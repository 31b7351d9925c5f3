package io.dunlin.client.transport;

/** Opens channels to servers. */
public final class Connector {
    private Connector() {}

    /** A channel that opens. */
    public interface Pending {
        /**
         * Gives up where the channel is not open yet; the listener then hears {@link Channel.Listener#onClosed} with null. Any
         * thread.
         */
        void cancel();
    }

    /**
     * Opens a channel; never blocks. Where that fails, the listener hears {@link Channel.Listener#onClosed} with an
     * {@link OpenFailed}. Where the caller is on the loop's thread, it has the result before the listener hears anything.
     *
     * @param webSocketSubProtocol what is spoken, for WebSocket alone
     * @param timeoutNanos for all that happens up to {@link Channel.Listener#onOpen}: names, connecting, proxy, handshakes
     */
    public static Pending open(
            Endpoint endpoint,
            NetworkOptions network,
            String webSocketSubProtocol,
            long timeoutNanos,
            EventLoop loop,
            Channel.Listener listener) {
        Opening opening = new Opening(endpoint, network, webSocketSubProtocol, loop, listener);
        loop.execute(() -> opening.start(timeoutNanos));
        return opening;
    }
}
