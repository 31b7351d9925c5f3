package io.dunlin.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.admin.Page;
import io.dunlin.broker.admin.SessionView;
import io.dunlin.broker.admin.Views;
import io.dunlin.broker.routing.TopicFigures;
import io.dunlin.broker.session.SessionFigures;
import io.dunlin.broker.session.WaitingMessage;
import io.dunlin.broker.session.WaitingMessage.State;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What administrators see of sessions, with two shards in memory and a journal that has what is stored. */
class ViewsTest {
    private static final Comparator<SessionView> BY_ID = Comparator.comparing(SessionView::clientId);

    private final DelayedJournal journal = new DelayedJournal();
    private final World world = World.inMemory().with(journal);

    @AfterEach
    void end() {
        world.close();
    }

    private Views views() {
        return world.broker().views();
    }

    private <T> T ask(CompletionStage<T> stage) {
        world.settle();
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    private SessionView session(String id) {
        return views().session(id).orElseThrow();
    }

    private SessionFigures figures(String id) {
        Map<String, SessionFigures> figures = ask(views().figures(List.of(id, "nobody")));
        assertThat(figures).containsOnlyKeys(id);
        return Objects.requireNonNull(figures.get(id));
    }

    @Test
    void aCardFollowsItsClient() {
        world.connected("other");
        Peer peer = world.client("press", ProtocolVersion.V3_1_1);
        peer.connect(it -> it.cleanStart(false).keepAlive(30));
        SessionView here = session("press");
        assertThat(here.card().connected()).isTrue();
        assertThat(here.card().version()).isEqualTo(ProtocolVersion.V3_1_1);
        assertThat(here.card().keepAliveSeconds()).isEqualTo(30);
        assertThat(here.card().cleanStart()).isFalse();
        assertThat(here.isLasting()).isTrue();
        long came = here.card().connectedWallMillis();
        assertThat(here.card().createdWallMillis()).isEqualTo(came);
        assertThat(here.card().disconnectedWallMillis()).isZero();

        world.advance(Duration.ofSeconds(5));
        peer.drop();
        SessionView away = session("press");
        assertThat(away.card().connected()).isFalse();
        assertThat(away.card().disconnectedWallMillis()).isEqualTo(came + 5_000);
        assertThat(away.card().connection()).isNotNull();
        Page<SessionView> gone = views().sessions(view -> !view.card().connected(), BY_ID, new Page.Wanted(1, 10));
        assertThat(gone.rows()).extracting(SessionView::clientId).containsExactly("press");
        assertThat(gone.count()).isEqualTo(1);

        world.advance(Duration.ofSeconds(5));
        peer.connect(it -> it.cleanStart(false).keepAlive(30));
        assertThat(session("press").card().createdWallMillis()).isEqualTo(came);
        assertThat(session("press").card().connectedWallMillis()).isEqualTo(came + 10_000);
        assertThat(views().session("nobody")).isEmpty();
    }

    @Test
    void whatGoesInAndOutIsCountedFromTheFirstMessageOn() {
        Peer silent = world.connected("silent");
        silent.ping();
        assertThat(figures("silent").bytesIn()).isZero();

        Peer loud = world.connected("loud");
        Peer listening = world.connected("listening");
        listening.subscribe("t/#", 0);
        loud.publish("t/a", "12345", 1);
        loud.publish("t/b", "12345", 0);
        SessionFigures out = figures("loud");
        assertThat(out.messagesIn()).isEqualTo(2);
        assertThat(out.messagesOut()).isZero();
        assertThat(out.bytesIn()).isBetween(20L, 60L);
        SessionFigures in = figures("listening");
        assertThat(in.messagesOut()).isEqualTo(2);
        assertThat(in.messagesIn()).isZero();
        assertThat(in.bytesOut()).isBetween(20L, 60L);
        assertThat(in.subscriptions()).isEqualTo(1);
        assertThat(session("listening").glance()).isEqualTo(in);
    }

    @Test
    void aLongQueueIsShownPageByPage() {
        Peer away = world.client("away");
        away.connect(it -> it.persistent());
        away.subscribe("q", 1);
        away.drop();
        Peer sender = world.connected("sender");
        int messages = 1_500; // more than the ends of a queue that are in memory
        IntStream.range(0, messages).forEach(i -> sender.publish("q", "message " + i, 1));
        assertThat(figures("away").queued()).isEqualTo(messages);

        List<String> seen = new ArrayList<>();
        for (int page = 1; seen.size() < messages; page++) {
            List<WaitingMessage> part = queued("away", page, 97);
            assertThat(part).isNotEmpty();
            part.forEach(each -> seen.add(new String(each.payload(), StandardCharsets.UTF_8)));
        }
        assertThat(seen).hasSize(messages);
        for (int i = 0; i < messages; i++) {
            assertThat(seen.get(i)).isEqualTo("message " + i);
        }
        assertThat(queued("away", messages, 100)).isEmpty();
        WaitingMessage first = queued("away", 1, 1).getFirst();
        assertThat(first.topic()).isEqualTo("q");
        assertThat(first.publisher()).isEqualTo("sender");
        assertThat(first.state()).isEqualTo(State.QUEUED);
        assertThat(ask(views().queued("nobody", new Page.Wanted(1, 1), 0))).isEmpty();

        away.connect(it -> it.cleanStart(false).persistent()); // nothing was taken from it by looking
        Publish next = away.expectPublish("q", "message 0");
        assertThat(figures("away").inFlight()).isPositive();
        List<WaitingMessage> sent =
                ask(views().inFlight("away", new Page.Wanted(1, 2), 3)).orElseThrow();
        assertThat(sent).hasSize(2);
        assertThat(sent.getFirst().packetId()).isEqualTo(next.packetId());
        assertThat(sent.getFirst().state()).isEqualTo(State.SENT);
        assertThat(sent.getFirst().payload()).hasSize(3);
        assertThat(sent.getFirst().payloadBytes()).isEqualTo("message 0".length());
        away.acknowledge(next);
        world.settle();
        assertThat(ask(views().inFlight("away", new Page.Wanted(1, 1), 0))
                        .orElseThrow()
                        .getFirst()
                        .packetId())
                .isNotEqualTo(next.packetId());
    }

    private List<WaitingMessage> queued(String id, int page, int limit) {
        return ask(views().queued(id, new Page.Wanted(page, limit), 100)).orElseThrow();
    }

    @Test
    void messagesThatAQueueDropsAreCounted() {
        world.with("queueMessagesMax", 2);
        Peer away = world.client("away");
        away.connect(it -> it.persistent());
        away.subscribe("q", 1);
        away.drop();
        Peer sender = world.connected("sender");
        for (int i = 0; i < 5; i++) {
            sender.publish("q", "m", 1);
        }
        assertThat(figures("away").queued()).isEqualTo(2);
        assertThat(figures("away").queuedMax()).isEqualTo(2);
        assertThat(figures("away").dropped()).isEqualTo(3);
    }

    /** Who is told that a subscription is there, or is gone, may rely on it after a crash. */
    @Test
    void whatAnOperatorChangesIsStoredBeforeItIsAnswered() {
        Peer press = world.client("press");
        press.connect(it -> it.persistent());
        journal.hold();
        CompletionStage<Optional<ReasonCode>> subscribed =
                views().subscribe("press", new SubscriptionRequest("a/#", QoS.AT_LEAST_ONCE));
        world.settle();
        assertThat(subscribed.toCompletableFuture()).isNotDone();
        journal.store();
        assertThat(ask(subscribed)).contains(ReasonCode.GRANTED_QOS_1);

        CompletionStage<Optional<Boolean>> unsubscribed = views().unsubscribe("press", "a/#");
        world.settle();
        assertThat(unsubscribed.toCompletableFuture()).isNotDone();
        journal.store();
        assertThat(ask(unsubscribed)).contains(true);
        assertThat(ask(views().unsubscribe("press", "a/#"))).contains(false);
    }

    @Test
    void aSessionIsClearedConnectedOrNot() {
        Peer away = world.client("away");
        away.connect(it -> it.persistent());
        away.subscribe("q", 1);
        away.drop();
        assertThat(ask(views().clear("away", "cleared"))).isTrue();
        assertThat(views().session("away")).isEmpty();
        assertThat(world.broker().totals().subscriptions()).isZero();
        assertThat(ask(views().clear("away", "cleared"))).isFalse();

        Peer here = world.client("here");
        here.connect(it -> it.persistent());
        here.subscribe("q", 1);
        var cleared = views().clear("here", "cleared");
        world.settle();
        Disconnect end = here.expectDisconnect(ReasonCode.ADMINISTRATIVE_ACTION);
        assertThat(end).isNotNull();
        assertThat(ask(cleared)).isTrue();
        assertThat(views().session("here")).isEmpty();
        assertThat(here.connect(it -> it.cleanStart(false).persistent()).sessionPresent())
                .isFalse();
    }

    @Test
    void subscriptionsOfAllAreFoundByTopicAndFilter() {
        Peer a = world.connected("a");
        a.subscribe("plant/+/temp", 1);
        a.subscribe("#", 0);
        Peer b = world.connected("b");
        b.subscribe("$share/g/plant/1/temp", 2);
        b.subscribe("other", 0);
        var all = views().subscriptions(
                        Optional.empty(),
                        each -> true,
                        Comparator.comparing(each -> each.filter().text()),
                        new Page.Wanted(1, 3));
        assertThat(all.count()).isEqualTo(4);
        assertThat(all.rows())
                .extracting(each -> each.filter().text())
                .containsExactly("#", "$share/g/plant/1/temp", "other");
        var matching = views().subscriptions(
                        Optional.of(TopicName.of("plant/1/temp")),
                        each -> each.qos().value() > 0,
                        Comparator.comparing(each -> each.filter().text()),
                        new Page.Wanted(1, 10));
        assertThat(matching.rows())
                .extracting(each -> each.filter().text())
                .containsExactly("$share/g/plant/1/temp", "plant/+/temp");
        assertThat(ask(views().subscriptions("b")).orElseThrow()).hasSize(2);
        assertThat(ask(views().subscriptions("nobody"))).isEmpty();
    }

    @Test
    void administratorsSubscribeForAClientAndTakeItBack() {
        Peer peer = world.client("press");
        peer.connect(it -> it.persistent());
        Peer sender = world.connected("sender");
        sender.publish(Pub.of("t/kept", "old").qos(1).retain());
        var wanted = new SubscriptionRequest("t/#", QoS.AT_LEAST_ONCE);
        assertThat(ask(views().subscribe("press", wanted))).contains(ReasonCode.GRANTED_QOS_1);
        peer.acknowledge(peer.expectPublish("t/kept", "old"));
        sender.publish("t/1", "new", 1);
        peer.acknowledge(peer.expectPublish("t/1", "new"));
        assertThat(ask(views().subscribe("press", new SubscriptionRequest("t/#/x", QoS.AT_LEAST_ONCE))))
                .contains(ReasonCode.TOPIC_FILTER_INVALID);
        assertThat(ask(views().subscribe("nobody", wanted))).isEmpty();
        assertThat(ask(views().unsubscribe("press", "t/#"))).contains(true);
        assertThat(ask(views().unsubscribe("press", "t/#"))).contains(false);
        sender.publish("t/1", "unheard", 1);
        peer.expectNothing();
    }

    @Test
    void topicsAreCountedOnEveryShardAndThroughChangesOfSubscriptions() {
        Peer a = world.connected("a");
        Peer b = world.connected("b"); // on another shard
        a.publish("t", "12", 0);
        a.publish("t", "123", 1);
        b.publish("t", "1234", 0);
        TopicFigures before = topic("t");
        assertThat(before.messages()).isEqualTo(3);
        assertThat(before.bytes()).isEqualTo(9);
        assertThat(before.last()).isNull(); // nobody had asked for values

        world.advance(Duration.ofSeconds(3));
        b.subscribe("t", 0); // who gets it is looked up anew, and counting goes on
        a.publish("t", "now", 0);
        TopicFigures after = topic("t");
        assertThat(after.messages()).isEqualTo(4);
        assertThat(after.lastNanos() - before.lastNanos()).isGreaterThanOrEqualTo(3_000_000_000L);
        assertThat(after.last()).isNotNull();

        world.advance(Duration.ofMinutes(5)); // nobody has looked
        a.publish("t", "late", 0);
        assertThat(topic("t").last()).isNull();
        assertThat(topics()).doesNotContainKey(TopicName.of("never"));
    }

    private TopicFigures topic(String name) {
        return Objects.requireNonNull(topics().get(TopicName.of(name)));
    }

    private Map<TopicName, TopicFigures> topics() {
        Map<TopicName, TopicFigures> all = new HashMap<>();
        ask(views().topics(60_000_000_000L)).forEach(snapshot -> snapshot.addTo(all));
        return all;
    }

    @Test
    void pagesAreInOrderWhereverTheyBegin() {
        List<Integer> all =
                IntStream.range(0, 50_000).map(i -> i * 7_919 % 50_000).boxed().toList();
        for (int limit : new int[] {1, 7, 1_000, 30_000}) {
            for (int page : new int[] {1, 2, 9, 50_000 / limit, 50_000 / limit + 1, 100_000}) {
                Page.Wanted wanted = new Page.Wanted(page, limit);
                Page<Integer> found =
                        Page.of(all::forEach, i -> i % 2 == 0, Comparator.<Integer>naturalOrder(), wanted);
                assertThat(found.count()).isEqualTo(25_000);
                long from = (page - 1L) * limit;
                List<Integer> expected = IntStream.range(
                                (int) Math.min(from, 25_000), (int) Math.min(from + limit, 25_000))
                        .mapToObj(i -> 2 * i)
                        .toList();
                assertThat(found.rows()).isEqualTo(expected);
                assertThat(found.hasNext(wanted)).isEqualTo(from + limit < 25_000);
            }
        }
    }
}
