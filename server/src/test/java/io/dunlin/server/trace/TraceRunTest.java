package io.dunlin.server.trace;

import static io.dunlin.server.trace.TraceSamples.bytes;
import static io.dunlin.server.trace.TraceSamples.everything;
import static io.dunlin.server.trace.TraceSamples.publish;
import static io.dunlin.server.trace.TraceSamples.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Wiretap.Interest;
import io.dunlin.broker.port.Wiretap.Tapped;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A trace takes no more memory and time than it may, and the shards never wait for it. */
@Timeout(60)
class TraceRunTest {
    private static final Tapped WHO = TraceSamples.connection(1, "10.0.0.7", 4711);
    private static final byte[] MESSAGE = bytes(publish("a", 0, "x".repeat(1_000)));

    private static TraceRun run(Duration time, long weightMax) {
        return new TraceRun("t", everything(), time, weightMax, Clock.system());
    }

    private static Properties alias(int alias) {
        return Properties.of(Property.TOPIC_ALIAS, alias);
    }

    private static void work(TraceRun run) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> run.run(ended::countDown));
        ended.await();
    }

    @Test
    void whatComesFasterThanItIsLookedAtIsLeftOut() throws Exception {
        TraceRun run = run(Duration.ofMillis(300), 64 << 20);
        int taken = 0;
        while (run.hasRoom(MESSAGE.length)) {
            run.packets(WHO, true, 0, MESSAGE);
            taken++;
        }
        assertThat(taken).isBetween(10_000, 17_000);
        run.missed(WHO, MESSAGE.length);
        work(run);
        assertThat(run.state().ended()).isEqualTo("its time is over");
        assertThat(run.state().missedBytes()).isEqualTo(MESSAGE.length);
        assertThat(run.state().packets()).isPositive();
        assertThat(run.hasRoom(1)).isFalse();
        assertThat(run.interest(WHO)).isEqualTo(Interest.NO);
    }

    @Test
    void theTopicAliasesOfManyClientsNeedRoomToo() throws Exception {
        TraceRun run = new TraceRun("t", topic("nobody"), Duration.ofMinutes(1), 100_000, Clock.system());
        for (int i = 0; i < 100; i++) {
            Tapped who = TraceSamples.connection(i, "10.0.0.7", 4711);
            run.packets(who, true, 0, bytes(publish("t".repeat(1_000), 0, "", alias(1))));
        }
        work(run);
        assertThat(run.state().ended()).contains("no room for more");
        assertThat(run.state().packets()).isZero();
        assertThat(run.claim()).isZero();
    }

    @Test
    void theTopicAliasesOfClientsThatHaveGoneNeedNoRoom() throws Exception {
        TraceRun run = new TraceRun("t", topic("nobody"), Duration.ofMillis(300), 100_000, Clock.system());
        for (int i = 0; i < 1_000; i++) {
            Tapped who = TraceSamples.connection(i, "10.0.0.7", 4711);
            run.packets(who, true, 0, bytes(publish("t".repeat(1_000), i + 1, "", alias(1))));
            run.ended(who, 0);
        }
        work(run);
        assertThat(run.state().ended()).isEqualTo("its time is over");
    }

    @Test
    void itEndsWhenItsRoomIsFull() throws Exception {
        TraceRun run = run(Duration.ofMinutes(1), 10_000);
        for (int i = 0; i < 20; i++) {
            run.packets(WHO, true, 0, MESSAGE);
        }
        work(run);
        assertThat(run.state().ended()).contains("no room for more");
        assertThat(run.state().packets()).isBetween(7, 9);
        assertThat(run.claim()).isLessThanOrEqualTo(10_000);
        TraceRun.Part part = run.after(5, Duration.ofMinutes(1));
        assertThat(part.packets().getFirst().number()).isEqualTo(6);
        assertThat(run.after(1_000, Duration.ofMinutes(1)).packets()).isEmpty();
    }
}
