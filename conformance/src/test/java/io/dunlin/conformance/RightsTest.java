package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Identity;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthenticator;
import io.dunlin.testkit.ScriptedAuthorizer;
import io.dunlin.testkit.VirtualClock;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** What clients may do, over the life of their sessions: rights of deliveries, rights that change, logins that end. */
class RightsTest {
    private static final String METHOD = "TOKEN";

    private static void review(World world) {
        world.broker().review(principal -> Optional.empty());
        world.settle();
    }

    private static ScriptedAuthorizer inPart() {
        return new ScriptedAuthorizer().inPart("#").deny(Kind.RECEIVE, "secret");
    }

    @Conversation
    void sendsOnlyWhatTheClientMayReceive(World world, ProtocolVersion version) {
        world.with(inPart());
        Peer reader = world.connected("reader", version);
        reader.subscribe("#", 2);
        Peer sender = world.connected("sender", version);
        for (int qos = 0; qos <= 2; qos++) {
            sender.publish("secret", "no", qos);
            sender.publish("open", "yes " + qos, qos);
            reader.receive("open", "yes " + qos);
        }
        reader.expectNothing();
        reader.check(world.counted(Counter.DROPPED_NOT_AUTHORIZED) == 3, "dropped");
    }

    @Conversation
    void sendsOnlyTheRetainedMessagesThatTheClientMayReceive(World world) {
        world.with(inPart());
        Peer sender = world.connected("sender");
        sender.publish(Pub.of("secret", "no").qos(1).retain());
        sender.publish(Pub.of("open", "yes").qos(1).retain());
        Peer reader = world.connected("reader");
        reader.subscribe("#", 1);
        reader.receive("open", "yes");
        reader.expectNothing();
    }

    @Conversation(MEMORY)
    void asksOnceForEachTopicAndAction(World world) {
        ScriptedAuthorizer rights = new ScriptedAuthorizer().inPart("#");
        world.with(rights);
        Peer reader = world.connected("reader");
        reader.subscribe("#", 0);
        Peer sender = world.connected("sender");
        for (int i = 0; i < 100; i++) {
            sender.send(Pub.of("a", "1"));
            sender.send(Pub.of("b", "2"));
            reader.expectPublish("a", "1");
            reader.expectPublish("b", "2");
        }
        reader.check(rights.asked() == 1 + 4, "asked " + rights.asked() + " times");
        rights.deny(Kind.PUBLISH, "a");
        sender.send(Pub.of("a", "3"));
        sender.send(Pub.of("b", "4"));
        reader.expectPublish("b", "4");
        reader.expectNothing();
    }

