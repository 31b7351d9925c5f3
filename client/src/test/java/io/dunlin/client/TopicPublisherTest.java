package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.TopicPublisher.Sending;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.InvalidTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TopicPublisherTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    @Test
    void sendBlocksWhileTheWindowIsFull() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            TopicPublisher publisher = talk.client.publisher("line/%s/t").window(2);
            CountDownLatch third = new CountDownLatch(1);
            CompletableFuture<Void> sender = Threads.runAsync(() -> {
                publisher.send("a", 1);
                publisher.send("b", 2);
                publisher.send("c", 3);
                third.countDown();
            });
            Publish first = talk.peer.expect(Publish.class);
            assertThat(first.topic().text()).isEqualTo("line/1/t");
            assertThat(first.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
            talk.peer.expect(Publish.class);
            assertThat(talk.peer.isSilent(50)).isTrue();
            assertThat(third.getCount()).isEqualTo(1);
            assertThat(publisher.unanswered()).isEqualTo(2);

            talk.peer.send(new Puback(first.packetId()));

            assertThat(talk.peer.expect(Publish.class).topic().text()).isEqualTo("line/3/t");
            sender.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void sendAsyncTellsWhenThereIsRoom() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            TopicPublisher publisher = talk.client.publisher("t").window(1);
            Sending first = publisher.sendAsync("a");
            Sending second = publisher.sendAsync("b");
            assertThat(first.room()).isCompleted();
            assertThat(first.result()).isNotDone();
            assertThat(second.room()).isNotDone();

            talk.peer.send(new Puback(talk.peer.expect(Publish.class).packetId()));

            second.room().get(10, TimeUnit.SECONDS);
            assertThat(first.result().get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
            talk.peer.send(
                    new Puback(talk.peer.expect(Publish.class).packetId(), ReasonCode.QUOTA_EXCEEDED, Properties.NONE));
            assertThat(second.result().get(10, TimeUnit.SECONDS).isAccepted()).isFalse();
            publisher.flush(LONG);
            assertThat(publisher.failed()).isEqualTo(1);
        }
    }

    @Test
    void theyLeaveInTheOrderOfTheCalls() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            TopicPublisher publisher = talk.client.publisher("t").window(3);
            for (int i = 0; i < 100; i++) {
                publisher.sendAsync("" + i);
            }
            for (int i = 0; i < 100; i++) {
                Publish publish = talk.peer.expect(Publish.class);
                assertThat(publish.payload()).asString().isEqualTo("" + i);
                talk.peer.send(new Puback(publish.packetId()));
            }
            publisher.flush(LONG);
        }
    }

    @Test
    void whoNeverWaitsIsToldAtABound() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            TopicPublisher publisher = talk.client.publisher("t").window(1);
            List<Sending> sent = new ArrayList<>();
            for (int i = 0; i < TopicPublisher.WAITING_MAX + 2; i++) {
                sent.add(publisher.sendAsync("x"));
            }

            assertThat(sent.get(TopicPublisher.WAITING_MAX).result()).isNotDone();
            assertThatThrownBy(() ->
                            sent.get(TopicPublisher.WAITING_MAX + 1).result().get())
                    .hasCauseInstanceOf(LimitExceeded.class);
            assertThat(sent.get(TopicPublisher.WAITING_MAX + 1).room()).isCompletedExceptionally();
            assertThat(publisher.failed()).isEqualTo(1);
        }
    }

    @Test
    void manyThatWaitEndWithTheConnection() throws Exception { // each failure makes room at once: no recursion
        try (Conversation talk = Conversation.start(builder -> builder)) {
            TopicPublisher publisher = talk.client.publisher("t").window(1);
            List<Sending> sent = new ArrayList<>();
            for (int i = 0; i < TopicPublisher.WAITING_MAX; i++) {
                sent.add(publisher.sendAsync("x"));
            }

            talk.client.close();

            for (Sending sending : sent) {
                assertThatThrownBy(() -> sending.result().get(10, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(ConnectionLost.class);
            }
            assertThat(publisher.failed()).isEqualTo(TopicPublisher.WAITING_MAX);
        }
    }

    @Test
    void everyMessageHasTheSameSettings() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            talk.client
                    .publisher("t")
                    .qos(QoS.EXACTLY_ONCE)
                    .retain(true)
                    .properties(Properties.of(Property.CONTENT_TYPE, "text/plain"))
                    .send("a");

            Publish publish = talk.peer.expect(Publish.class);
            assertThat(publish.qos()).isEqualTo(QoS.EXACTLY_ONCE);
            assertThat(publish.retain()).isTrue();
            assertThat(publish.properties().text(Property.CONTENT_TYPE)).isEqualTo("text/plain");
        }
    }

    @Test
    void interruptedSenderHasNotSent() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            TopicPublisher publisher = talk.client.publisher("t").window(1);
            publisher.send("a");
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread sender = new Thread(() -> {
                try {
                    publisher.send("b");
                    thrown.complete(new AssertionError("sent"));
                } catch (TimedOut e) {
                    thrown.complete(e);
                }
            });
            sender.start();
            sender.interrupt();

            assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(TimedOut.class);
            talk.peer.send(new Puback(talk.peer.expect(Publish.class).packetId()));
            assertThat(talk.peer.isSilent(50)).isTrue();
        }
    }

    @Test
    void flushSaysHowManyAreLeft() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            TopicPublisher publisher = talk.client.publisher("t");
            publisher.send("a");

            assertThatThrownBy(() -> publisher.flush(Duration.ofMillis(10)))
                    .isInstanceOf(TimedOut.class)
                    .hasMessageContaining("1 messages were not answered");
        }
    }

    @Test
    void topicsMustBeTopics() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            assertThatThrownBy(() -> talk.client.publisher("a/%s").send("x", "+"))
                    .isInstanceOf(InvalidTopic.class);
            assertThatThrownBy(() -> talk.client.publisher("a/#")).isInstanceOf(InvalidTopic.class);
            assertThatThrownBy(() -> talk.client.publisher("a").window(0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void sendOnANetworkThreadThrowsWhereItWouldWait() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            TopicPublisher publisher = talk.client.publisher("t").window(1);
            publisher.send("a");
            talk.peer.expect(Publish.class);
            CompletableFuture<Void> after = talk.client
                    .publishAsync("other", new byte[0], QoS.AT_LEAST_ONCE)
                    .thenRun(() -> publisher.send("b"));
            CompletableFuture<Void> flushed = talk.client
                    .publishAsync("other", new byte[0], QoS.AT_LEAST_ONCE)
                    .thenRun(() -> publisher.flush(LONG));
            for (int i = 0; i < 2; i++) {
                talk.peer.send(new Puback(talk.peer.expect(Publish.class).packetId()));
            }

            assertThatThrownBy(() -> after.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> flushed.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
            assertThat(talk.peer.isSilent(50)).isTrue(); // the message that could not wait is not sent later
        }
    }

    @Test
    void goesOnAfterAMessageThatCannotBeEncoded() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            TopicPublisher publisher = talk.client
                    .publisher("t")
                    .window(1)
                    .properties(Properties.of(Property.CONTENT_TYPE, "x".repeat(65_536)));
            Sending failed = publisher.sendAsync("a");

            assertThatThrownBy(() -> failed.result().get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(RuntimeException.class);
            assertThat(publisher.failed()).isEqualTo(1);
            publisher.properties(Properties.NONE).sendAsync("b");
            assertThat(talk.peer.expect(Publish.class).payload()).asString().isEqualTo("b");
        }
    }
}
