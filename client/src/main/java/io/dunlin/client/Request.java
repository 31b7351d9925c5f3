package io.dunlin.client;

import java.util.concurrent.CompletableFuture;

/** What was sent with a packet identifier and waits for its answer. Guarded by the session's lock. */
abstract sealed class Request {
    private Request() {}

    /** A message of QoS 1 or 2. */
    static final class Publishing extends Request {
        final Message message;
        final CompletableFuture<PublishResult> result = new CompletableFuture<>();
        /** QoS 2: PUBREC came, so the server has the message and only PUBREL is sent from now on. */
        boolean received;

        Publishing(Message message) {
            this.message = message;
        }
    }

    /** A SUBSCRIBE or an UNSUBSCRIBE. */
    static final class Subscribing extends Request {
        final CompletableFuture<SubscribeResult> result = new CompletableFuture<>();
    }
}
