package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.admin.Reason;
import io.dunlin.broker.admin.Why;
import io.dunlin.broker.admin.WhyAnswer;
import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.broker.port.BrokerOptions.QueuePolicy;
import io.dunlin.broker.shard.Happening;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.testkit.Batch;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthorizer;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Why did this client (not) get this message? Each cause is brought about, and has to be named. */
class WhyTest {
    private static final Duration SINCE = Duration.ofMinutes(10);

    private static WhyAnswer why(World world, String client, String topic) {
        world.settle();
        CompletionStage<Supplier<WhyAnswer>> stage = world.broker().why().ask(client, TopicName.of(topic), SINCE);
        world.settle();
        return stage.toCompletableFuture().join().get();
    }

    /** Over sockets a connection has ended for the broker a little later than for the client. */
    private static void awaitAway(World world, String client) {
        await().until(() -> world.broker()
                .views()
                .session(client)
                .filter(view -> view.card().connected())
                .isEmpty());
    }

    private static WhyAnswer expect(World world, Reason reason, String client, String topic) {
        WhyAnswer answer = why(world, client, topic);
        assertThat(answer.verdict()).as("%s", answer.findings()).isEqualTo(reason);
        assertThat(answer.findings().getFirst().reason()).isEqualTo(reason);
        assertThat(answer.oneIn()).isOne();
        return answer;
    }

    private static String sentence(WhyAnswer answer) {
        return answer.findings().getFirst().sentence();
    }

    @Conversation
    void itWasDelivered(World world, ProtocolVersion version) {
        Peer reader = world.connected("reader", version);
        reader.subscribe("t/#", 1);
        Peer sender = world.connected("sender", version);
        for (int qos = 0; qos <= 1; qos++) {
            sender.publish("t/a", "x", qos);
            reader.receive("t/a", "x");
        }
        reader.ping();
        WhyAnswer answer = expect(world, Reason.DELIVERED, "reader", "t/a");
        assertThat(answer.findings().getFirst().count()).isEqualTo(2);
        assertThat(sentence(answer)).contains("at QoS 1 as packet 1", "acknowledged", "published by sender");
        assertThat(answer.publishers()).containsExactly("sender");
    }

    @Conversation
    void itIsNotSubscribed(World world) {
        Peer reader = world.connected("reader");
        reader.subscribe("Plant/#", 0);
        world.connected("sender").publish("plant/a", "x", 1);
        WhyAnswer answer = expect(world, Reason.NOT_SUBSCRIBED, "reader", "plant/a");
        assertThat(sentence(answer)).contains("none of its 1 subscriptions matches", "subscribed to Plant/#");
        assertThat(answer.findings().getLast().sentence()).contains("published by sender");
        reader.unsubscribe("Plant/#");
        assertThat(sentence(why(world, "reader", "Plant/a")))
                .contains("no longer subscribed to Plant/#: the client asked for it");
        assertThat(sentence(why(world, "reader", "other"))).contains("not subscribed to anything");
    }

    @Conversation
    void itsSubscriptionWasRefused(World world) {
        world.with(new ScriptedAuthorizer().deny(Kind.SUBSCRIBE, "secret/#"));
        Peer reader = world.connected("reader");
        reader.subscribe(Raw.to("secret/#", 0));
        world.connected("sender").publish("secret/a", "x", 1);
        assertThat(sentence(expect(world, Reason.NOT_SUBSCRIBED, "reader", "secret/a")))
                .contains("its subscription to secret/# was refused");
    }

    @Conversation
    void itSubscribedLater(World world) {
        Peer reader = world.connected("reader");
        world.connected("sender").publish("t", "x", 1);
        reader.ping();
        if (world.venue().isVirtual()) {
            world.advance(Duration.ofSeconds(1));
        }
        reader.subscribe("t", 1);
        expect(world, Reason.SUBSCRIBED_LATER, "reader", "t");
    }

