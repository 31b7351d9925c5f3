package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.client.Handling.Overflow;
import io.dunlin.client.ScriptedServer.Peer;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** How messages are brought to handlers. */
class HandlingTest {
    private final CountDownLatch released = new CountDownLatch(1);
    private final BlockingQueue<String> slow = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> quick = new LinkedBlockingQueue<>();
    private final BlockingQueue<Dropped> dropped = new LinkedBlockingQueue<>();

    private void slowly(Delivery delivery) {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        slow.add(delivery.text());
    }

    private Conversation conversation(Handling handling) throws Exception {
        return Conversation.start(builder -> builder.onMessage("slow/#", this::slowly, handling)
                .onMessage("quick/#", delivery -> quick.add(delivery.text()))
                .onDrop(dropped::add));
    }

    private static void publish(Peer peer, int qos, int id, String topic, String text) throws Exception {
        peer.send(Granting.publish(qos, id, topic, text));
    }

    @Test
    void aSlowHandlerSlowsNobodyElse() throws Exception {
        try (Conversation talk = conversation(Handling.DEFAULT)) {
            for (int i = 1; i <= 100; i++) {
                publish(talk.peer, i % 2, i % 2 == 0 ? 0 : i, "slow/t", Integer.toString(i));
            }
            publish(talk.peer, 0, 0, "quick/t", "at once");
            assertThat(quick.poll(10, TimeUnit.SECONDS)).isEqualTo("at once");
            assertThat(slow).isEmpty();
            released.countDown();
            for (int i = 1; i <= 100; i++) {
                assertThat(slow.poll(10, TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
            }
        }
    }

    private void answerUnsubscribe(Peer peer) throws Exception {
        int id = peer.expect(Unsubscribe.class).packetId();
        peer.send(new Unsuback(id, Properties.NONE, List.of(ReasonCode.SUCCESS)));
    }

    @Test
    void unsubscribeReturnsWhenTheHandlerHasHandledWhatHadCome() throws Exception {
        try (Conversation talk = conversation(Handling.DEFAULT)) {
            publish(talk.peer, 0, 0, "slow/t", "first");
            publish(talk.peer, 0, 0, "slow/t", "second");
            CompletableFuture<List<String>> handled = Threads.supplyAsync(() -> {
                talk.client.unsubscribe("slow/#");
                return List.copyOf(slow);
            });
            answerUnsubscribe(talk.peer);
            assertThatThrownBy(() -> handled.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            released.countDown();

            assertThat(handled.get(10, TimeUnit.SECONDS)).containsExactly("first", "second");
        }
    }

    @Test
    void unsubscribeInAHandlerDoesNotWaitForIt() throws Exception {
        CompletableFuture<Boolean> accepted = new CompletableFuture<>();
        CompletableFuture<MqttClient> client = new CompletableFuture<>();
        try (Conversation talk = Conversation.start(builder -> builder.answerTimeout(Duration.ofHours(1))
                .onMessage(
                        "once",
                        delivery -> accepted.complete(
                                client.join().unsubscribe("once").isAccepted())))) {
            client.complete(talk.client);
            publish(talk.peer, 0, 0, "once", "x");
            answerUnsubscribe(talk.peer);

            assertThat(accepted.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void unsubscribeDoesNotWaitForAQueueThatIsFull() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder.answerTimeout(Duration.ofHours(1)))) {
            CompletableFuture<MessageQueue> opened = Threads.supplyAsync(() -> talk.client.queue("jobs", 1));
            Granting.grant(talk.peer);
            try (MessageQueue queue = opened.get(10, TimeUnit.SECONDS)) {
                publish(talk.peer, 0, 0, "jobs", "first");
                publish(talk.peer, 0, 0, "jobs", "second");
                CompletableFuture<SubscribeResult> ended = Threads.supplyAsync(() -> talk.client.unsubscribe("jobs"));
                answerUnsubscribe(talk.peer);

                assertThat(ended.get(10, TimeUnit.SECONDS).isAccepted()).isTrue();
                assertThat(queue.take(Duration.ofSeconds(10)).text()).isEqualTo("first");
            }
        }
    }

    @Test
    void ofMessagesOfQos0TheOldestGo() throws Exception {
        try (Conversation talk = conversation(Handling.DEFAULT.withQueue(2, Overflow.DROP_OLDEST))) {
            publish(talk.peer, 0, 0, "slow/t", "being handled");
            await().until(() -> talk.client.metrics().received() == 1);
            for (int i = 1; i <= 5; i++) {
                publish(talk.peer, 0, 0, "slow/t", Integer.toString(i));
            }
            publish(talk.peer, 0, 0, "quick/t", "all came");
            assertThat(quick.poll(10, TimeUnit.SECONDS)).isNotNull();
            released.countDown();
            await().until(() -> slow.size() + dropped.size() == 6);
            assertThat(slow).endsWith("4", "5");
            assertThat(dropped).allSatisfy(drop -> assertThat(drop.reason()).isEqualTo(Dropped.Reason.HANDLER_SLOW));
            assertThat(talk.client.metrics().dropped().get(Dropped.Reason.HANDLER_SLOW))
                    .isEqualTo(dropped.size());
        }
    }

    @Test
    void orTheNewest() throws Exception {
        try (Conversation talk = conversation(Handling.DEFAULT.withQueue(2, Overflow.DROP_NEWEST))) {
            for (int i = 1; i <= 9; i++) {
                publish(talk.peer, 0, 0, "slow/t", Integer.toString(i));
            }
            publish(talk.peer, 0, 0, "quick/t", "all came");
            assertThat(quick.poll(10, TimeUnit.SECONDS)).isNotNull();
            released.countDown();
            await().until(() -> slow.size() + dropped.size() == 9);
            assertThat(slow).startsWith("1", "2");
            assertThat(dropped)
                    .last()
                    .satisfies(drop -> assertThat(drop.message().text()).isEqualTo("9"));
        }
    }

    @Test
    void orReadingPausesAndNothingIsLost() throws Exception {
        try (Conversation talk = conversation(Handling.DEFAULT.withQueue(10, Overflow.PAUSE_READING))) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 1; i <= 20_000; i++) {
                        publish(talk.peer, 0, 0, "slow/t", "x".repeat(1_000));
                    }
                    publish(talk.peer, 0, 0, "quick/t", "last");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> talk.client.metrics().received() >= 10);
            assertThat(talk.client.metrics().received()).isLessThan(20_000);
            assertThat(quick).isEmpty();
            released.countDown();
            assertThat(quick.poll(30, TimeUnit.SECONDS)).isEqualTo("last");
            sent.get(10, TimeUnit.SECONDS);
            await().until(() -> slow.size() == 20_000);
            assertThat(dropped).isEmpty();
        }
    }

