package io.dunlin.broker.session;

import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Answer;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one client may do. Verdicts are remembered by topic, two places for each hash, until the authorizer's generation changes or they
 * run out, so that a message costs one look into a small table. Thread: the shard.
 */
final class Permissions {
    private static final int SLOTS_MIN = 4;
    private static final int SLOTS_MAX = 128;
    private static final int TOPIC_BYTES_MAX = 256; // longer ones are asked about each time

    private final Authorizer authorizer;
    private final Shard shard;
    private Principal principal;
    private long generation;
    private long version; // changes with whatever makes an earlier verdict void
    private @Nullable Remembered @Nullable [] slots; // from the first topic on

    Permissions(Authorizer authorizer, Shard shard, Principal principal) {
        this.authorizer = authorizer;
        this.shard = shard;
        this.principal = principal;
        this.generation = authorizer.generation();
    }

    /** It is this client now: nothing that was remembered holds any more. */
    void principal(Principal replacement) {
        principal = replacement;
        forget();
    }

    /** Remembers nothing any more, and takes no verdict that is still on its way. */
    void forget() {
        slots = null;
        generation = authorizer.generation();
        version++;
    }

    /** A number for the rights of now. */
    long version() {
        if (generation != authorizer.generation()) {
            forget();
        }
        return version;
    }

    Answer publish(TopicName topic, QoS qos, boolean retain) {
        return ask(Action.publish(qos, retain), topic);
    }

    Answer receive(TopicName topic) {
        return ask(Action.RECEIVE, topic);
    }

    /** Never remembered: a subscription is asked about when it is made, and at each review. */
    Answer subscribe(QoS qos, String filter) {
        return authorizer.allowsAll()
                ? Verdict.ALLOWED
                : authorizer.authorize(principal, Action.subscribe(qos), filter);
    }

    private Answer ask(Action action, TopicName topic) {
        if (authorizer.allowsAll()) {
            return Verdict.ALLOWED;
        }
        if (generation != authorizer.generation()) {
            forget();
        }
        Remembered known = find(topic);
        int bit = 1 << action.ordinal();
        if (known != null && (known.decided & bit) != 0 && known.isGood(shard)) {
            return (known.allowed & bit) != 0 ? Verdict.ALLOWED : Verdict.DENIED;
        }
        Answer answer = authorizer.authorize(principal, action, topic.text());
        if (answer instanceof Verdict verdict) {
            remember(action, topic, verdict);
        }
        return answer;
    }

    /**
     * Waits for somebody else's verdict, remembers it, and goes on with it on the shard. A failure is a no; where rights have changed
     * meanwhile, or it is another client now, it asks again.
     *
     * @param then may run after the connection has gone
     */
    void await(Authorizer.Pending pending, Action action, TopicName topic, Consumer<Boolean> then) {
        long asked = version();
        pending.verdict()
                .whenComplete((verdict, failure) -> shard.execute("an authorization", () -> {
                    if (verdict == null) {
                        shard.fault("the authorizer", failure == null ? new NullPointerException() : failure);
                        then.accept(false);
                    } else if (asked == version()) {
                        remember(action, topic, verdict);
                        then.accept(verdict.allowed());
                    } else {
                        askAgain(action, topic, then);
                    }
                }));
    }

    private void askAgain(Action action, TopicName topic, Consumer<Boolean> then) {
        switch (ask(action, topic)) {
            case Verdict now -> then.accept(now.allowed());
            case Authorizer.Pending again -> await(again, action, topic, then);
        }
    }

    private void remember(Action action, TopicName topic, Verdict verdict) {
        if (topic.utf8().length > TOPIC_BYTES_MAX) {
            return;
        }
        Remembered known = find(topic);
        if (known == null) {
            known = new Remembered(topic);
            put(known);
        } else if (!known.isGood(shard)) {
            known.decided = 0;
            known.goodUntilNanos = Verdict.FOREVER;
        }
        int bit = 1 << action.ordinal();
        known.decided |= bit;
        known.allowed = verdict.allowed() ? known.allowed | bit : known.allowed & ~bit;
        known.goodUntilNanos = Math.min(known.goodUntilNanos, verdict.goodUntilNanos());
    }

    private @Nullable Remembered find(TopicName topic) {
        @Nullable Remembered[] all = slots;
        if (all == null) {
            return null;
        }
        int slot = slot(topic, all.length);
        Remembered first = all[slot];
        if (first != null && first.topic.equals(topic)) {
            return first;
        }
        Remembered second = all[slot ^ 1];
        return second != null && second.topic.equals(topic) ? second : null;
    }

    private void put(Remembered added) {
        @Nullable Remembered[] all = slots;
        if (all == null) {
            all = new Remembered[SLOTS_MIN];
            slots = all;
        }
        int slot = slot(added.topic, all.length);
        if (all[slot] != null && all[slot ^ 1] != null && all.length < SLOTS_MAX) {
            @Nullable Remembered[] old = all;
            slots = new Remembered[old.length * 4];
            for (Remembered each : old) {
                if (each != null) {
                    put(each);
                }
            }
            put(added);
            return;
        }
        all[slot ^ 1] = all[slot]; // the one used last comes first
        all[slot] = added;
    }

    private static int slot(TopicName topic, int slots) {
        int hash = topic.hashCode();
        return (hash ^ hash >>> 8 ^ hash >>> 16) & slots - 1;
    }

    /** The verdicts about one topic, a bit for each action. */
    private static final class Remembered {
        private final TopicName topic;
        private int decided;
        private int allowed;
        private long goodUntilNanos = Verdict.FOREVER;

        private Remembered(TopicName topic) {
            this.topic = topic;
        }

        private boolean isGood(Shard shard) {
            return goodUntilNanos == Verdict.FOREVER || goodUntilNanos - shard.nanos() > 0;
        }
    }
}
