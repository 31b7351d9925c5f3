package io.dunlin.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.MemoryJournal;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Counters;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who subscribed and stays gets every message, whoever comes and goes beside; and a cache notices every change. */
class SubscriptionIndexConcurrencyTest {
    private static final long SEED = Long.getLong("dunlin.seed", System.nanoTime());

    private final SubscriptionIndex index = new SubscriptionIndex();
    private final Shard[] shards = {shard(0), shard(1)};

    /**
     * A filter passes from few subscribers to many while another shard reads it: nobody may be overlooked. The reader follows the
     * writer from filter to filter, so that it looks at each just when it changes.
     */
    @Test
    void steadySubscribersAreFoundWhileTheirFilterGrows() throws Exception {
        List<Subscription> subscriptions = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            subscriptions.add(subscription(new FakeSubscriber("s" + i, shards[0]), "a"));
        }
        FilterEntry[] entries = new FilterEntry[20_000];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = new FilterEntry();
            subscriptions.subList(0, 16).forEach(entries[i]::add);
        }
        AtomicInteger seen = new AtomicInteger();
        race(
                () -> {
                    for (FilterEntry entry : entries) {
                        entry.add(subscriptions.get(16));
                    }
                },
                () -> {
                    for (int i = seen.get(); i < entries.length; i = seen.incrementAndGet()) {
                        int size;
                        do {
                            size = entries[i].subscriptions().size();
                            assertThat(size).isGreaterThanOrEqualTo(16);
                        } while (size < 17);
                    }
                });
        assertThat(seen).hasValue(entries.length);
    }

    @Test
    void steadySubscribersAreMatchedOnceWhileOthersComeAndGo() throws Exception {
        Set<Subscriber> expected = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            FakeSubscriber subscriber = new FakeSubscriber("s" + i, shards[i % 2]);
            add(subscriber, i % 3 == 0 ? "a/+" : "a/b");
            add(subscriber, i % 5 == 0 ? "#" : "a/#");
            expected.add(subscriber);
        }
        Subscription grouped = add(new FakeSubscriber("g", shards[0]), "$share/g/a/+");
        Random random = new Random(SEED);
        race(
                () -> {
                    for (int i = 0; i < 5_000; i++) {
                        String[] filters = {"a/b", "a/+", "#", "a/b/c", "+/b", "a/#", "$share/g/a/+", "$share/h/a/b"};
                        String filter = filters[random.nextInt(filters.length)];
                        Subscription transientOne = add("t" + random.nextInt(40), filter);
                        index.remove(transientOne);
                    }
                },
                () -> {
                    Match match = index.match(TopicName.of("a/b"), 2);
                    List<Subscriber> found = subscribers(match);
                    assertThat(found).containsAll(expected).doesNotHaveDuplicates();
                    assertThat(match.recipients).isEqualTo(found.size());
                    assertThat(match.groups).anyMatch(group -> group.name().equals("g"));
                });
        assertThat(new HashSet<>(matched("a/b"))).isEqualTo(expected);
        index.remove(grouped);
        assertThat(index.match(TopicName.of("a/b"), 2).groups).isEmpty();
        assertThat(index.sharedSubscriptions()).isZero();
        assertThat(index.subscriptions()).isEqualTo(2L * expected.size());
    }

    /** After a change is made, no cache of any shard answers with what was before. */
    @Test
    void cachesNoticeEveryChange() throws Exception {
        TopicName topic = TopicName.of("a/b");
        RouteCache cache = new RouteCache(index, 2);
        AtomicInteger done = new AtomicInteger();
        race(
                () -> {
                    for (int i = 0; i < 2_000; i++) {
                        add("c" + i, i % 2 == 0 ? "a/b" : "+/b");
                        done.set(i + 1);
                    }
                },
                () -> {
                    int atLeast = done.get();
                    assertThat(cache.match(topic).recipients).isGreaterThanOrEqualTo(atLeast);
                });
        assertThat(cache.match(topic).recipients).isEqualTo(2_000);
    }

    private static void race(Runnable writer, Runnable reader) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> writing = threads.submit(writer);
            Future<?> reading = threads.submit(() -> {
                do {
                    reader.run();
                } while (!writing.isDone());
            });
            writing.get(60, TimeUnit.SECONDS);
            reading.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("-Ddunlin.seed=" + SEED, e.getCause());
        }
    }

    private Subscription add(String client, String filter) {
        return add(new FakeSubscriber(client, shards[Math.floorMod(client.hashCode(), 2)]), filter);
    }

    private Subscription add(Subscriber subscriber, String filter) {
        Subscription subscription = subscription(subscriber, filter);
        index.add(subscription, true);
        return subscription;
    }

    private static Subscription subscription(Subscriber subscriber, String filter) {
        return new Subscription(
                subscriber, TopicFilter.of(filter), new SubscriptionRequest(filter, QoS.AT_LEAST_ONCE), 0);
    }

    private List<Subscriber> matched(String topic) {
        return subscribers(index.match(TopicName.of(topic), 2));
    }

    private static List<Subscriber> subscribers(Match match) {
        List<Subscriber> found = new ArrayList<>();
        for (@Nullable Recipient[] row : match.byShard) {
            if (row != null) {
                for (Recipient recipient : row) {
                    if (recipient != null) {
                        found.add(recipient.subscriber());
                    }
                }
            }
        }
        return found;
    }

    private static Shard shard(int index) {
        return new Shard(new Nowhere(index), Clock.system(), new Counters(2).row(index), new MemoryJournal());
    }

    private record FakeSubscriber(String clientId, Shard shard) implements Subscriber {
        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public boolean isDurable() {
            return false;
        }

        @Override
        public boolean deliver(Message message, Recipient recipient, @Nullable SharedGroup group, long messageId) {
            return false;
        }

        @Override
        public boolean deliver(List<Message> messages, Recipient recipient) {
            return false;
        }

        @Override
        public void failed(Throwable fault) {
            throw new AssertionError(fault);
        }
    }

    /** Runs nothing: a shard is only a place here. */
    private record Nowhere(int index) implements ShardExecutor {
        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void atTickEnd(Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            throw new UnsupportedOperationException();
        }
    }
}
