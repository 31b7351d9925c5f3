package io.dunlin.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.QoS;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class EventRingTest {
    private static final int PLACES = 2048;
    private final EventRing ring = new EventRing(PLACES);

    private List<Recorded> read() {
        List<Recorded> all = new ArrayList<>();
        ring.read((nanos, sequence, what, client, topic, other, numbers) -> {
            all.add(EventRing.event(nanos, sequence, what, client, topic, other, numbers));
            return true;
        });
        return all;
    }

    @Test
    void whatIsPutInComesOut() {
        ring.put(7, 1, Happening.SENT, "c", "a/b", "p", 2, 65_535, Integer.MAX_VALUE);
        ring.put(8, 2, Happening.QUEUED, "d", "filter", "", 1, 0, 1);
        assertThat(read())
                .containsExactly(
                        new Recorded(8, 2, Happening.QUEUED, "d", "filter", "", QoS.AT_LEAST_ONCE, 0, 1),
                        new Recorded(
                                7, 1, Happening.SENT, "c", "a/b", "p", QoS.EXACTLY_ONCE, 65_535, Integer.MAX_VALUE));
        assertThat(ring.hasForgotten()).isFalse();
    }

    @Test
    void keepsTheLastOfThem() {
        for (int i = 0; i < 5 * PLACES + 3; i++) {
            ring.put(i, i, Happening.SENT, "c", "t", "", 0, 0, 1);
        }
        List<Recorded> all = read();
        assertThat(all.size()).isBetween(PLACES - 1, PLACES); // the one that comes next may be on its way
        assertThat(all.getFirst().nanos()).isEqualTo(5 * PLACES + 2);
        assertThat(ring.hasForgotten()).isTrue();
    }

    /** Each event says the same thing three times: a reader that saw parts of two would see it. */
    @Test
    void aReaderBesideTheWriterSeesWholeEvents() {
        String[] names = new String[97];
        for (int i = 0; i < names.length; i++) {
            names[i] = "n" + i;
        }
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (long i = 0; i < 3_000_000; i++) {
                String name = names[(int) (i % names.length)];
                ring.put(i, i, Happening.SENT, name, name, name, 0, 0, 1);
            }
            done.set(true);
        });
        long seen = 0;
        while (!done.get() || seen == 0) {
            long before = Long.MAX_VALUE;
            for (Recorded each : read()) {
                String name = names[(int) (each.nanos() % names.length)];
                assertThat(each.client()).isSameAs(name);
                assertThat(each.topic()).isEqualTo(name);
                assertThat(each.other()).isSameAs(name);
                assertThat(each.sequence()).isEqualTo(each.nanos());
                assertThat(each.nanos()).isLessThan(before);
                before = each.nanos();
                seen++;
            }
        }
        writer.join();
        assertThat(seen).isPositive();
    }
}
