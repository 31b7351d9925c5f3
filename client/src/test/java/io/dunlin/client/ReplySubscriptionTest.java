package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.ReasonCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReplySubscriptionTest {
    @Test
    void whoAsksWhileARefusalIsToldIsNotRefusedWithIt() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            ReplySubscription replies = new ReplySubscription(talk.client, false, "own", delivery -> {});
            CompletableFuture<Throwable> refusal = new CompletableFuture<>();
            CompletableFuture<String> topic = new CompletableFuture<>();
            replies.whenReady((none, failure) -> {
                replies.whenReady((granted, second) -> topic.complete(granted));
                refusal.complete(failure);
            });

            Granting.refuse(talk.peer, ReasonCode.NOT_AUTHORIZED);
            Granting.grant(talk.peer);

            assertThat(refusal.get(10, TimeUnit.SECONDS)).isInstanceOf(RequestRefused.class);
            assertThat(topic.get(10, TimeUnit.SECONDS)).isEqualTo("replies/c1/own");
        }
    }
}
