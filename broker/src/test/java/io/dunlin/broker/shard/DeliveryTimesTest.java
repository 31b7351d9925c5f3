package io.dunlin.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Message;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import org.junit.jupiter.api.Test;

class DeliveryTimesTest {
    private static final long MILLI = 1_000_000;

    private final DeliveryTimes times = new DeliveryTimes(0);

    private static Message message() {
        return new Message(
                TopicName.of("t"), QoS.AT_MOST_ONCE, false, Properties.NONE, new byte[0], "p", Message.NEVER);
    }

    private Message published(long nanos) {
        Message message = message();
        times.tick(nanos);
        assertThat(times.isDue()).isTrue();
        times.watch(message, nanos);
        return message;
    }

    private void flush(long nanos) {
        if (times.isSending()) {
            times.flushed(nanos);
        }
    }

    @Test
    void fromTheTickToTheFlush() {
        Message message = published(0);
        assertThat(times.isDue()).isFalse();
        times.sent(message()); // equal, and another
        flush(10);
        assertThat(times.times().count()).isZero();
        times.sent(message);
        times.sent(message);
        flush(250_000);
        times.sent(message); // to somebody else, later
        flush(999_999);
        assertThat(times.times().count()).isOne();
        assertThat(times.times().sumNanos()).isEqualTo(250_000);
        times.tick(MILLI - 1);
        assertThat(times.isDue()).isFalse();
        published(MILLI);
    }

    @Test
    void aLateOneIsMeasuredToo() {
        Message late = published(0);
        times.tick(99 * MILLI);
        assertThat(times.isDue()).isFalse();
        Message next = published(100 * MILLI);
        times.sent(next);
        flush(101 * MILLI);
        times.sent(late);
        flush(3_000 * MILLI);
        assertThat(times.times().sumNanos()).isEqualTo(3_001 * MILLI);
        assertThat(times.times().count()).isEqualTo(2);
    }

    @Test
    void onlyOneLateOneIsKept() {
        Message first = published(0);
        Message second = published(100 * MILLI);
        Message third = published(200 * MILLI); // the second is given up
        times.sent(second);
        flush(201 * MILLI);
        assertThat(times.times().count()).isZero();
        times.sent(first);
        times.sent(third);
        flush(202 * MILLI);
        assertThat(times.times().sumNanos()).isEqualTo(204 * MILLI);
    }

    @Test
    void whatGoesToAnotherShardIsMeasuredThereAndDoesNotBlockThisOne() {
        DeliveryTimes there = new DeliveryTimes(0);
        Message message = published(0);
        assertThat(times.isWatched(message)).isTrue();
        assertThat(times.isWatched(message())).isFalse();
        there.expect(message, times.shared(), MILLI);
        there.sent(message);
        there.flushed(2 * MILLI);
        assertThat(there.times().sumNanos()).isEqualTo(2 * MILLI);
        published(MILLI);
        times.sent(message);
        assertThat(times.isSending()).isFalse();
    }
}
