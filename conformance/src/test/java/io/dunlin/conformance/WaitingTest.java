package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.admin.SessionView;
import io.dunlin.broker.port.LatencyHistogram;
import io.dunlin.broker.session.Lag;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.List;

/** How long messages take and wait, as the broker measures it. */
class WaitingTest {
    private static Lag lag(World world, String client) {
        return world.broker().views().session(client).map(SessionView::lag).orElseThrow();
    }

    private static Peer away(World world) {
        Peer reader = world.client("reader");
        reader.connect(it -> it.persistent());
        reader.subscribe("t", 1);
        reader.drop();
        world.settle();
        return reader;
    }

    /** Whether sender and receiver are on one shard or not is drawn by lot. */
    @Conversation(MEMORY)
    void oneMessageInAMillisecondIsTimedOnItsWay(World world) {
        List<Peer> readers = List.of(world.connected("reader-1"), world.connected("reader-2"));
        readers.get(0).subscribe("a", 1);
        readers.get(1).subscribe("b", 0);
        Peer sender = world.connected("sender");
        int timed = 0;
        for (int i = 0; i < 8; i++) {
            world.advance(Duration.ofMillis(1));
            sender.publish("a", "first " + i, 1);
            readers.get(0).receive("a", "first " + i);
            sender.publish("a", "second " + i, 1); // too soon after the other
            readers.get(0).receive("a", "second " + i);
            timed++;
            world.advance(Duration.ofMillis(1));
            sender.publish("b", "first " + i, 0);
            readers.get(1).receive("b", "first " + i);
            timed++;
            world.settle();
            assertThat(world.broker().deliveryTimes().count()).isEqualTo(timed);
        }
        sender.publish("nobody", "x", 1);
        world.advance(Duration.ofMillis(1));
        sender.publish("nobody", "x", 1);
        sender.publish("a", "last", 1);
        readers.get(0).receive("a", "last");
        world.settle();
        assertThat(world.broker().deliveryTimes().count())
                .as("what nobody gets is not timed in place of another")
                .isEqualTo(timed + 1);
        assertThat(world.broker().deliveryTimes().sumNanos()).as("virtual time").isZero();
    }

    @Conversation(MEMORY)
    void theAgeOfWhatWaitsIsKnown(World world) {
        Peer reader = away(world);
        Peer sender = world.connected("sender");
        assertThat(world.broker().views().longestWaiting()).isEmpty();
        for (int i = 0; i < 3; i++) {
            sender.publish("t", "m" + i, 1);
            world.advance(Duration.ofSeconds(10));
        }
        Lag lag = lag(world, "reader");
        assertThat(lag.queued()).isEqualTo(3);
        assertThat(Duration.ofNanos(lag.queuedNanos())).isEqualTo(Duration.ofSeconds(30));
        assertThat(world.broker().views().longestWaiting().orElseThrow().clientId())
                .isEqualTo("reader");
        reader.open();
        reader.connect(it -> it.persistent());
        for (int i = 0; i < 3; i++) {
            reader.receive("t", "m" + i);
        }
        world.settle();
        LatencyHistogram ages = world.broker().queueAges();
        assertThat(ages.count()).isEqualTo(3);
        assertThat(Duration.ofNanos(ages.sumNanos())).isEqualTo(Duration.ofSeconds(60));
        assertThat(world.broker().views().longestWaiting()).isEmpty();
    }

    @Conversation(MEMORY)
    void theAgeOfWhatIsNotAcknowledgedIsKnown(World world) {
        Peer reader = world.connected("reader");
        reader.subscribe("t", 1);
        Peer sender = world.connected("sender");
        sender.publish("t", "first", 1);
        var first = reader.expectPublish("t", "first");
        world.advance(Duration.ofSeconds(5));
        sender.publish("t", "second", 1);
        var second = reader.expectPublish("t", "second");
        world.advance(Duration.ofSeconds(5));
        assertThat(lag(world, "reader").inFlight()).isEqualTo(2);
        assertThat(seconds(lag(world, "reader").unacknowledgedNanos())).isBetween(9.9, 10.1);
        reader.acknowledge(first);
        world.settle();
        assertThat(seconds(lag(world, "reader").unacknowledgedNanos())).isBetween(4.9, 5.1);
        reader.acknowledge(second);
        world.settle();
        assertThat(lag(world, "reader")).isEqualTo(new Lag(0, 0, 0, 0));
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
