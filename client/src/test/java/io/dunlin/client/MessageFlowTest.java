package io.dunlin.client;

import static io.dunlin.client.Granting.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Unsubscribe;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules of Reactive Streams for publishers (1) and subscriptions (3), each in the name of its test. */
@Timeout(30)
class MessageFlowTest {
    /** Notes every signal, and fails where two come at a time. */
    private static class Probe implements Flow.Subscriber<Delivery> {
        final List<String> signals = java.util.Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger inside = new AtomicInteger();
        volatile Flow.@Nullable Subscription subscription;
        volatile boolean overlapped;
        private final Consumer<Flow.Subscription> onSubscribe;
        private final Consumer<Delivery> onNext;

        Probe(Consumer<Flow.Subscription> onSubscribe, Consumer<Delivery> onNext) {
            this.onSubscribe = onSubscribe;
            this.onNext = onNext;
        }

        Probe() {
            this(subscription -> {}, delivery -> {});
        }

        private void signal(String name, Runnable rest) {
            overlapped |= inside.getAndIncrement() != 0;
            signals.add(name);
            rest.run();
            inside.decrementAndGet();
        }

        Flow.Subscription given() {
            return Objects.requireNonNull(subscription);
        }

        void awaitSignals(String... expected) {
            Awaitility.await().untilAsserted(() -> assertThat(signals).containsExactly(expected));
            assertThat(overlapped).isFalse();
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            signal("start", () -> onSubscribe.accept(subscription));
        }

        @Override
        public void onNext(Delivery delivery) {
            signal(delivery.text(), () -> onNext.accept(delivery));
        }

        @Override
        public void onError(Throwable failure) {
            signal("error " + failure.getClass().getSimpleName(), () -> {});
        }

        @Override
        public void onComplete() {
            signal("complete", () -> {});
        }
    }

    private static Flow.Publisher<Delivery> flow(Conversation talk) {
        return talk.client.flow("s/#", QoS.AT_LEAST_ONCE, 16);
    }

    private static Probe subscribed(Conversation talk, Probe probe) throws Exception {
        flow(talk).subscribe(probe);
        Granting.grant(talk.peer);
        return probe;
    }

    private static void send(Conversation talk, int from, int to) throws Exception {
        for (int id = from; id <= to; id++) {
            talk.peer.send(publish(1, id, "s/a", "" + id));
        }
    }

    @Test
    void rule_1_1_neverMoreThanAskedFor_andOnlyThoseAreAcknowledged() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe probe = subscribed(talk, new Probe());
            send(talk, 1, 3);
            assertThat(talk.peer.isSilent(50)).isTrue();
            assertThat(probe.signals).containsExactly("start");

            probe.given().request(2);

