package io.dunlin.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionEvents;
import io.dunlin.broker.port.ConnectionInfo;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryConnectionTest {
    private static final ConnectionInfo INFO =
            new ConnectionInfo("memory", "memory", InetSocketAddress.createUnresolved("10.0.0.1", 1), null);

    private StepShards shards = new StepShards(2, null);
    private final Echo echo = new Echo();

    private MemoryWire open(@Nullable Random random) {
        return MemoryConnection.open(
                shards,
                shards.shards().get(0),
                (connection, shard) -> {
                    echo.connection = connection;
                    return echo;
                },
                INFO,
                random);
    }

    @Test
    void carriesBytesBothWays() {
        MemoryWire wire = open(null);
        wire.send(new byte[] {1, 2, 3});
        assertThat(wire.receive(Duration.ZERO)).containsExactly(1, 2, 3);
        assertThat(wire.writes()).isEqualTo(1);
        assertThat(shards.faults()).isEmpty();
    }

    @Test
    void carriesAllBytesInOrderWhateverThePieces() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            shards = new StepShards(2, random);
            byte[] sent = new byte[3000];
            random.nextBytes(sent);
            MemoryWire wire = open(random);
            wire.send(sent);
            assertThat(wire.receive(Duration.ZERO)).as("seed %d", seed).isEqualTo(sent);
            assertThat(shards.faults()).isEmpty();
        }
    }

    @Test
    void movesToAnotherShardAndLosesNothing() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            shards = new StepShards(2, random);
            echo.moveAtFirstBytes = true;
            echo.queued.clear();
            MemoryWire wire = open(random);
            byte[] sent = new byte[500];
            random.nextBytes(sent);
            wire.send(sent);
            assertThat(wire.receive(Duration.ZERO)).as("seed %d", seed).isEqualTo(sent);
            assertThat(wire.shard()).isEqualTo(1);
            assertThat(shards.faults()).isEmpty();
        }
    }

    @Test
    void holdsBytesBackFromAPeerThatDoesNotReadAndTellsWhenDrained() {
        MemoryWire wire = open(null);
        wire.reading(false);
        byte[] sent = new byte[200_000];
        wire.send(sent);
        assertThat(wire.receive(Duration.ZERO)).isEmpty();
        assertThat(wire.unsentByServer()).isGreaterThan(150_000);
        assertThat(echo.drained).isZero();
        wire.reading(true);
        assertThat(wire.receive(Duration.ZERO)).hasSize(200_000);
        assertThat(echo.drained).isEqualTo(1);
    }

    @Test
    void givesUpAfterFiveSecondsWhenClosingTowardsAPeerThatDoesNotRead() {
        MemoryWire wire = open(null);
        wire.reading(false);
        wire.send(new byte[100_000]);
        shards.settle();
        shards.shards().get(0).execute(() -> echo.connection().close());
        shards.advance(Duration.ofMillis(4999));
        assertThat(echo.closed).isZero();
        shards.advance(Duration.ofMillis(1));
        assertThat(echo.closed).isEqualTo(1);
    }

    @Test
    void reportsTheEndOnceAndACutAsItsCause() {
        MemoryWire orderly = open(null);
        orderly.close();
        shards.settle();
        assertThat(echo.closed).isEqualTo(1);
        assertThat(echo.cause).isNull();
        MemoryWire cut = open(null);
        cut.cut();
        shards.settle();
        assertThat(echo.closed).isEqualTo(2);
        assertThat(echo.cause).hasMessageContaining("reset");
    }

    @Test
    void faultsWhereTheCoreFillsReservedSpaceWrongly() {
        open(null);
        shards.settle();
        shards.shards().get(0).execute(() -> {
            echo.connection().reserve(4).put((byte) 1);
            echo.connection().flush();
        });
        shards.settle();
        assertThat(shards.faults()).singleElement().asString().contains("reserved space");
    }

    @Test
    void faultsWhereTheCoreCallsFromAnotherShard() {
        open(null);
        shards.settle();
        shards.shards().get(1).execute(() -> echo.connection().flush());
        shards.settle();
        assertThat(shards.faults()).singleElement().asString().contains("belongs on shard 0");
    }

    @Test
    void runsTickEndsAfterAllTasksAndNewOnesInTheNextTick() {
        List<String> order = new ArrayList<>();
        StepShard shard = shards.shards().get(0);
        shard.execute(() -> {
            order.add("task");
            shard.atTickEnd(() -> {
                order.add("end");
                shard.atTickEnd(() -> order.add("next end"));
                shard.execute(() -> order.add("next task"));
            });
        });
        shard.execute(() -> order.add("second task"));
        shard.ready(() -> order.add("socket"));
        shards.settle();
        assertThat(order).containsExactly("socket", "task", "second task", "end", "next task", "next end");
    }

    @Test
    void runsTimersInOrderAtTheirTimeUnlessCancelled() {
        List<String> order = new ArrayList<>();
        StepShard shard = shards.shards().get(0);
        shard.execute(() -> {
            shard.schedule(2_000_000_000L, () -> order.add("2 s"));
            shard.schedule(1_000_000_000L, () -> order.add("1 s"));
            shard.schedule(1_500_000_000L, () -> order.add("never")).cancel();
        });
        shards.advance(Duration.ofMillis(1999));
        assertThat(order).containsExactly("1 s");
        shards.advance(Duration.ofSeconds(10));
        assertThat(order).containsExactly("1 s", "2 s");
    }

    /** Sends back what comes; at the first bytes it may move to the other shard. */
    private final class Echo implements ConnectionEvents {
        private @Nullable Connection connection;
        private final List<byte[]> queued = new ArrayList<>();
        private boolean moveAtFirstBytes;
        private boolean moving;
        private int drained;
        private int closed;
        private @Nullable Throwable cause;

        Connection connection() {
            return Objects.requireNonNull(connection);
        }

        @Override
        public void onBytes(ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            if (moveAtFirstBytes) {
                moveAtFirstBytes = false;
                moving = true;
                queued.add(copy);
                connection().moveTo(shards.shards().get(1), () -> {
                    moving = false;
                    queued.forEach(this::answer);
                });
            } else if (moving) {
                queued.add(copy);
            } else {
                answer(copy);
            }
        }

        private void answer(byte[] bytes) {
            connection().reserve(bytes.length).put(bytes);
            connection().flush();
        }

        @Override
        public void onDrained() {
            drained++;
        }

        @Override
        public void onClosed(@Nullable Throwable why) {
            closed++;
            cause = why;
        }
    }
}