    @Test
    void acknowledgesWhenTheHandlerIsThrough() throws Exception {
        try (Conversation talk = conversation(Handling.DEFAULT)) {
            publish(talk.peer, 1, 5, "slow/t", "x");
            assertThat(talk.peer.isSilent(100)).isTrue();
            released.countDown();
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(5);
        }
    }

    @Test
    void manuallyWhenTheApplicationSaysSo() throws Exception {
        BlockingQueue<Delivery> kept = new LinkedBlockingQueue<>();
        try (Conversation talk =
                Conversation.start(builder -> builder.onMessage("t", kept::add, Handling.MANUAL_ACK))) {
            publish(talk.peer, 1, 5, "t", "x");
            Delivery delivery = kept.poll(10, TimeUnit.SECONDS);
            assertThat(talk.peer.isSilent(100)).isTrue();
            delivery.ack();
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(5);
        }
    }

    @Test
    void severalHandlersAcknowledgeTogether() throws Exception {
        BlockingQueue<Delivery> kept = new LinkedBlockingQueue<>();
        try (Conversation talk = Conversation.start(builder -> builder.onMessage("a/#", kept::add, Handling.MANUAL_ACK)
                .onMessage("a/+", kept::add, Handling.MANUAL_ACK))) {
            publish(talk.peer, 1, 5, "a/b", "x");
            Delivery first = kept.poll(10, TimeUnit.SECONDS);
            first.ack();
            first.ack();
            assertThat(talk.peer.isSilent(100)).isTrue();
            kept.poll(10, TimeUnit.SECONDS).ack();
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(5);
        }
    }

