package io.dunlin.console.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Message;
import io.dunlin.console.api.HandOver.Seen;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandOverTest {
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong bytesOfAll = new AtomicLong();
    private final HandOver handOver = new HandOver(bytesOfAll);

    private static Message message(int bytes) {
        return new Message(
                TopicName.of("t"), QoS.AT_MOST_ONCE, false, Properties.NONE, new byte[bytes], "press", Message.NEVER);
    }

    private static int fill(HandOver full, int bytes) {
        int taken = 0;
        while (full.offer(message(bytes), 0)) {
            taken++;
        }
        return taken;
    }

    @Test
    void whatWaitsIsBoundedByBytes() throws Exception {
        int few = fill(handOver, 60_000);
        assertThat((long) few * 60_000).isBetween(HandOver.BYTES_MAX - 120_000, HandOver.BYTES_MAX);
        assertThat(handOver.dropped()).isEqualTo(1);
        assertThat(handOver.take(0)).isNotNull();
        assertThat(handOver.offer(message(60_000), 0)).isTrue();
        handOver.close();
        assertThat(bytesOfAll).hasValue(0);
        assertThat(handOver.offer(message(1), 0)).isTrue();
        assertThat(bytesOfAll).hasValue(0);
        int small = fill(new HandOver(bytesOfAll), 1);
        assertThat(small).isBetween(10_000, 30_000); // an entry costs more than its one byte
    }

    @Test
    void andSoIsWhatWaitsForAllPages() {
        List<HandOver> pages = new ArrayList<>();
        long all = 0;
        for (int i = 0; i < 12; i++) {
            HandOver page = new HandOver(bytesOfAll);
            pages.add(page);
            all += fill(page, 60_000) * 60_000L;
        }
        assertThat(all).isBetween(HandOver.ALL_BYTES_MAX - 200_000, HandOver.ALL_BYTES_MAX);
        pages.forEach(HandOver::close);
        assertThat(bytesOfAll).hasValue(0);
    }

    @Test
    void aLongPayloadIsNotKeptAsAWhole() throws Exception {
        assertThat(handOver.offer(message(10 << 20), 0)).isTrue();
        assertThat(bytesOfAll.get()).isLessThan(HandOver.PAYLOAD_BYTES_MAX + 1_000L);
        Seen seen = Objects.requireNonNull(handOver.take(0));
        assertThat(seen.size()).isEqualTo(10 << 20);
        assertThat(seen.message().payload()).hasSize(HandOver.PAYLOAD_BYTES_MAX);
    }

    @Test
    void aMessageAndACallEndTheWait() throws Exception {
        Thread late = Thread.ofVirtual().start(() -> handOver.offer(message(1), 7));
        Seen seen = handOver.take(MINUTE_NANOS);
        late.join();
        assertThat(Objects.requireNonNull(seen).wallMillis()).isEqualTo(7);
        Thread caller = Thread.ofVirtual().start(handOver::call);
        do { // a wait may end early
            assertThat(handOver.take(MINUTE_NANOS)).isNull();
        } while (!handOver.wasCalled());
        caller.join();
        assertThat(handOver.wasCalled()).isFalse();
    }

    @Test
    void nothingIsLostUncounted() throws Exception {
        int each = 50_000;
        List<Thread> shards = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            shards.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    handOver.offer(message(100), n);
                }
            }));
        }
        long taken = 0;
        while (taken + handOver.dropped() < 3L * each) {
            taken += handOver.take(TimeUnit.MILLISECONDS.toNanos(10)) == null ? 0 : 1;
        }
        for (Thread shard : shards) {
            shard.join();
        }
        assertThat(handOver.take(0)).isNull();
        assertThat(bytesOfAll).hasValue(0);
    }
}
