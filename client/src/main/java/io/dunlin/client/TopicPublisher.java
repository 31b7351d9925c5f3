package io.dunlin.client;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Publishes with explicit back-pressure: at most {@code window} messages are unanswered at a time, and who sends more waits, or
 * gets a future that says when there is room. From {@link MqttClient#publisher}. The topic is a pattern in the sense of
 * {@link String#format(Locale, String, Object...)}, whose arguments come with each message: {@code line/%s/temperature}.
 *
 * <p>The methods that set something ({@code window}, {@code qos}, {@code retain}, {@code properties}) are for the time before
 * the first message. All others may be called by many threads; the messages leave in the order of the calls.
 */
public final class TopicPublisher {
    /** How many {@link #sendAsync} may wait for room at once; further ones fail. */
    public static final int WAITING_MAX = 10_000;

    private static final int WINDOW_DEFAULT = 64;

    private final MqttClient client;
    private final String pattern;
    private final @Nullable TopicName fixed;
    private int window = WINDOW_DEFAULT;
    private QoS qos = QoS.AT_LEAST_ONCE;
    private boolean retain;
    private Properties properties = Properties.NONE;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean draining;
    private int unanswered;
    private long failed;

    private record Waiting(Message message, Sending sending) {}

    /**
     * A message on its way. Both futures end in every case; stages that depend on them run on the client's threads and must not
     * block.
     *
     * @param room completes when the message has its place in the window, so that the next one may be sent
     * @param result how the publish ended, as from {@link MqttClient#publishAsync}
     */
    public record Sending(CompletableFuture<Void> room, CompletableFuture<PublishResult> result) {
        Sending() {
            this(new CompletableFuture<>(), new CompletableFuture<>());
        }
    }

    TopicPublisher(MqttClient client, String pattern) {
        this.client = client;
        this.pattern = pattern;
        this.fixed = pattern.indexOf('%') < 0 ? TopicName.of(pattern) : null;
    }

    /** 1 or more messages that may be unanswered at a time, default 64. */
    public TopicPublisher window(int messages) {
        if (messages < 1) {
            throw new IllegalArgumentException("The window must be 1 message or more.");
        }
        this.window = messages;
        return this;
    }

    /** Default QoS 1. At QoS 0 a message counts as answered when it is written to the socket. */
    public TopicPublisher qos(QoS chosen) {
        this.qos = chosen;
        return this;
    }

    public TopicPublisher retain(boolean chosen) {
        this.retain = chosen;
        return this;
    }

    /** Of every message; ignored before MQTT 5. */
    public TopicPublisher properties(Properties chosen) {
        this.properties = chosen;
        return this;
    }

    /** As {@link #send(byte[], Object...)} with the text in UTF-8. */
    public CompletableFuture<PublishResult> send(String text, Object... topicArguments) {
        return send(text.getBytes(StandardCharsets.UTF_8), topicArguments);
    }

    /**
     * Waits until the window has room, then sends.
     *
     * @return how the publish ends; who does not look at it may ask {@link #failed}
     * @throws TimedOut where the thread is interrupted while it waits; the message is not sent then
     * @throws IllegalStateException where it would have to wait on a thread of the network, as stages of futures do; the
     *     message is not sent then
     * @throws io.dunlin.protocol.topic.InvalidTopic where pattern and arguments give no topic name
     */
    public CompletableFuture<PublishResult> send(byte[] payload, Object... topicArguments) {
        Waiting entry = new Waiting(message(payload, topicArguments), new Sending());
        if (!enter(entry, Integer.MAX_VALUE)) {
            try {
                Futures.join(entry.sending.room);
            } catch (TimedOut | IllegalStateException notWaited) {
                if (leave(entry)) {
                    throw notWaited;
                }
            }
        }
        return entry.sending.result;
    }

    /** As {@link #sendAsync(byte[], Object...)} with the text in UTF-8. */
    public Sending sendAsync(String text, Object... topicArguments) {
        return sendAsync(text.getBytes(StandardCharsets.UTF_8), topicArguments);
    }

    /**
     * Never waits: the message leaves when the window has room for it. A sender that waits for {@link Sending#room} before the
     * next message never has more than one waiting; of those that do not, {@value #WAITING_MAX} messages wait at most, and both
     * futures of a further one fail with LimitExceeded.
     *
     * @throws io.dunlin.protocol.topic.InvalidTopic where pattern and arguments give no topic name
     */
    public Sending sendAsync(byte[] payload, Object... topicArguments) {
        Waiting entry = new Waiting(message(payload, topicArguments), new Sending());
        enter(entry, WAITING_MAX);
        return entry.sending;
    }

    /**
     * Waits until all that was sent is answered.
     *
     * @throws TimedOut where that takes longer, or the thread is interrupted
     * @throws IllegalStateException on a thread of the network
     */
    public void flush(Duration timeout) {
        MqttClient.requireOtherThread();
        lock.lock();
        try {
            long nanosLeft = timeout.toNanos();
            while (unanswered > 0 || !waiting.isEmpty()) {
                if (nanosLeft <= 0) {
                    throw new TimedOut((unanswered + waiting.size()) + " messages were not answered within "
                            + timeout.toMillis() + " ms.");
                }
                nanosLeft = idle.awaitNanos(nanosLeft);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimedOut("The thread was interrupted while it waited.");
        } finally {
            lock.unlock();
        }
    }

    /** The messages that are sent and not answered: 0 to the window. */
    public int unanswered() {
        lock.lock();
        try {
            return unanswered;
        } finally {
            lock.unlock();
        }
    }

    /** How many messages failed or were refused. */
    public long failed() {
        lock.lock();
        try {
            return failed;
        } finally {
            lock.unlock();
        }
    }

    private Message message(byte[] payload, Object[] topicArguments) {
        TopicName topic = fixed != null ? fixed : TopicName.of(String.format(Locale.ROOT, pattern, topicArguments));
        return new Message(topic, payload, qos, retain, properties);
    }

    /** Whether the message went out at once. */
    private boolean enter(Waiting entry, int waitingMax) {
        boolean full = false;
        lock.lock();
        try {
            if (waiting.size() < waitingMax) {
                waiting.add(entry);
            } else {
                full = true;
                failed++;
            }
        } finally {
            lock.unlock();
        }
        if (full) {
            LimitExceeded refusal = new LimitExceeded(
                    ReasonCode.QUOTA_EXCEEDED,
                    "More than " + WAITING_MAX + " messages wait for room: wait for room() before the next.");
            entry.sending.room.completeExceptionally(refusal);
            entry.sending.result.completeExceptionally(refusal);
        }
        drain();
        return entry.sending.room.isDone();
    }

    private boolean leave(Waiting entry) {
        lock.lock();
        try {
            return waiting.remove(entry);
        } finally {
            lock.unlock();
        }
    }

    /** One thread at a time, which keeps the order; others leave it to that one. Futures complete without the lock. */
    private void drain() {
        for (Waiting entry = next(false); entry != null; entry = next(true)) {
            Waiting sent = entry;
            CompletableFuture<PublishResult> published;
            try {
                published = client.publishAsync(sent.message);
            } catch (RuntimeException e) { // the next ones have their own chance
                published = CompletableFuture.failedFuture(e);
            }
            sent.sending.room.complete(null);
            published.whenComplete((result, failure) -> answered(sent, result, failure));
        }
    }

    private @Nullable Waiting next(boolean mine) {
        lock.lock();
        try {
            if (draining && !mine) {
                return null;
            }
            draining = unanswered < window && !waiting.isEmpty();
            if (!draining) {
                return null;
            }
            unanswered++;
            return waiting.remove();
        } finally {
            lock.unlock();
        }
    }

    private void answered(Waiting entry, @Nullable PublishResult result, @Nullable Throwable failure) {
        lock.lock();
        try {
            unanswered--;
            failed += result == null || !result.isAccepted() ? 1 : 0;
            if (unanswered == 0 && waiting.isEmpty()) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (failure != null) {
            entry.sending.result.completeExceptionally(Futures.cause(failure));
        } else {
            entry.sending.result.complete(result);
        }
        drain();
    }
}
