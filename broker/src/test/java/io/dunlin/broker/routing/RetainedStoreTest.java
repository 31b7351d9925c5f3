package io.dunlin.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.BrokerOptions.MessageLimits;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.RetainedStore.Counts;
import io.dunlin.broker.routing.RetainedStore.Outcome;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetainedStoreTest {
    private static final long NEVER = Message.NEVER;

    private MessageLimits limits = new MessageLimits(1_000, 1 << 20, 0, 200, 1 << 30);
    private final RetainedStore store = new RetainedStore(() -> limits);

    /** [MQTT-3.3.1-5] [MQTT311-3.3.1-5] [MQTT311-3.3.1-7] */
    @Test
    void keepsTheLastMessageOfATopic() {
        assertThat(store.store(message("a/b", "1", NEVER))).isEqualTo(Outcome.STORED);
        assertThat(store.store(message("a/b", "22", NEVER))).isEqualTo(Outcome.STORED);
        assertThat(store.store(message("a/c", "3", NEVER))).isEqualTo(Outcome.STORED);
        assertThat(read("a/+", 0)).containsExactlyInAnyOrder("a/b=22", "a/c=3");
        Message last = Objects.requireNonNull(store.get(TopicName.of("a/b"), 0));
        assertThat(last.payload()).asString(StandardCharsets.UTF_8).isEqualTo("22");
        assertThat(last.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
        assertThat(store.counts()).isEqualTo(new Counts(2, 2 * (96 + 3) + 3));
    }

    /** [MQTT-3.3.1-6] [MQTT-3.3.1-7] [MQTT311-3.3.1-10] [MQTT311-3.3.1-11] */
    @Test
    void anEmptyMessageRemovesAndIsNotKept() {
        store.store(message("a/b", "1", NEVER));
        assertThat(store.store(message("a/b", "", NEVER))).isEqualTo(Outcome.REMOVED);
        assertThat(store.store(message("never/there", "", NEVER))).isEqualTo(Outcome.REMOVED);
        assertThat(read("#", 0)).isEmpty();
        assertThat(store.get(TopicName.of("a/b"), 0)).isNull();
        assertThat(store.counts()).isEqualTo(new Counts(0, 0));
    }

    @Test
    void refusesWhatBreaksALimitAndKeepsWhatWasThere() {
        limits = new MessageLimits(2, 400, 0, 200, 1 << 30);
        store.store(message("a", "1", NEVER));
        store.store(message("b", "1", NEVER));
        assertThat(store.store(message("c", "1", NEVER))).isEqualTo(Outcome.QUOTA_EXCEEDED);
        assertThat(store.store(message("b", "2", NEVER))).isEqualTo(Outcome.STORED);
        assertThat(store.store(message("b", "x".repeat(300), NEVER))).isEqualTo(Outcome.QUOTA_EXCEEDED);
        assertThat(read("#", 0)).containsExactlyInAnyOrder("a=1", "b=2");
        limits = new MessageLimits(1, 10, 0, 200, 1 << 30); // a reload below what is stored
        assertThat(store.store(message("b", "3", NEVER))).isEqualTo(Outcome.STORED);
        assertThat(store.store(message("b", "44", NEVER))).isEqualTo(Outcome.QUOTA_EXCEEDED);
        assertThat(store.store(message("a", "", NEVER))).isEqualTo(Outcome.REMOVED);
        assertThat(store.counts()).isEqualTo(new Counts(1, 98));
    }

    @Test
    void expiredMessagesAreNotGivenAndGoWhenMet() {
        store.store(message("a", "1", 100));
        store.store(message("b", "1", 200));
        store.store(message("c", "1", NEVER));
        assertThat(read("#", 99)).containsExactlyInAnyOrder("a=1", "b=1", "c=1");
        assertThat(store.counts().messages()).isEqualTo(3);
        assertThat(read("#", 100)).containsExactlyInAnyOrder("b=1", "c=1");
        assertThat(store.counts()).isEqualTo(new Counts(2, 2 * 98));
        assertThat(store.get(TopicName.of("b"), 200)).isNull();
        assertThat(store.counts().messages()).isEqualTo(1);
    }

    @Test
    void sweepsInSlicesThroughAllTopics() {
        for (int i = 0; i < 100; i++) {
            store.store(message((i % 2 == 0 ? "$x/" : "x/") + i, "1", i < 50 ? 10 : i < 75 ? 1_000 : NEVER));
        }
        assertThat(store.sweep(9, 1_000)).isZero();
        int removed = 0;
        for (int i = 0; i < 12; i++) {
            int now = store.sweep(10, 10);
            assertThat(now).isLessThanOrEqualTo(10);
            removed += now;
        }
        assertThat(removed).isEqualTo(50);
        assertThat(store.sweep(10_000, 1_000) + store.sweep(10_000, 1_000)).isEqualTo(25);
        assertThat(store.counts().messages()).isEqualTo(25);
        assertThat(store.sweep(Long.MAX_VALUE - 1, 1_000)).isZero();
    }

    /** Limits hold, and the counts are right, whatever threads do at the same time. */
    @Test
    void countsExactlyUnderContention() throws Exception {
        limits = new MessageLimits(20, 1 << 20, 0, 200, 1 << 30);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                Random random = new Random(thread);
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        String topic = "t/" + random.nextInt(30);
                        int action = random.nextInt(4);
                        if (action < 2) {
                            store.store(message(topic, "x".repeat(1 + random.nextInt(9)), action == 0 ? NEVER : i));
                        } else if (action == 2) {
                            store.store(message(topic, "", NEVER));
                        } else {
                            store.sweep(i, 10);
                        }
                        assertThat(store.counts().messages()).isLessThanOrEqualTo(20);
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        long[] sum = new long[2];
        RetainedStore.Cursor cursor = store.cursor();
        boolean more;
        do {
            more = cursor.next(7, 0, message -> {
                sum[0]++;
                sum[1] += message.weight();
            });
        } while (more);
        assertThat(store.counts()).isEqualTo(new Counts((int) sum[0], sum[1]));
        for (int i = 0; i < 30; i++) {
            store.store(message("t/" + i, "", NEVER));
        }
        assertThat(store.counts()).isEqualTo(new Counts(0, 0));
        assertThat(store.sweep(0, 1)).isZero();
    }

    private List<String> read(String filter, long nowNanos) {
        List<String> found = new ArrayList<>();
        RetainedStore.Cursor cursor = store.cursor(TopicFilter.of(filter));
        boolean more;
        do {
            more = cursor.next(
                    2,
                    nowNanos,
                    message ->
                            found.add(message.topic() + "=" + new String(message.payload(), StandardCharsets.UTF_8)));
        } while (more);
        return found;
    }

    private static Message message(String topic, String payload, long expiresAtNanos) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        return new Message(TopicName.of(topic), QoS.AT_LEAST_ONCE, true, Properties.NONE, bytes, "p", expiresAtNanos);
    }
}
