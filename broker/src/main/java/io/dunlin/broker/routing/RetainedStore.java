package io.dunlin.broker.routing;

import io.dunlin.broker.port.BrokerOptions.MessageLimits;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Message;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicLevel;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.protocol.topic.TopicTree;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The last retained message of each topic, shared by all shards: reads take no lock, a change takes the tree's write lock for a
 * moment, and the limits are kept under the same lock, so they hold exactly. Thread: any.
 *
 * <p>Expired messages are never given out. They go when a reader meets them, and by {@link #sweep}; until then they count.
 */
public final class RetainedStore {
    private static final int PAGE_MESSAGES = 256;

    private final Supplier<MessageLimits> limits;
    private final IntSupplier perClientMax;
    private final Map<String, Integer> perClient = new HashMap<>(); // messages by publisher, under the tree's lock
    private final TopicTree<Message> tree = new TopicTree<>();
    private final AtomicLong bytes = new AtomicLong(); // these two are written under the tree's lock
    private final AtomicLong expiring = new AtomicLong();
    private final AtomicReference<TopicTree.@Nullable Cursor<Message>> sweeper = new AtomicReference<>();

    /** @param limits asked at each store, so that a reload counts from then on; what is stored already stays */
    public RetainedStore(Supplier<MessageLimits> limits) {
        this(limits, () -> 0);
    }

    /** @param perClientMax messages that one client has published, 0 for no limit; asked likewise */
    public RetainedStore(Supplier<MessageLimits> limits, IntSupplier perClientMax) {
        this.limits = limits;
        this.perClientMax = perClientMax;
    }

    /** What came of {@link #store}. */
    public enum Outcome {
        STORED,
        /** The message was empty: the topic has none any more. */
        REMOVED,
        /** The message would break a limit: what the topic had before stays. */
        QUOTA_EXCEEDED
    }

    /** @param position where the journal has it */
    public record Stored(Outcome outcome, long position) {}

    /** @param bytes the sum of {@link Message#weight} */
    public record Counts(int messages, long bytes) {}

    /** As {@link #store(Message, ToLongFunction)} where the journal is not told. */
    public Outcome store(Message message) {
        return store(message, kept -> Journal.NOTHING).outcome();
    }

    /**
     * Makes it the retained message of its topic; an empty one removes what is there. Call it for messages with RETAIN 1 only.
     *
     * @param journal writes the message into the journal where it is taken, and returns the position. It runs under the tree's
     *     lock, so that the journal has the messages of a topic in the order in which they were kept
     */
    @SuppressWarnings("ReferenceEquality") // this very object
    public Stored store(Message message, ToLongFunction<Message> journal) {
        long[] position = {Journal.NOTHING};
        String[] levels = message.topic().levels();
        if (message.payload().length == 0) { // [MQTT-3.3.1-6] [MQTT-3.3.1-7] [MQTT311-3.3.1-10] [MQTT311-3.3.1-11]
            tree.update(levels, old -> {
                if (old != null) {
                    position[0] = journal.applyAsLong(message);
                }
                account(old, null);
                return null;
            });
            return new Stored(Outcome.REMOVED, position[0]);
        }
        MessageLimits limit = limits.get();
        Message kept = lean(message);
        Message now = tree.update(
                levels,
                old -> { // [MQTT-3.3.1-5] [MQTT311-3.3.1-5] [MQTT311-3.3.1-7]
                    long bytesThen = bytes.get() + kept.weight() - (old == null ? 0 : old.weight());
                    boolean full = old == null && tree.size() >= limit.retainedMax();
                    boolean heavier = old == null || kept.weight() > old.weight();
                    if (full || heavier && bytesThen > limit.retainedBytesMax() || isOneTooMany(old, kept)) {
                        return old;
                    }
                    position[0] = journal.applyAsLong(kept);
                    account(old, kept);
                    return kept;
                });
        return new Stored(now == kept ? Outcome.STORED : Outcome.QUOTA_EXCEEDED, position[0]);
    }

    /**
     * Takes out exactly this message: another one that has come to its topic meanwhile stays.
     *
     * @param message as a {@link Cursor} or {@link #get} gave it
     * @param journal as in {@link #store(Message, ToLongFunction)}, for the message that goes
     * @return where the journal has that; empty where something else is there now, or nothing
     */
    @SuppressWarnings("ReferenceEquality") // this very object
    public OptionalLong remove(Message message, ToLongFunction<Message> journal) {
        AtomicReference<OptionalLong> position = new AtomicReference<>(OptionalLong.empty());
        tree.update(message.topic().levels(), old -> {
            if (old != message) {
                return old;
            }
            position.setPlain(OptionalLong.of(journal.applyAsLong(message)));
            account(old, null);
            return null;
        });
        return position.getPlain();
    }

    // Under the tree's lock.
    private boolean isOneTooMany(@Nullable Message old, Message now) {
        int most = perClientMax.getAsInt();
        boolean own = old != null && old.publisher().equals(now.publisher());
        return most > 0 && !own && isJournaled(now) && perClient.getOrDefault(now.publisher(), 0) >= most;
    }

    /** Takes in what an earlier run has retained, whatever the limits say now; an empty message removes. */
    public void restore(Message message) {
        Message kept = message.payload().length == 0 ? null : lean(message);
        tree.update(message.topic().levels(), old -> {
            account(old, kept);
            return kept;
        });
    }

    /** All that is retained and came from clients, weakly consistent. */
    public void forEach(Consumer<Message> each) {
        TopicTree.Cursor<Message> cursor = tree.cursor();
        boolean more = true;
        while (more) {
            more = cursor.next(PAGE_MESSAGES, message -> {
                if (isJournaled(message)) {
                    each.accept(message);
                }
            });
        }
    }

    /** Whether the journal is to have it: what the broker says of itself is said anew after a restart. */
    public static boolean isJournaled(Message message) {
        return !message.publisher().isEmpty();
    }

    /** Without the split levels that routing left in the topic, which can weigh more than the message. */
    private static Message lean(Message message) {
        TopicName topic = message.topic();
        return new Message(
                TopicName.of(topic.text(), topic.utf8()),
                message.qos(),
                message.retain(),
                message.properties(),
                message.payload(),
                message.publisher(),
                message.expiresAtNanos());
    }

    // Under the tree's lock.
    private void account(@Nullable Message old, @Nullable Message now) {
        bytes.addAndGet((now == null ? 0 : now.weight()) - (old == null ? 0 : old.weight()));
        count(old, -1);
        count(now, 1);
        expiring.addAndGet((expires(now) ? 1 : 0) - (expires(old) ? 1 : 0));
    }

    private void count(@Nullable Message message, int change) {
        if (message != null && isJournaled(message)) {
            perClient.merge(message.publisher(), change, (before, more) -> before + more == 0 ? null : before + more);
        }
    }

    private static boolean expires(@Nullable Message message) {
        return message != null && message.expiresAtNanos() != Message.NEVER;
    }

    public Counts counts() {
        return new Counts(tree.size(), bytes.get());
    }

    /** The retained message of one topic, null where there is none or it has expired. */
    public @Nullable Message get(TopicName topic, long nowNanos) {
        Message message = tree.get(topic.levels());
        return message == null || dropIfExpired(message, nowNanos) ? null : message;
    }

    /**
     * The retained messages that a filter matches, in pages. It stays valid while messages come and go: one that is there the whole
     * time is given once, one that changes meanwhile may be given as it was, as it is, or both.
     */
    public Cursor cursor(TopicFilter filter) {
        return new Cursor(tree.cursor(filter));
    }

    /**
     * The levels directly below others through which topics with a retained message go; one that has expired may still be there.
     *
     * @param above as {@link TopicTree#forEachLevel}
     */
    public void forEachLevel(String[] above, Consumer<TopicLevel<Message>> action) {
        tree.forEachLevel(above, action);
    }

    /** All retained messages, those of $ topics too. */
    public Cursor cursor() {
        return new Cursor(tree.cursor());
    }

    /** A walk over retained messages. One thread at a time, any thread. */
    public final class Cursor {
        private final TopicTree.Cursor<Message> messages;

        private Cursor(TopicTree.Cursor<Message> messages) {
            this.messages = messages;
        }

        /**
         * Gives the action the next messages that have not expired: at most {@code max}, maybe fewer or none with more to come,
         * since one call does a bounded amount of work.
         *
         * @return whether to call again; false when there are no more
         */
        public boolean next(int max, long nowNanos, Consumer<? super Message> action) {
            return messages.next(max, message -> {
                if (!dropIfExpired(message, nowNanos)) {
                    action.accept(message);
                }
            });
        }
    }

    @SuppressWarnings("ReferenceEquality") // this very object
    private boolean dropIfExpired(Message message, long nowNanos) {
        if (!message.isExpired(nowNanos)) {
            return false;
        }
        tree.update(message.topic().levels(), old -> {
            if (old != message) { // another one came in between
                return old;
            }
            account(old, null);
            return null;
        });
        return true;
    }

    /**
     * Looks for expired messages, from where the last call stopped, and removes them. Cheap where no message expires. To be called
     * now and then; while one thread is at it, the calls of others do nothing.
     *
     * @param max messages to look at, at least 1
     * @return how many were removed
     */
    @SuppressWarnings("ReferenceEquality") // this very object
    public int sweep(long nowNanos, int max) {
        if (expiring.get() == 0) {
            return 0;
        }
        TopicTree.Cursor<Message> cursor = sweeper.getAndSet(BUSY);
        if (cursor == BUSY) {
            return 0;
        }
        if (cursor == null) {
            cursor = tree.cursor();
        }
        int[] removed = new int[1];
        boolean more = false;
        try {
            more = cursor.next(max, message -> removed[0] += dropIfExpired(message, nowNanos) ? 1 : 0);
        } finally {
            sweeper.set(more ? cursor : null);
        }
        return removed[0];
    }

    /** Stands for a sweep under way. */
    private static final TopicTree.Cursor<Message> BUSY = (max, action) -> false;
}
