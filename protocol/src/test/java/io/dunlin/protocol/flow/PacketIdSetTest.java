package io.dunlin.protocol.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PacketIdSetTest {
    private static final long SEED = Long.getLong("seed", 20261122);

    @Test
    void isASetHoweverManyItHolds() {
        PacketIdSet ids = new PacketIdSet();
        Set<Integer> model = new HashSet<>();
        Random random = new Random(SEED);
        for (int i = 0; i < 200_000; i++) {
            int id = 1 + random.nextInt(i % 20_000 < 10_000 ? 400 : 20);
            boolean adds = random.nextInt(10_000) > i % 10_000;
            assertThat(ids.contains(id)).as("seed %d, step %d", SEED, i).isEqualTo(model.contains(id));
            assertThat(adds ? ids.add(id) : ids.remove(id))
                    .as("seed %d, step %d", SEED, i)
                    .isEqualTo(adds ? model.add(id) : model.remove(id));
            assertThat(ids.size()).isEqualTo(model.size());
        }
    }
}