    @Conversation(MEMORY)
    void anEarlierOneCameAndTheLastOneNot(World world) {
        Peer reader = world.connected("reader");
        reader.subscribe("t", 1);
        Peer sender = world.connected("sender");
        sender.publish("t", "1", 1);
        reader.receive("t", "1");
        reader.unsubscribe("t");
        world.advance(Duration.ofSeconds(1));
        sender.publish("t", "2", 1);
        world.advance(Duration.ofSeconds(1));
        reader.subscribe("t", 1);
        WhyAnswer answer = expect(world, Reason.SUBSCRIBED_LATER, "reader", "t");
        assertThat(answer.findings()).anyMatch(finding -> finding.reason() == Reason.DELIVERED);
    }

    @Conversation
    void itMayNotReceiveIt(World world) {
        world.with(new ScriptedAuthorizer().inPart("#").deny(Kind.RECEIVE, "secret"));
        Peer reader = world.connected("reader");
        reader.subscribe("#", 1);
        world.connected("sender").publish("secret", "x", 1);
        WhyAnswer answer = expect(world, Reason.RECEIVE_DENIED, "reader", "secret");
        assertThat(answer.findings().getFirst().sentence()).contains("may not receive secret");
        assertThat(answer.principal()).get().matches(it -> it.clientId().equals("reader"));
    }

    @Conversation
    void thePublisherMayNot(World world) {
        world.with(new ScriptedAuthorizer().deny(Kind.PUBLISH, "cmd"));
        Peer reader = world.connected("reader");
        reader.subscribe("cmd", 1);
        world.connected("sender").publishRefusable(Pub.of("cmd", "x").qos(1));
        WhyAnswer answer = expect(world, Reason.PUBLISH_DENIED, "reader", "cmd");
        assertThat(sentence(answer)).contains("not taken from sender: not authorized");
    }

    @Conversation
    void thePublishWasRefusedForAnotherReason(World world) {
        world.with("topicLevelsMax", 3);
        Peer reader = world.connected("reader");
        reader.subscribe("#", 1);
        world.connected("sender").publishRefusable(Pub.of("a/b/c/d", "x").qos(1));
        WhyAnswer answer = expect(world, Reason.PUBLISH_REFUSED, "reader", "a/b/c/d");
        assertThat(sentence(answer)).contains("too many levels");
    }

    @Conversation(MEMORY)
    void itHasExpired(World world) {
        Peer reader = world.client("reader");
        reader.connect(it -> it.persistent());
        reader.subscribe("t", 1);
        reader.drop();
        awaitAway(world, "reader");
        world.connected("sender").publish(Pub.of("t", "x").qos(1).property(Property.MESSAGE_EXPIRY_INTERVAL, 5));
        assertThat(sentence(expect(world, Reason.QUEUED, "reader", "t"))).contains("it is not connected");
        world.advance(Duration.ofSeconds(10));
        reader.open();
        reader.connect(it -> it.persistent());
        reader.expectNothing();
        expect(world, Reason.EXPIRED, "reader", "t");
    }

    @Conversation
    void itIsItsOwnAndNoLocal(World world) {
        Peer client = world.connected("client");
        client.subscribe(Raw.noLocal("t", 1));
        client.publish("t", "x", 1);
        expect(world, Reason.NO_LOCAL, "client", "t");
    }

    @Conversation
    void theQueueWasFull(World world) {
        world.with("queueMessagesMax", 2).with("queuePolicy", QueuePolicy.DROP_NEWEST);
        Peer reader = world.client("reader");
        reader.connect(it -> it.persistent());
        reader.subscribe("t/#", 1);
        reader.drop();
        awaitAway(world, "reader");
        Peer sender = world.connected("sender");
        sender.publish("t/1", "x", 1);
        sender.publish("t/2", "x", 1);
        sender.publish("t/3", "x", 1);
        expect(world, Reason.QUEUE_FULL, "reader", "t/3");
    }

