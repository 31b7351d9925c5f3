package io.dunlin.client;

import static io.dunlin.client.Granting.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.client.MessageQueue.Acknowledge;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Unsubscribe;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MessageQueueTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private static MessageQueue open(Conversation talk, int capacity, Acknowledge acknowledge) throws Exception {
        CompletableFuture<MessageQueue> opened = Threads.supplyAsync(
                () -> talk.client.queue(Subscription.of("s/#").withQos(QoS.AT_LEAST_ONCE), capacity, acknowledge));
        Granting.grant(talk.peer);
        return opened.get(10, TimeUnit.SECONDS);
    }

    @Test
    void givesMessagesInOrderAndAcknowledgesWhatIsTaken() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            MessageQueue queue = open(talk, 10, Acknowledge.WHEN_TAKEN);
            talk.peer.send(publish(1, 1, "s/a", "one"));
            talk.peer.send(publish(1, 2, "s/b", "two"));
            Awaitility.await().until(() -> queue.size() == 2);
            assertThat(talk.peer.isSilent(50)).isTrue();

            assertThat(queue.take(LONG).text()).isEqualTo("one");

            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1);
            assertThat(talk.peer.isSilent(50)).isTrue();
            assertThat(queue.take().text()).isEqualTo("two");
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(2);
            assertThat(queue.poll()).isNull();
        }
    }

    @Test
    void leavesAcknowledgingToTheApplicationWhereAsked() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            MessageQueue queue = open(talk, 10, Acknowledge.MANUALLY);
            talk.peer.send(publish(1, 1, "s/a", "one"));
            Delivery taken = queue.take(LONG);
            assertThat(talk.peer.isSilent(50)).isTrue();

            taken.ack();

            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1);
        }
    }

    @Test
    void holdsNoMoreThanItsCapacity() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            MessageQueue queue = open(talk, 2, Acknowledge.WHEN_TAKEN);
            for (int id = 1; id <= 5; id++) {
                talk.peer.send(publish(1, id, "s/a", "" + id));
            }
            Awaitility.await().until(() -> queue.size() == 2);
            assertThat(talk.peer.isSilent(50)).isTrue();
            assertThat(queue.size()).isEqualTo(2);

            for (int id = 1; id <= 5; id++) {
                assertThat(queue.take(LONG).text()).isEqualTo("" + id);
                assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(id);
            }
        }
    }

    @Test
    void saysWhenNothingCame() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            MessageQueue queue = open(talk, 1, Acknowledge.WHEN_TAKEN);

            assertThat(queue.poll(Duration.ofMillis(1))).isNull();
            assertThatThrownBy(() -> queue.take(Duration.ofMillis(20)))
                    .isInstanceOf(TimedOut.class)
                    .hasMessage("No message on s/# came within 20 ms.");
        }
    }

    @Test
    void closingUnsubscribesAndAcknowledgesTheRest() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            MessageQueue queue = open(talk, 1, Acknowledge.WHEN_TAKEN);
            talk.peer.send(publish(1, 1, "s/a", "in the queue"));
            talk.peer.send(publish(1, 2, "s/a", "before the queue"));
            Awaitility.await().until(() -> queue.size() == 1);

            queue.close();

            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1);
            Object next = talk.peer.receive();
            Object last = talk.peer.receive();
            assertThat(java.util.List.of(next, last))
                    .hasAtLeastOneElementOfType(Puback.class)
                    .hasAtLeastOneElementOfType(Unsubscribe.class);
            assertThat(queue.discarded()).isEqualTo(2);
            assertThatThrownBy(queue::take).isInstanceOf(ConnectionLost.class);
        }
    }

    @Test
    void closingTheClientWakesWhoWaits() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            MessageQueue queue = open(talk, 1, Acknowledge.WHEN_TAKEN);
            CompletableFuture<Delivery> taken = Threads.supplyAsync(() -> {
                try {
                    return queue.take();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });

            talk.client.close();

            assertThatThrownBy(() -> taken.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseInstanceOf(ConnectionLost.class);
            assertThat(queue.isClosed()).isTrue();
        }
    }

    @Test
    void refusedSubscriptionIsAnError() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CompletableFuture<MessageQueue> opened = Threads.supplyAsync(() -> talk.client.queue("secret", 1));
            Granting.refuse(talk.peer, ReasonCode.NOT_AUTHORIZED);

            assertThatThrownBy(() -> opened.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(RequestRefused.class)
                    .hasMessageContaining("The server refused the subscription to secret: ");
        }
    }

    @Test
    void needsRoomForAMessage() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            assertThatThrownBy(() -> talk.client.queue("s", 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void reconnectedClientGoesOn() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.cleanStart(false))) {
            MessageQueue queue = open(talk, 5, Acknowledge.WHEN_TAKEN);
            talk.peer.close();
            Awaitility.await().until(() -> talk.client.state() == ConnectionState.DISCONNECTED);
            talk.connect(true, Properties.NONE);

            talk.peer.send(publish(1, 1, "s/a", "later"));

            assertThat(queue.take(LONG).text()).isEqualTo("later");
        }
    }

    @Test
    void takingOnANetworkThreadThrowsWhereItWouldWait() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            MessageQueue queue = open(talk, 1, Acknowledge.WHEN_TAKEN);
            CompletableFuture<Delivery> taken = talk.client
                    .publishAsync("other", new byte[0], QoS.AT_LEAST_ONCE)
                    .thenApply(result -> {
                        try {
                            return queue.take();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    });
            talk.peer.send(new Puback(talk.peer.expect(Publish.class).packetId()));

            assertThatThrownBy(() -> taken.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void closingAReplacedQueueLeavesItsSuccessor() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            MessageQueue first = open(talk, 1, Acknowledge.WHEN_TAKEN);
            MessageQueue second = open(talk, 1, Acknowledge.WHEN_TAKEN);

            first.close();

            talk.peer.send(publish(1, 1, "s/a", "one"));
            assertThat(second.take(LONG).text()).isEqualTo("one");
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1); // and no UNSUBSCRIBE before it
            second.close();
            talk.peer.expect(Unsubscribe.class);
        }
    }

    @Test
    void failedQueueLeavesAnEarlierOne() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            MessageQueue first = open(talk, 1, Acknowledge.WHEN_TAKEN);
            CompletableFuture<MessageQueue> opened = Threads.supplyAsync(() -> talk.client.queue("s/#", 1));
            Granting.refuse(talk.peer, ReasonCode.NOT_AUTHORIZED);
            assertThatThrownBy(() -> opened.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(RequestRefused.class);

            talk.peer.send(publish(1, 1, "s/a", "one"));

            assertThat(first.take(LONG).text()).isEqualTo("one");
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1); // and no UNSUBSCRIBE before it
        }
    }
}
