package io.dunlin.client;

import io.dunlin.client.transport.EventLoop;
import io.dunlin.client.transport.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pings when this side was silent for the keep alive, and also when the other side was: so a connection that is dead is noticed
 * even while data is still written into it. Whatever comes is a sign of life. On the loop's thread.
 */
final class KeepAlive {
    private static final long ANSWER_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    private final EventLoop loop;
    private final Consumer<Link.Fate> ping;
    private final Runnable onDead;

    private long nanos;
    private long sentAt;
    private long receivedAt;
    private long pingedAt;
    private boolean pingWaits;
    private boolean unanswered;
    private boolean paused;
    private @Nullable Timer timer;

    KeepAlive(EventLoop loop, Consumer<Link.Fate> ping, Runnable onDead) {
        this.loop = loop;
        this.ping = ping;
        this.onDead = onDead;
    }

    /** From now on; 0 for never. */
    void start(int seconds) {
        stop();
        nanos = TimeUnit.SECONDS.toNanos(seconds);
        receivedAt = Ticks.now();
        if (nanos > 0) {
            tick();
        }
    }

    void stop() {
        nanos = 0;
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Bytes left. */
    void sent() {
        sentAt = Ticks.now();
    }

    /** Bytes came. */
    void received() {
        receivedAt = Ticks.now();
    }

    void answered() {
        unanswered = false;
    }

    /** Where nobody reads, no answer can be seen. */
    void reading(boolean wanted) {
        paused = !wanted;
        receivedAt = Ticks.now();
    }

    private void tick() {
        long now = Ticks.now();
        if (paused) {
            receivedAt = now;
        }
        long answerNanos = Math.min(nanos, ANSWER_NANOS_MAX);
        if (unanswered && now - lifeAt() >= answerNanos) {
            onDead.run();
            return;
        }
        boolean silent = now - sentAt >= nanos || !unanswered && now - receivedAt >= nanos; // [MQTT-3.1.2-20]
        if (silent && !pingWaits) {
            pingedAt = now;
            pingWaits = true;
            unanswered = true;
            ping.accept(written -> pingWaits = false);
        }
        long left = pingWaits ? answerNanos : nanos - (now - sentAt);
        left = Math.min(left, unanswered ? answerNanos - (now - lifeAt()) : nanos - (now - receivedAt));
        timer = loop.schedule(left, this::tick);
    }

    /** When there was a sign that the connection works; a ping that has not left yet waits for bytes that do leave. */
    private long lifeAt() {
        long life = latest(pingedAt, receivedAt);
        return pingWaits ? latest(life, sentAt) : life;
    }

    private static long latest(long one, long other) {
        return one - other > 0 ? one : other;
    }
}