    @Conversation(MEMORY)
    void theQueueWasFullAndTheOldestWent(World world) {
        world.with("queueMessagesMax", 2).with("queuePolicy", QueuePolicy.DROP_OLDEST);
        Peer reader = world.client("reader");
        reader.connect(it -> it.property(Property.RECEIVE_MAXIMUM, 1));
        reader.subscribe("t/#", 1);
        for (int i = 0; i < 4; i++) { // who publishes to a full queue is slowed down
            world.connected("sender-" + i).publish("t/" + i, "x", 1);
        }
        expect(world, Reason.IN_FLIGHT, "reader", "t/0");
        expect(world, Reason.QUEUE_FULL, "reader", "t/1");
        assertThat(sentence(expect(world, Reason.QUEUED, "reader", "t/3")))
                .contains("it has 1 unacknowledged messages, as many as it takes at once");
    }

    @Conversation
    void theSharedGroupGaveItToAnother(World world) {
        Peer first = world.connected("first");
        first.subscribe("$share/g/t", 1);
        Peer second = world.connected("second");
        second.subscribe("$share/g/t", 1);
        world.connected("sender").publish("t", "x", 1);
        boolean toFirst = why(world, "first", "t").verdict() != Reason.SHARED_GROUP;
        String other = toFirst ? "second" : "first";
        (toFirst ? first : second).receive("t", "x");
        WhyAnswer answer = expect(world, Reason.SHARED_GROUP, other, "t");
        assertThat(sentence(answer))
                .contains("the shared group $share/g/t gave it to " + (toFirst ? "first" : "second"));
    }

    @Conversation
    void itIsTooLarge(World world) {
        for (int qos = 0; qos <= 1; qos++) {
            String topic = "t/" + qos;
            Peer reader = world.client("reader-" + qos);
            reader.connect(it -> it.property(Property.MAXIMUM_PACKET_SIZE, 64));
            reader.subscribe("t/#", 1);
            Peer sender = world.connected("sender-" + qos);
            sender.publish(topic, "x".repeat(100), qos);
            sender.ping();
            reader.ping();
            assertThat(sentence(expect(world, Reason.TOO_LARGE, "reader-" + qos, topic)))
                    .contains("64 bytes");
        }
    }

    @Conversation
    void itIsOfflineAndClean(World world) {
        Peer reader = world.connected("reader");
        reader.subscribe("t", 1);
        reader.disconnect();
        awaitAway(world, "reader");
        Peer sender = world.connected("sender");
        sender.publish("t", "x", 1);
        assertThat(sentence(expect(world, Reason.NO_SESSION, "reader", "t"))).contains("its session expiry is 0");
        assertThat(sentence(expect(world, Reason.NO_SESSION, "nobody", "t"))).contains("was not here in this time");
    }

    @Conversation
    void itWasAwayAndTheMessageHadQos0(World world) {
        Peer reader = world.client("reader");
        reader.connect(it -> it.persistent());
        reader.subscribe("t", 1);
        reader.drop();
        awaitAway(world, "reader");
        Peer sender = world.connected("sender");
        sender.publish("t", "x", 0);
        sender.ping();
        expect(world, Reason.AWAY, "reader", "t");
    }

    @Conversation
    void itIsStillInFlight(World world) {
        Peer reader = world.connected("reader");
        reader.subscribe("t", 1);
        world.connected("sender").publish("t", "x", 1);
        Publish publish = reader.expectPublish("t", "x");
        WhyAnswer answer = expect(world, Reason.IN_FLIGHT, "reader", "t");
        assertThat(sentence(answer)).contains("not acknowledged: packet " + publish.packetId());
        reader.acknowledge(publish);
        reader.ping();
        expect(world, Reason.DELIVERED, "reader", "t");
    }

