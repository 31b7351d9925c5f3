package io.dunlin.server.sys;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Message;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what has changed under {@code $SYS/broker/}, retained, at whole multiples of the interval on the clock of the wall:
 * brokers with the same interval publish at the same moments. Has a thread of its own. Thread: any.
 */
public final class SysPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SysPublisher.class);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("sys").daemon().factory());
    private final SysTree tree;
    private final Clock clock;
    private final Consumer<Message> publish;
    private final long startedNanos;

    // of the thread
    private final Map<String, String> published = new HashMap<>();
    private Duration interval = Duration.ZERO;
    private long updatedNanos;
    private @Nullable ScheduledFuture<?> next;

    public SysPublisher(SysTree tree, Clock clock, Consumer<Message> publish) {
        this.tree = tree;
        this.clock = clock;
        this.publish = publish;
        this.startedNanos = clock.nanos();
        this.updatedNanos = startedNanos;
    }

    /** Publishes at once and then each time the interval has passed; never, where it is zero. */
    public void interval(Duration every) {
        thread.execute(() -> {
            if (next != null) {
                next.cancel(false);
                next = null;
            }
            interval = every;
            if (!every.isZero()) {
                tick();
            }
        });
    }

    private void tick() {
        try {
            publishChanges();
        } catch (RuntimeException e) { // one bad round does not end the others
            LOG.warn("the $SYS topics could not be published", e);
        }
        next = thread.schedule(this::tick, delayMillis(clock.wallMillis(), interval.toMillis()), TimeUnit.MILLISECONDS);
    }

    /** Until the next whole multiple of the interval; one just missed or about to come counts as now. */
    static long delayMillis(long wallMillis, long intervalMillis) {
        long period = Math.max(1, intervalMillis);
        long delay = period - Math.floorMod(wallMillis, period);
        return delay < period / 10 ? delay + period : delay;
    }

    private void publishChanges() {
        long now = clock.nanos();
        Runtime runtime = Runtime.getRuntime();
        Map<String, String> values = tree.values(
                Duration.ofNanos(now - startedNanos),
                Duration.ofNanos(now - updatedNanos),
                runtime.totalMemory() - runtime.freeMemory());
        updatedNanos = now;
        values.forEach((topic, value) -> {
            if (!value.equals(published.put(topic, value))) {
                publish.accept(message(topic, value));
            }
        });
    }

    private static Message message(String topic, String value) {
        return new Message(
                TopicName.of(topic),
                QoS.EXACTLY_ONCE,
                true,
                Properties.NONE,
                value.getBytes(StandardCharsets.UTF_8),
                "",
                Message.NEVER);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
