package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages under way when the connection ends. */
@Timeout(30)
class ResumeTest {
    private static CompletableFuture<PublishResult> publish(Conversation talk, String text, int qos) {
        return talk.client.publishAsync(Message.of("t", text).withQos(QoS.of(qos)));
    }

    private static void cut(Conversation talk) throws Exception {
        talk.peer.close();
        await().until(() -> talk.client.state() == ConnectionState.DISCONNECTED);
    }

    @Test
    void goOnInOrderWhereTheServerKeptTheSession() throws Exception { // [MQTT-4.4.0-1] [MQTT-4.6.0-1]
        try (Conversation talk = Conversation.start(builder -> builder.cleanStart(false))) {
            CompletableFuture<PublishResult> one = publish(talk, "one", 1);
            CompletableFuture<PublishResult> two = publish(talk, "two", 2);
            CompletableFuture<PublishResult> three = publish(talk, "three", 2);
            int id1 = talk.peer.expect(Publish.class).packetId();
            int id2 = talk.peer.expect(Publish.class).packetId();
            int id3 = talk.peer.expect(Publish.class).packetId();
            talk.peer.send(new Pubrec(id2));
            talk.peer.expect(Pubrel.class);
            cut(talk);
            assertThat(one).isNotDone();

            talk.connect(true, Properties.NONE);

            Publish again = talk.peer.expect(Publish.class);
            assertThat(again.packetId()).isEqualTo(id1);
            assertThat(again.dup()).isTrue(); // [MQTT-3.3.1-1]
            assertThat(talk.peer.expect(Pubrel.class).packetId()).isEqualTo(id2);
            assertThat(talk.peer.expect(Publish.class).packetId()).isEqualTo(id3);
            talk.peer.send(new Puback(id1));
            talk.peer.send(new Pubcomp(id2));
            assertThat(one.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
            assertThat(two.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
            assertThat(three).isNotDone();
        }
    }

    @Test
    void startAfreshWhereTheServerForgot() throws Exception { // [MQTT-3.2.2-5]
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CompletableFuture<PublishResult> one = publish(talk, "one", 1);
            CompletableFuture<PublishResult> unknown = publish(talk, "unknown", 2);
            CompletableFuture<PublishResult> taken = publish(talk, "taken", 2);
            talk.peer.expect(Publish.class);
            talk.peer.expect(Publish.class);
            int id = talk.peer.expect(Publish.class).packetId();
            talk.peer.send(new Pubrec(id));
            talk.peer.expect(Pubrel.class);
            cut(talk);

            talk.connect(false, Properties.NONE);

            Publish again = talk.peer.expect(Publish.class);
            assertThat(again.payload()).isEqualTo("one".getBytes(StandardCharsets.UTF_8));
            assertThat(again.dup()).isFalse();
            talk.peer.send(new Puback(again.packetId()));
            assertThat(one.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
            assertThat(taken.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
            assertThatThrownBy(() -> unknown.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ConnectionLost.class);
        }
    }

    @Test
    void blockingCallEndsWithTheConnection() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CompletableFuture<PublishResult> blocked = Threads.supplyAsync(
                    () -> talk.client.publish(Message.of("t", "x").withQos(QoS.AT_LEAST_ONCE)));
            talk.peer.expect(Publish.class);

            talk.peer.close();

            assertThatThrownBy(() -> blocked.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectionLost.class);
        }
    }

    @Test
    void closeFailsWhatIsUnderWay() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CompletableFuture<PublishResult> one = publish(talk, "one", 1);

            talk.client.close();

            assertThatThrownBy(() -> one.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectionLost.class);
        }
    }
}