    @Conversation(MEMORY)
    void remembersTheVerdictsOfManyTopicsRight(World world) {
        ScriptedAuthorizer rights = new ScriptedAuthorizer();
        world.with(rights);
        Peer reader = world.connected("reader");
        reader.subscribe("#", 0);
        Peer sender = world.connected("sender");
        for (int i = 0; i < 700; i += 3) {
            rights.deny(Kind.PUBLISH, "t/" + i);
        }
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 700; i++) {
                sender.send(Pub.of("t/" + i, "x"));
                if (i % 3 != 0) {
                    reader.expectPublish("t/" + i, "x");
                }
            }
            reader.expectNothing();
        }
    }

    @Conversation(MEMORY)
    void asksAgainWhenAVerdictHasRunOut(World world) {
        ScriptedAuthorizer rights = new ScriptedAuthorizer();
        world.with(rights);
        Peer sender = world.connected("sender");
        rights.goodUntil(VirtualClock.START_NANOS
                + Duration.ofMillis(world.venue().millis()).plusSeconds(5).toNanos());
        sender.publish("t", "1", 1);
        sender.publish("t", "2", 1);
        long asked = rights.asked();
        world.advance(Duration.ofSeconds(6));
        sender.publish("t", "3", 1);
        sender.check(rights.asked() == asked + 1, "asked " + rights.asked() + " times");
    }

    @Conversation(MEMORY)
    void holdsDeliveriesInOrderWhileSomebodyElseIsAsked(World world, ProtocolVersion version) {
        ScriptedAuthorizer late = new ScriptedAuthorizer().inPart("#").deny(Kind.RECEIVE, "secret");
        world.with(late);
        Peer reader = world.connected("reader", version);
        reader.subscribe("#", 1);
        Peer sender = world.connected("sender", version);
        sender.publish("a", "warm", 1); // the sender's right is known from here on
        reader.receive("a", "warm");
        sender.publish("secret", "no", 1);
        sender.publish("b", "warm", 1);
        reader.receive("b", "warm");
        late.deny(Kind.RECEIVE, "other"); // all is asked anew
        sender.publish("a", "warm again", 1);
        reader.receive("a", "warm again");
        late.hold();
        Peer quick = world.connected("quick", version);
        quick.send(Pub.of("x/1", "0 of one").qos(0));
        quick.send(Pub.of("secret", "no").qos(1));
        quick.send(Pub.of("x/1", "1 of one").qos(1));
        quick.send(Pub.of("x/2", "two").qos(0));
        reader.expectNothing();
        late.answer();
        world.settle();
        List<String> got = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 3; i++) {
            Publish publish = reader.expect(Publish.class);
            reader.acknowledge(publish);
            got.add(Peer.text(publish));
        }
        reader.check(got.indexOf("0 of one") < got.indexOf("1 of one") && got.contains("two"), "the order was " + got);
        reader.expectNothing();
    }

    @Conversation
    void whoLosesASubscriptionIsDisconnectedAndFindsItGone(World world) {
        ScriptedAuthorizer rights = new ScriptedAuthorizer();
        world.with(rights);
        Peer reader = world.client("reader");
        reader.connect(it -> it.persistent());
        reader.subscribe("a", 1);
        reader.subscribe("b", 1);
        Peer other = world.connected("other");
        other.subscribe("b", 1);
        rights.deny(Kind.SUBSCRIBE, "a");
        review(world);
        Disconnect told = reader.expectDisconnect(ReasonCode.NOT_AUTHORIZED);
        reader.check(
                told == null
                        || String.valueOf(told.properties().text(Property.REASON_STRING))
                                .contains(" a"),
                "got " + told);
        other.ping();
        reader.open();
        reader.connect(it -> it.persistent());
        Peer sender = world.connected("sender");
        sender.publish("a", "no", 1);
        sender.publish("b", "yes", 1);
        reader.receive("b", "yes");
        reader.expectNothing();
    }

    @Conversation
    void whatWaitedForAnAbsentClientIsHeldAgainstTheRightsOfNow(World world) {
        ScriptedAuthorizer rights = new ScriptedAuthorizer();
        world.with(rights);
        Peer reader = world.client("reader");
        reader.connect(it -> it.persistent());
        reader.subscribe("#", 1);
        reader.drop();
        Peer sender = world.connected("sender");
        sender.publish("secret", "no", 1);
        sender.publish("open", "yes", 1);
        rights.deny(Kind.RECEIVE, "secret");
        reader.open();
        reader.connect(it -> it.persistent());
        reader.receive("open", "yes");
        reader.expectNothing();
    }

    @Conversation
    void whoMayNotStayIsDisconnected(World world) {
        Peer gone = world.connected("gone");
        Peer stays = world.connected("stays");
        world.broker()
                .review(principal ->
                        principal.clientId().equals("gone") ? Optional.of("the user was removed") : Optional.empty());
        world.settle();
        gone.expectDisconnect(ReasonCode.NOT_AUTHORIZED);
        stays.ping();
    }

    @Conversation(MEMORY)
    void whoLogsInWhileAllAreReviewedIsReviewedToo(World world) {
        ScriptedAuthenticator slow = ScriptedAuthenticator.acceptAll().hold();
        world.with(slow);
        Peer late = world.client("late");
        late.sendConnect(it -> it.credentials("ann", "old password"));
        world.settle();
        world.broker()
                .review(principal -> "ann".equals(principal.username())
                        ? Optional.of("the password was changed")
                        : Optional.empty());
        world.settle();
        slow.answer();
        late.expectConnack(ReasonCode.SUCCESS);
        late.expectDisconnect(ReasonCode.NOT_AUTHORIZED);
    }

    @Conversation(MEMORY)
    void aLoginMayEndInAThousandYears(World world) {
        world.with(tokens(world, Duration.ofDays(365_000)));
        Peer client = world.client("c");
        client.connect(it -> it.property(Property.AUTHENTICATION_METHOD, METHOD));
        world.advance(Duration.ofDays(2));
        client.ping();
    }

    // ---- other users, late answers, ends of verdicts

    @Conversation
    @Clause("MQTT-3.2.2-2")
    void nobodyInheritsTheSessionOfAnotherUser(World world, ProtocolVersion version) {
        Peer alice = world.client("c", version);
        alice.connect(it -> it.persistent().credentials("alice", "a"));
        alice.subscribe("t", 1);
        world.connected("sender").publish("t", "for alice", 1);
        alice.expectPublish("t", "for alice"); // and does not acknowledge it
        alice.drop();
        Peer mallory = world.client("c", version);
        Connack connack = mallory.connect(it -> it.persistent().credentials("mallory", "m"));
        mallory.check(!connack.sessionPresent(), "the session of another user");
        mallory.expectNothing();
    }

    @Conversation(MEMORY)
    void aVerdictForOneUserIsNotTakenForAnother(World world) {
        ScriptedAuthorizer late = new ScriptedAuthorizer().denyQuietly("mallory", Kind.PUBLISH, "cmd");
        world.with(late);
        Peer watcher = world.connected("watcher");
        watcher.subscribe("#", 0);
        Peer alice = world.client("c");
        alice.connect(it -> it.credentials("alice", "a"));
        late.hold();
        alice.send(Pub.of("cmd", "alice").qos(1));
        world.settle();
        Peer mallory = world.client("c");
        mallory.connect(it -> it.credentials("mallory", "m"));
        late.answer();
        world.settle();
        mallory.check(mallory.publishRefusable(Pub.of("cmd", "mallory").qos(1)) == ReasonCode.NOT_AUTHORIZED, "PUBACK");
        watcher.expectNothing();
    }

    @Conversation(MEMORY)
    void aSubscribeUnderWayIsAskedAboutAgainAfterAChange(World world) {
        ScriptedAuthorizer late = new ScriptedAuthorizer().hold();
        world.with(late);
        Peer client = world.connected("c");
        client.send(new Subscribe(5, Properties.NONE, List.of(Raw.to("secret", 1))));
        world.settle();
        late.deny(Kind.SUBSCRIBE, "secret").deny(Kind.RECEIVE, "secret");
        review(world);
        late.answer();
        client.expect(Suback.class, it -> it.reasons().equals(List.of(ReasonCode.NOT_AUTHORIZED)), "a refusal");
        world.connected("sender").publish("secret", "x", 1);
        client.expectNothing();
    }

    @Conversation(MEMORY)
    void whatAnOperatorSubscribesIsAskedAboutAgainAfterAChange(World world) {
        ScriptedAuthorizer late = new ScriptedAuthorizer().hold();
        world.with(late);
        world.connected("c");
        CompletionStage<Optional<ReasonCode>> subscribed = subscribe(world, "secret");
        late.deny(Kind.SUBSCRIBE, "secret");
        review(world);
        late.answer();
        world.settle();
        assertThat(subscribed.toCompletableFuture()).isCompletedWithValue(Optional.of(ReasonCode.NOT_AUTHORIZED));
    }

    @Conversation(MEMORY)
    void whatAnOperatorSubscribesIsForTheClientThatWasThere(World world) {
        ScriptedAuthorizer late = new ScriptedAuthorizer().hold();
        world.with(late);
        Peer alice = world.client("c");
        alice.connect(it -> it.persistent().credentials("alice", "a"));
        CompletionStage<Optional<ReasonCode>> subscribed = subscribe(world, "secret");
        late.denyQuietly("mallory", Kind.SUBSCRIBE, "secret");
        world.client("c").connect(it -> it.persistent().credentials("mallory", "m"));
        late.answer();
        world.settle();
        assertThat(subscribed.toCompletableFuture())
                .isCompletedWithValue(Optional.of(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR));
        assertThat(world.broker().totals().subscriptions()).isZero();
    }

    private static CompletionStage<Optional<ReasonCode>> subscribe(World world, String filter) {
        CompletionStage<Optional<ReasonCode>> subscribed =
                world.broker().views().subscribe("c", new SubscriptionRequest(filter, QoS.AT_LEAST_ONCE));
        world.settle();
        assertThat(subscribed.toCompletableFuture()).isNotDone();
        return subscribed;
    }

    @Conversation(MEMORY)
    void anAnswerThatIsNotToBeRememberedHoldsForItsMessage(World world) {
        ScriptedAuthorizer late = new ScriptedAuthorizer()
                .inPart("#")
                .deny(Kind.RECEIVE, "secret")
                .asynchronous()
                .goodUntil(VirtualClock.START_NANOS);
        world.with(late);
        Peer reader = world.connected("reader");
        reader.subscribe("#", 1);
        Peer sender = world.connected("sender");
        for (int i = 0; i < 3; i++) {
            sender.publish("a", "zero " + i, 0);
            sender.publish("secret", "no", 1);
            sender.publish("a", "one " + i, 1);
            reader.receive("a", "zero " + i);
            reader.receive("a", "one " + i);
        }
        reader.expectNothing();
        reader.check(late.asked() < 100, "asked " + late.asked() + " times");
    }

    @Conversation(MEMORY)
    void aSubscriptionThatIsAllowedForATimeIsAskedAboutAgain(World world) {
        ScriptedAuthorizer rights = new ScriptedAuthorizer()
                .goodUntil(VirtualClock.START_NANOS + Duration.ofSeconds(20).toNanos());
        world.with(rights);
        Peer client = world.client("c");
        client.connect(it -> it.credentials("ann", "a"));
        client.subscribe("a", 1);
        rights.denyQuietly("ann", Kind.SUBSCRIBE, "a");
        world.advance(Duration.ofSeconds(15));
        client.ping();
        world.advance(Duration.ofSeconds(10));
        client.expectDisconnect(ReasonCode.NOT_AUTHORIZED);
    }

    @Conversation
    void aMemberWithoutTheRightTakesNothingFromASharedGroup(World world) {
        world.with(
                new ScriptedAuthorizer().inPart("stranger", "secret").denyQuietly("stranger", Kind.RECEIVE, "secret"));
        Peer stranger = world.client("stranger");
        stranger.connect(it -> it.credentials("stranger", "s"));
        stranger.subscribe("$share/g/secret", 1);
        Peer member = world.client("member");
        member.connect(it -> it.credentials("member", "m"));
        member.subscribe("$share/g/secret", 1);
        Peer sender = world.connected("sender");
        for (int i = 0; i < 4; i++) {
            sender.publish("secret", "x" + i, 1);
            member.receive("secret", "x" + i);
        }
        stranger.expectNothing();
    }

    @Conversation
    void theWillOfWhoMayNotPublishIsNotSent(World world) {
        world.with(new ScriptedAuthorizer().deny(Kind.PUBLISH, "secret"));
        Peer watcher = world.connected("watcher");
        watcher.subscribe("#", 0);
        Peer first = world.client("first");
        first.connect(it -> it.will("secret", "gone"));
        first.drop();
        Peer second = world.client("second");
        second.connect(it -> it.will("open", "gone"));
        second.drop();
        watcher.expectPublish("open", "gone");
        watcher.expectNothing();
    }

    @Conversation(MEMORY)
    void tellsWhatIsDenied(World world) {
        List<String> denied = new CopyOnWriteArrayList<>();
        world.with(new ScriptedAuthorizer()
                        .inPart("#")
                        .deny(Kind.PUBLISH, "p")
                        .deny(Kind.SUBSCRIBE, "s")
                        .deny(Kind.RECEIVE, "r"))
                .with(new Denials(denied));
        Peer client = world.connected("c");
        client.subscribe(Raw.to("s", 2), Raw.to("#", 0));
        client.publishRefusable(Pub.of("p", "x").qos(1));
        client.publish("r", "x", 0);
        client.ping();
        world.settle();
        client.check(denied.equals(List.of("c SUBSCRIBE_2 s", "c PUBLISH_1 p", "c RECEIVE r")), "it told " + denied);
    }

    // ---- logins with an end

    private record Until(long endsAtMillis) implements Identity {}

    private static ScriptedAuthenticator tokens(World world, Duration life) {
        return ScriptedAuthenticator.acceptAll()
                .method(
                        METHOD,
                        data -> new Outcome.Accepted(
                                new Principal(
                                        "c",
                                        "user",
                                        new Until(VirtualClock.START_WALL_MILLIS
                                                + world.venue().millis()
                                                + life.toMillis())),
                                null));
    }

    private static Auth again() {
        return new Auth(
                ReasonCode.REAUTHENTICATE,
                Properties.builder()
                        .text(Property.AUTHENTICATION_METHOD, METHOD)
                        .build());
    }

    @Conversation(MEMORY)
    void theEndOfALoginEndsTheConnection(World world) {
        world.with(tokens(world, Duration.ofMinutes(1)));
        Peer client = world.client("c");
        client.connect(it -> it.property(Property.AUTHENTICATION_METHOD, METHOD));
        world.advance(Duration.ofSeconds(59));
        client.ping();
        world.advance(Duration.ofSeconds(2));
        client.expectDisconnect(ReasonCode.NOT_AUTHORIZED);
    }

    @Conversation(MEMORY)
    @Clause("MQTT-4.12.1-1")
    void aLoginCanBeRenewed(World world) {
        world.with(tokens(world, Duration.ofMinutes(1)));
        Peer client = world.client("c");
        client.connect(it -> it.property(Property.AUTHENTICATION_METHOD, METHOD));
        world.advance(Duration.ofSeconds(50));
        client.send(again());
        client.expectAuth(ReasonCode.SUCCESS);
        world.advance(Duration.ofSeconds(50));
        client.ping();
        world.advance(Duration.ofSeconds(20));
        client.expectDisconnect(ReasonCode.NOT_AUTHORIZED);
    }

    /** Notes what was denied. */
    private record Denials(List<String> all) implements BrokerEvents {
        @Override
        public void denied(Principal principal, Action action, String topic) {
            all.add(principal.clientId() + " " + action + " " + topic);
        }
    }
}
