package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.routing.TopicFigures;
import io.dunlin.broker.routing.TopicSnapshot;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** The last messages of topics are there for who looks, and for nobody else. */
class LastValuesTest {
    private static final Duration KEPT = Duration.ofMinutes(2);

    private static TopicFigures figures(World world, String topic) {
        CompletionStage<List<TopicSnapshot>> stage = world.broker().views().topics(KEPT.toNanos());
        world.settle();
        Map<TopicName, TopicFigures> all = new HashMap<>();
        stage.toCompletableFuture().join().forEach(snapshot -> snapshot.addTo(all));
        return Objects.requireNonNull(all.get(TopicName.of(topic)));
    }

    @Conversation(MEMORY)
    void areForgottenWhenNobodyLooksAnyMore(World world) {
        Peer sender = world.connected("sender");
        sender.publish("t", "unseen", 1);
        assertThat(figures(world, "t").last()).isNull();
        sender.publish("t", "seen", 1);
        TopicFigures figures = figures(world, "t");
        assertThat(figures.last()).isNotNull();
        world.advance(KEPT.minusSeconds(1));
        assertThat(figures.last()).isNotNull();
        world.advance(Duration.ofSeconds(2));
        assertThat(figures.last()).isNull();
        sender.publish("t", "unseen again", 1);
        assertThat(figures.last()).isNull();
        assertThat(figures(world, "t").messages()).isEqualTo(3);
    }
}