    @Test
    void overlappingSubscriptionsAreToldApart() throws Exception { // [MQTT-3.3.4-3]
        BlockingQueue<String> all = new LinkedBlockingQueue<>();
        BlockingQueue<String> some = new LinkedBlockingQueue<>();
        try (Conversation talk = Conversation.start(builder -> builder)) {
            talk.client.subscribeAsync(Subscription.of("a/#"), delivery -> all.add(delivery.text()));
            talk.client.subscribeAsync(Subscription.of("a/b"), delivery -> some.add(delivery.text()));
            int one = Granting.grant(talk.peer)
                    .properties()
                    .subscriptionIdentifiers()
                    .get(0);
            int two = Granting.grant(talk.peer)
                    .properties()
                    .subscriptionIdentifiers()
                    .get(0);
            assertThat(one).isNotEqualTo(two);
            for (int id : new int[] {one, two}) { // a server that sends one copy for each subscription
                talk.peer.send(
                        Granting.publish(0, 0, "a/b", "copy", Properties.of(Property.SUBSCRIPTION_IDENTIFIER, id)));
            }
            Publish both = Granting.publish(
                    0,
                    0,
                    "a/b",
                    "for both",
                    Properties.builder()
                            .number(Property.SUBSCRIPTION_IDENTIFIER, one)
                            .number(Property.SUBSCRIPTION_IDENTIFIER, two)
                            .build());
            talk.peer.send(both);
            await().until(() -> all.size() + some.size() == 4);
            assertThat(all).containsExactly("copy", "for both");
            assertThat(some).containsExactly("copy", "for both");
        }
    }

    @Test
    void whatNobodyTakesIsCountedAndTold() throws Exception {
        try (Conversation talk = conversation(Handling.DEFAULT)) {
            publish(talk.peer, 1, 9, "unknown", "x");
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(9);
            assertThat(dropped.poll(10, TimeUnit.SECONDS).reason()).isEqualTo(Dropped.Reason.NO_HANDLER);
        }
    }

    @Test
    void blockingCallsAreLegalInHandlers() throws Exception {
        Set<String> done = ConcurrentHashMap.newKeySet();
        CompletableFuture<MqttClient> self = new CompletableFuture<>();
        try (Conversation talk = Conversation.start(builder -> builder.onMessage("t", delivery -> {
            self.join().publish(Message.of("answer", delivery.text()));
            done.add(delivery.text());
        }))) {
            self.complete(talk.client);
            publish(talk.peer, 0, 0, "t", "x");
            assertThat(talk.peer.expect(Publish.class).topic().text()).isEqualTo("answer");
            await().until(() -> done.contains("x"));
        }
    }

    @Test
    void onTheNetworkThreadTheyAreRefused() throws Exception {
        BlockingQueue<Throwable> seen = new LinkedBlockingQueue<>();
        CompletableFuture<MqttClient> self = new CompletableFuture<>();
        try (Conversation talk = Conversation.start(builder -> builder.executor(Runnable::run)
                .onMessage(
                        "t",
                        delivery -> seen.add(org.assertj.core.api.Assertions.catchThrowable(
                                () -> self.join().subscribe("x", other -> {})))))) {
            self.complete(talk.client);
            publish(talk.peer, 0, 0, "t", "x");
            assertThat(seen.poll(10, TimeUnit.SECONDS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Async");
        }
    }

    @Test
    void theQueueHoldsAtLeastOne() {
        assertThatThrownBy(() -> Handling.DEFAULT.withQueue(0, Overflow.DROP_OLDEST))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anErrorInAHandlerEndsOnlyThatCall() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (Conversation talk = Conversation.start(builder -> builder.onMessage("t", delivery -> {
            if (seen.offer(delivery.text()) && delivery.text().equals("bad")) {
                throw new AssertionError("of the application");
            }
        }))) {
            publish(talk.peer, 1, 1, "t", "bad");
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1);
            publish(talk.peer, 1, 2, "t", "good");
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(2);
            assertThat(talk.client.metrics().handlerFailures()).isEqualTo(1);
        }
    }
}