    @Conversation
    void nothingWasPublishedAtAll(World world) {
        Peer reader = world.connected("reader");
        reader.subscribe("t", 1);
        world.connected("sender").publish("T", "x", 1);
        expect(world, Reason.NOTHING_PUBLISHED, "reader", "t");
    }

    @Conversation(MEMORY)
    void itReadsTooSlowly(World world) {
        world.with("socketBytesMax", 10L);
        Peer reader = world.connected("reader");
        reader.subscribe("t", 0);
        Peer sender = world.connected("sender");
        sender.sendBytes(Batch.publishes(100, "t", QoS.AT_MOST_ONCE, 64, ProtocolVersion.V5)); // many in one tick
        WhyAnswer answer = why(world, "reader", "t");
        assertThat(answer.findings())
                .extracting(WhyAnswer.Finding::reason)
                .contains(Reason.SOCKET_FULL, Reason.DELIVERED);
    }

    @Conversation
    void aFanOutIsRecordedForEachReceiver(World world) {
        for (int i = 0; i < 20; i++) {
            world.connected("reader-" + i).subscribe("t", 0);
        }
        Peer sender = world.connected("sender");
        sender.send(Pub.of("t", "1"));
        sender.send(Pub.of("t", "2"));
        sender.ping();
        for (int i = 0; i < 20; i++) {
            WhyAnswer answer = expect(world, Reason.DELIVERED, "reader-" + i, "t");
            assertThat(answer.findings().getFirst().count()).isEqualTo(2);
        }
    }

    @Conversation(MEMORY)
    void underLoadItSaysThatOnlySomeAreKnownAndCountsThemAll(World world) {
        Peer reader = world.connected("reader");
        reader.subscribe("t", 0);
        Peer sender = world.connected("sender");
        int messages = 0;
        for (int window = 0; window < 10; window++) {
            for (int i = 0; i < 1_000; i++) {
                sender.send(Pub.of("t", "x"));
                messages++;
            }
            reader.drain();
            world.advance(Duration.ofMillis(100));
        }
        WhyAnswer answer = why(world, "reader", "t");
        assertThat(answer.verdict()).isEqualTo(Reason.DELIVERED);
        assertThat(answer.oneIn()).isBetween(4, 16);
        assertThat(answer.findings().getFirst().count()).isBetween(messages * 9L / 10, messages * 11L / 10);
        world.advance(Duration.ofSeconds(1));
        sender.send(Pub.of("rare", "x")); // and when it is quiet again, all is kept
        sender.send(Pub.of("rare", "x"));
        assertThat(why(world, "nobody", "rare").findings().getLast().count()).isEqualTo(2);
    }

    @Conversation
    void theHistoryOfAClient(World world) {
        world.with(new ScriptedAuthorizer().deny(Kind.PUBLISH, "no").deny(Kind.SUBSCRIBE, "no"));
        Peer client = world.connected("client");
        client.subscribe("a", 1);
        client.subscribe(Raw.to("no", 0));
        client.publishRefusable(Pub.of("no", "x").qos(1));
        client.publish("a", "x", 0);
        client.receive("a", "x");
        client.unsubscribe("a");
        client.disconnect();
        world.connected("other").ping();
        Why.History all = world.broker().why().history("client", SINCE, true);
        assertThat(all.events())
                .extracting(Why.Event::what)
                .containsExactly(
                        Happening.CONNECTED,
                        Happening.SUBSCRIBED,
                        Happening.SUBSCRIBE_REFUSED,
                        Happening.PUBLISH_DENIED,
                        Happening.PUBLISHED,
                        Happening.SENT,
                        Happening.UNSUBSCRIBED,
                        Happening.DISCONNECTED,
                        Happening.SESSION_ENDED);
        List<Why.Event> life =
                world.broker().why().history("client", SINCE, false).events();
        assertThat(life).hasSize(6).first().matches(it -> it.other().contains("MQTT 5 from"));
    }
}
