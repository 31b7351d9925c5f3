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
     * @param topic a topic name for PUBLISH, a filter without its share name for SUBSCRIBE
     */
    CompletionStage<Boolean> authorize(Principal principal, Action action, String topic);

    /** What a client wants to do with a topic. */
    enum Action {
        PUBLISH,
        SUBSCRIBE
    }

    /** Whether it is the fast yes. */
    @SuppressWarnings("ReferenceEquality") // these very objects are the fast answers
    static boolean isAllowed(CompletionStage<Boolean> answer) {
        return answer == ALLOWED;
    }

    /** Whether it is the fast no. */
    @SuppressWarnings("ReferenceEquality")
    static boolean isDenied(CompletionStage<Boolean> answer) {
        return answer == DENIED;
    }

    /** Allows everything. */
    static Authorizer allowAll() {
        return (principal, action, topic) -> ALLOWED;
    }
}
