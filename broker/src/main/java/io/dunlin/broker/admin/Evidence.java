package io.dunlin.broker.admin;

import io.dunlin.broker.shard.Happening;
import io.dunlin.broker.shard.Happening.Lane;
import io.dunlin.broker.shard.Recorded;
import io.dunlin.broker.shard.Recorder;
import io.dunlin.broker.shard.Shard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the recorders of all shards know about something, the oldest first. */
final class Evidence {
    private final List<Recorded> events = new ArrayList<>();
    private final Map<Lane, Recorder.Reach> reach = new EnumMap<>(Lane.class);

    Evidence(List<Shard> shards, long sinceNanos, Recorder.Filter filter) {
        for (Shard shard : shards) {
            shard.recorder()
                    .read(sinceNanos, filter, events)
                    .forEach((lane, its) -> reach.merge(
                            lane,
                            its,
                            (a, b) -> new Recorder.Reach(
                                    Math.max(a.sinceNanos(), b.sinceNanos()),
                                    Math.max(a.standsForMax(), b.standsForMax()))));
        }
        events.sort(Comparator.comparingLong(Recorded::nanos).thenComparingLong(Recorded::sequence));
    }

    List<Recorded> events() {
        return events;
    }

    List<Recorded> of(Happening what) {
        return events.stream().filter(event -> event.what() == what).toList();
    }

    /** The last of one of these kinds that the test takes, or null. */
    @Nullable
    Recorded last(Set<Happening> kinds, Predicate<Recorded> test) {
        for (int i = events.size() - 1; i >= 0; i--) {
            Recorded event = events.get(i);
            if (kinds.contains(event.what()) && test.test(event)) {
                return event;
            }
        }
        return null;
    }

    /** From when on all of these lanes is known. */
    long sinceNanos(Lane first, Lane... more) {
        return EnumSet.of(first, more).stream()
                .mapToLong(lane -> since(lane))
                .max()
                .orElse(0);
    }

    private long since(Lane lane) {
        Recorder.Reach its = reach.get(lane);
        return its == null ? Long.MIN_VALUE : its.sinceNanos();
    }

    /** One in so many was kept in these lanes, at the least. */
    int oneIn(Lane first, Lane... more) {
        return EnumSet.of(first, more).stream().mapToInt(this::standsFor).max().orElse(1);
    }

    private int standsFor(Lane lane) {
        Recorder.Reach its = reach.get(lane);
        return its == null ? 1 : its.standsForMax();
    }
}
