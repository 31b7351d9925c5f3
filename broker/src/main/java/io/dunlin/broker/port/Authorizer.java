package io.dunlin.broker.port;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Says who may do what. Called on any shard, for each message: it must not block, and should answer from a cache. */
public interface Authorizer {
    CompletionStage<Boolean> ALLOWED = CompletableFuture.completedStage(true);
    CompletionStage<Boolean> DENIED = CompletableFuture.completedStage(false);

    /**
     * {@link #ALLOWED} and {@link #DENIED} themselves are the fast answers; while another stage is open, reading from this
     * client pauses. An exceptional stage denies.
     *
     * @param topic a topic name for PUBLISH and RECEIVE, a filter without its share name for SUBSCRIBE
     */
    CompletionStage<Boolean> authorize(Principal principal, Action action, String topic);

    /** What a client wants to do with a topic; RECEIVE is asked for each message to deliver. */
    enum Action {
        PUBLISH,
        SUBSCRIBE,
        RECEIVE
    }

    /** Allows everything. */
    static Authorizer allowAll() {
        return (principal, action, topic) -> ALLOWED;
    }
}
