package io.dunlin.broker.routing;

import io.dunlin.broker.port.BrokerOptions.SharedStrategy;
import io.dunlin.protocol.topic.TopicFilter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The members of one shared subscription, $share/name/filter (MQTT 5, section 4.8.2). Members change under the index's write
 * lock; a member is chosen on any shard without a lock. Connected members come first; without one, a durable member gets the
 * message into its queue. A member that may not receive all of it is chosen only where there is no other: what it drops, nobody gets.
 */
public final class SharedGroup {
    private final String name;
    private final TopicFilter filter;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile Subscription[] members = {};
    private volatile @Nullable Subscriber favourite;

    SharedGroup(String name, TopicFilter filter) {
        this.name = name;
        this.filter = filter;
    }

    /** Between {@code $share/} and the filter. */
    public String name() {
        return name;
    }

    /** As its members sent it, with {@code $share/}. */
    public TopicFilter filter() {
        return filter;
    }

    /** Thread: any. */
    public List<Subscription> members() {
        return List.of(members);
    }

    int size() {
        return members.length;
    }

    void put(Subscription member) {
        Subscription[] others = without(member.subscriber());
        Subscription[] changed = Arrays.copyOf(others, others.length + 1);
        changed[others.length] = member;
        members = changed;
    }

    void remove(Subscriber subscriber) {
        members = without(subscriber);
    }

    private Subscription[] without(Subscriber subscriber) {
        return Arrays.stream(members)
                .filter(member -> member.subscriber() != subscriber)
                .toArray(Subscription[]::new);
    }

    /**
     * The member that gets the next message, or null where nobody can take it.
     *
     * @param publisher the client id, for {@link SharedStrategy#HASH_PUBLISHER}
     * @param except a member that gave the message back, or null
     */
    @Nullable
    Subscription choose(SharedStrategy strategy, String publisher, @Nullable Subscriber except) {
        Subscription[] all = members;
        if (all.length == 0) {
            return null;
        }
        if (strategy == SharedStrategy.STICKY) {
            Subscriber known = favourite;
            for (Subscription member : all) {
                if (member.subscriber() == known && known != except && known.isConnected() && !member.isInPart()) {
                    return member;
                }
            }
        }
        int start =
                switch (strategy) {
                    case ROUND_ROBIN, STICKY -> turn.getAndIncrement();
                    case HASH_PUBLISHER -> publisher.hashCode();
                };
        Subscription durable = null;
        Subscription inPart = null;
        for (int i = 0; i < all.length; i++) {
            Subscription member = all[Math.floorMod(start + i, all.length)];
            Subscriber subscriber = member.subscriber();
            if (subscriber == except) {
                continue;
            }
            if (member.isInPart()) {
                boolean better = inPart == null || !inPart.subscriber().isConnected() && subscriber.isConnected();
                inPart = better && (subscriber.isConnected() || subscriber.isDurable()) ? member : inPart;
            } else if (subscriber.isConnected()) {
                if (strategy == SharedStrategy.STICKY) {
                    favourite = subscriber;
                }
                return member;
            } else if (durable == null && subscriber.isDurable()) {
                durable = member;
            }
        }
        return durable == null ? inPart : durable;
    }

    /** Whether a member other than this one is connected. */
    public boolean hasOtherConnected(Subscriber subscriber) {
        for (Subscription member : members) {
            if (member.subscriber() != subscriber && member.subscriber().isConnected()) {
                return true;
            }
        }
        return false;
    }
}
