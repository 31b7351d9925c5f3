package io.dunlin.broker.admin;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.shard.Shard;
import java.util.ArrayList;
import java.util.List;

/**
 * Notices a shard that does not come round: nothing on a shard may block, and if something does, this names what the shard is
 * busy with. Thread: one of its own, which calls {@link #check} regularly.
 */
public final class StallDetector {
    private final Clock clock;
    private final long stallNanosMin;
    private final List<Probe> probes;

    /** @param stallNanosMin a shard that does not answer for this long is stalled */
    public StallDetector(List<Shard> shards, Clock clock, long stallNanosMin) {
        this.clock = clock;
        this.stallNanosMin = stallNanosMin;
        this.probes = shards.stream().map(Probe::new).toList();
    }

    /**
     * One shard that does not come round.
     *
     * @param nanos since it was last asked
     * @param culprit what it is busy with, for the log
     */
    public record Stall(int shard, long nanos, String culprit) {}

    /** Asks each shard that has answered to answer again; the answer is about those that have not for too long. */
    public List<Stall> check() {
        List<Stall> stalls = new ArrayList<>();
        long now = clock.nanos();
        for (Probe probe : probes) {
            if (probe.answered) {
                probe.ask(now);
            } else if (now - probe.askedNanos >= stallNanosMin) {
                stalls.add(new Stall(probe.shard.index(), now - probe.askedNanos, probe.shard.busyWith()));
            }
        }
        return stalls;
    }

    private static final class Probe {
        private final Shard shard;
        private volatile boolean answered = true;
        private long askedNanos;

        private Probe(Shard shard) {
            this.shard = shard;
        }

        private void ask(long now) {
            answered = false;
            askedNanos = now;
            shard.executor().execute(() -> answered = true);
        }
    }
}
