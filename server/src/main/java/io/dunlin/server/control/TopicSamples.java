package io.dunlin.server.control;

import io.dunlin.broker.admin.Views;
import io.dunlin.broker.routing.TopicFigures;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the shards know of topics, asked for at most twice a second however many look, and the rates between two such moments. Thread:
 * any but the shards; waits for them.
 */
final class TopicSamples {
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RATE_NANOS_MIN = TimeUnit.SECONDS.toNanos(1);
    private static final long RATE_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    private static final long KEEP_VALUES_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Views views;
    private final ReentrantLock turn = new ReentrantLock();
    private final ArrayDeque<Moment> moments = new ArrayDeque<>(); // the youngest last

    TopicSamples(Views views) {
        this.views = views;
    }

    private record Moment(long nanos, Map<TopicName, TopicFigures> topics) {}

    /** @param before an earlier moment, null where nobody had looked for a while: then there are no rates */
    record Sample(
            long nanos,
            Map<TopicName, TopicFigures> topics,
            @Nullable Map<TopicName, TopicFigures> before,
            double seconds) {

        /** Messages a second; null where that is not known. */
        @Nullable
        Double rate(TopicFigures now) {
            TopicFigures then = earlier(now);
            return before == null ? null : (now.messages() - (then == null ? 0 : then.messages())) / seconds;
        }

        /** Bytes of payload a second; null where that is not known. */
        @Nullable
        Double byteRate(TopicFigures now) {
            TopicFigures then = earlier(now);
            return before == null ? null : (now.bytes() - (then == null ? 0 : then.bytes())) / seconds;
        }

        /** None where the topic was forgotten meanwhile, and began anew. */
        private @Nullable TopicFigures earlier(TopicFigures now) {
            TopicFigures then = before == null ? null : before.get(now.topic());
            return then == null || then.messages() > now.messages() ? null : then;
        }
    }

    Sample now() {
        turn.lock();
        try {
            long nanos = views.nanos();
            Moment last = moments.peekLast();
            if (last == null || nanos - last.nanos() >= FRESH_NANOS) {
                Map<TopicName, TopicFigures> topics = new HashMap<>();
                Clients.await(views.topics(KEEP_VALUES_NANOS)).forEach(snapshot -> snapshot.addTo(topics));
                last = new Moment(views.nanos(), topics);
                moments.add(last);
            }
            forgetBefore(last.nanos());
            Moment first = moments.element();
            double seconds = (last.nanos() - first.nanos()) / 1e9;
            boolean known = last.nanos() - first.nanos() >= RATE_NANOS_MIN;
            return new Sample(last.nanos(), last.topics(), known ? first.topics() : null, known ? seconds : 1);
        } finally {
            turn.unlock();
        }
    }

    /** Keeps the youngest moment that is old enough for a rate, and those after it. */
    private void forgetBefore(long now) {
        while (moments.size() > 1) {
            Moment first = moments.remove();
            long next = now - moments.element().nanos();
            if (next < RATE_NANOS_MIN && now - first.nanos() <= RATE_NANOS_MAX) {
                moments.addFirst(first);
                return;
            }
        }
    }
}