            probe.awaitSignals("start", "1", "2");
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1);
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(2);
            assertThat(talk.peer.isSilent(50)).isTrue();
            probe.given().request(1);
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(3);
        }
    }

    @Test
    void rule_1_3_oneSignalAtATime() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe probe = subscribed(talk, new Probe());
            Thread[] askers = new Thread[4];
            for (int i = 0; i < askers.length; i++) {
                askers[i] = new Thread(() -> {
                    for (int j = 0; j < 50; j++) {
                        probe.given().request(1);
                    }
                });
                askers[i].start();
            }
            send(talk, 1, 200);
            for (int id = 1; id <= 200; id++) {
                assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(id);
            }
            for (Thread asker : askers) {
                asker.join();
            }

            assertThat(probe.overlapped).isFalse();
            assertThat(probe.signals).hasSize(201);
            assertThat(probe.signals.get(200)).isEqualTo("200");
        }
    }

    @Test
    void rule_1_4_refusalIsAnErrorSignal_andRule_1_7_theLast() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe probe = new Probe();
            flow(talk).subscribe(probe);
            Granting.refuse(talk.peer, ReasonCode.NOT_AUTHORIZED);

            probe.awaitSignals("start", "error RequestRefused");
            probe.given().request(1);
            talk.client.close();
            probe.awaitSignals("start", "error RequestRefused");
        }
    }

    @Test
    void rule_1_4_noConnectionIsAnErrorSignal() {
        MqttClient client = MqttClient.builder().build();
        Probe probe = new Probe();
        client.flow("s", QoS.AT_MOST_ONCE, 1).subscribe(probe);

        probe.awaitSignals("start", "error ConnectionLost");
    }

    @Test
    void rule_1_5_completesWithTheClient() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe probe = subscribed(talk, new Probe(subscription -> subscription.request(5), delivery -> {}));
            send(talk, 1, 1);
            probe.awaitSignals("start", "1");

            talk.client.close();

            probe.awaitSignals("start", "1", "complete");
        }
    }

    @Test
    void rule_1_9_onSubscribeComesFirst_andNullIsRefused() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe probe = new Probe();
            flow(talk).subscribe(probe);

            assertThat(probe.signals).containsExactly("start");
            assertThatThrownBy(() -> flow(talk).subscribe(null)).isInstanceOf(NullPointerException.class);
        }
    }

    @Test
    void rule_1_11_oneSubscriberAtATime_theNextAfterItsEnd() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Flow.Publisher<Delivery> flow = flow(talk);
            Probe first = new Probe();
            flow.subscribe(first);
            Granting.grant(talk.peer);
            Probe second = new Probe();
            flow.subscribe(second);
            second.awaitSignals("start", "error IllegalStateException");

            first.given().cancel();
            talk.peer.expect(Unsubscribe.class);
            Probe third = new Probe(subscription -> subscription.request(1), delivery -> {});
            flow.subscribe(third);
            Granting.grant(talk.peer);
            send(talk, 1, 1);

            third.awaitSignals("start", "1");
        }
    }

    @Test
    void rule_2_13_subscriberThatThrowsIsCancelled() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe probe = subscribed(talk, new Probe(subscription -> subscription.request(10), delivery -> {
                throw new IllegalStateException("expected by the test");
            }));
            send(talk, 1, 1);

            talk.peer.expect(Puback.class);
            talk.peer.expect(Unsubscribe.class);
            assertThat(probe.signals).containsExactly("start", "1");
        }
    }

    @Test
    void rule_3_2_asksFromWithinSignals_andRule_3_3_withoutRecursion() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            AtomicInteger depth = new AtomicInteger();
            AtomicInteger deepest = new AtomicInteger();
            Probe[] self = new Probe[1];
            self[0] = new Probe(subscription -> subscription.request(1), delivery -> {
                deepest.accumulateAndGet(depth.incrementAndGet(), Math::max);
                self[0].given().request(1);
                depth.decrementAndGet();
            });
            subscribed(talk, self[0]);
            send(talk, 1, 100);

            for (int id = 1; id <= 100; id++) {
                talk.peer.expect(Puback.class);
            }
            assertThat(deepest).hasValue(1);
        }
    }

    @Test
    void rule_3_4_askingReturnsAtOnce() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            CountDownLatch go = new CountDownLatch(1);
            Probe probe = subscribed(talk, new Probe(subscription -> {}, delivery -> {
                try {
                    go.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
            send(talk, 1, 1);

            probe.given().request(1); // would hang here if it called the subscriber itself

            go.countDown();
            talk.peer.expect(Puback.class);
        }
    }

    @Test
    void rule_3_5_and_3_7_cancelStops_andCancelsOnce_andRule_3_6_askingAfterwardsDoesNothing() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe probe = subscribed(talk, new Probe());
            send(talk, 1, 2);
            assertThat(talk.peer.isSilent(50)).isTrue();

            probe.given().cancel();
            probe.given().cancel();
            probe.given().request(5);

            List<Object> sent = List.of(talk.peer.receive(), talk.peer.receive(), talk.peer.receive());
            assertThat(sent).filteredOn(Unsubscribe.class::isInstance).hasSize(1);
            assertThat(sent)
                    .as("given up: they must not hold up the acknowledgements of others")
                    .filteredOn(Puback.class::isInstance)
                    .hasSize(2);
            assertThat(talk.peer.isSilent(50)).isTrue();
            assertThat(probe.signals).containsExactly("start");
        }
    }

    @Test
    void rule_3_9_askingForNothingIsAnError() throws Exception {
        for (long count : new long[] {0, -1, Long.MIN_VALUE}) {
            try (Conversation talk = Conversation.start(builder -> builder)) {
                Probe probe = subscribed(talk, new Probe());

                probe.given().request(count);

                probe.awaitSignals("start", "error IllegalArgumentException");
            }
        }
    }

    @Test
    void rule_3_13_cancelledInOnSubscribe_subscribesNothing() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe probe = new Probe(Flow.Subscription::cancel, delivery -> {});
            flow(talk).subscribe(probe);

            talk.client.publish("mark", "");

            talk.peer.expect(Publish.class);
            assertThat(probe.signals).containsExactly("start");
        }
    }

    @Test
    void rule_3_17_demandWithoutEnd() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe probe = subscribed(
                    talk,
                    new Probe(
                            subscription -> {
                                subscription.request(Long.MAX_VALUE);
                                subscription.request(Long.MAX_VALUE);
                            },
                            delivery -> {}));
            send(talk, 1, 20);

            for (int id = 1; id <= 20; id++) {
                talk.peer.expect(Puback.class);
            }
            assertThat(probe.overlapped).isFalse();
        }
    }

    @Test
    void rule_2_13_anErrorEndsTheFlowToo() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe probe = subscribed(talk, new Probe(subscription -> subscription.request(10), delivery -> {
                throw new StackOverflowError("expected by the test");
            }));
            send(talk, 1, 2);

            List<Object> sent = List.of(talk.peer.receive(), talk.peer.receive(), talk.peer.receive());
            assertThat(sent).filteredOn(Unsubscribe.class::isInstance).hasSize(1);
            assertThat(sent).filteredOn(Puback.class::isInstance).hasSize(2);
            assertThat(probe.signals).containsExactly("start", "1");
        }
    }

    @Test
    void cancellingAReplacedFlowLeavesItsSuccessor() throws Exception {
        try (Conversation talk = Conversation.start(builder -> builder)) {
            Probe first = subscribed(talk, new Probe());
            Probe second = subscribed(talk, new Probe(subscription -> subscription.request(1), delivery -> {}));

            first.given().cancel();

            send(talk, 1, 1);
            assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(1); // and no UNSUBSCRIBE before it
            second.awaitSignals("start", "1");
        }
    }
}
