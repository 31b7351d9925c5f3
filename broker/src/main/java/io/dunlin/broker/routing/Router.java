package io.dunlin.broker.routing;

import io.dunlin.broker.port.BrokerOptions.SharedStrategy;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.JournalRecord.Share;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Sink;
import io.dunlin.broker.shard.Deadline;
import io.dunlin.broker.shard.Happening;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a message to everybody who is to have it. Each shard has its own router with its own cache of matches; recipients on
 * the same shard are called directly, those of another shard are mailed to it once for all of them. Thread: the shard.
 */
public final class Router {
    private final Shard shard;
    private final List<Shard> shards;
    private final RouteCache cache;
    private final Supplier<SharedStrategy> sharedStrategy;
    private final Runnable endTick = this::endTick;
    private final Deadline forgetValues = new Deadline() {
        @Override
        protected void due() {
            keepValuesUntilNanos = shard.nanos();
            cache.forgetValues();
        }
    };
    private @Nullable FanOut fanOut; // of this tick, not delivered yet
    private boolean endTickAsked;
    private long keepValuesUntilNanos; // while it is not past, the last message of each topic is kept

    public Router(Shard shard, List<Shard> shards, SubscriptionIndex index, Supplier<SharedStrategy> sharedStrategy) {
        this.shard = shard;
        this.shards = shards;
        this.cache = new RouteCache(index, shards.size());
        this.sharedStrategy = sharedStrategy;
        this.keepValuesUntilNanos = shard.nanos();
    }

    /**
     * Routes a message; storing it as retained is the caller's.
     *
     * @param publisher whom to slow down, null for the broker itself
     * @param wanted what the caller waits for before it says that the message was taken
     * @param takenPacketId of a QoS 2 message, to be stored with it as {@link JournalRecord.Published} says; else 0
     */
    public Routed route(Message message, @Nullable Publisher publisher, Durability wanted, int takenPacketId) {
        Match match = cache.match(message.topic());
        long now = shard.recentNanos();
        match.count(message, now);
        if (keepValuesUntilNanos - now > 0) {
            cache.keep(match, message);
        }
        boolean waits = FanOut.suits(match, message);
        if (fanOut != null && !(waits && fanOut.takes(match, message, publisher))) {
            deliverGathered(); // [MQTT-4.6.0-6]
        }
        shard.recorder().published(message, !match.isEmpty());
        if (match.isEmpty()) {
            shard.counters().increment(Counter.DROPPED_NO_SUBSCRIBER);
            return Routed.NOWHERE;
        }
        if (publisher != null && shard.deliveryTimes().isDue()) {
            shard.deliveryTimes().watch(message, shard.tickNanos());
        }
        if (waits) {
            gather(match, message, publisher);
            offer(match.sinks, message);
            return new Routed(match.recipients + match.sinks.size(), Journal.NOTHING);
        }
        return routeNow(match, message, publisher, wanted, takenPacketId);
    }

    private Routed routeNow(
            Match match, Message message, @Nullable Publisher publisher, Durability wanted, int takenPacketId) {
        List<Choice> choices = match.groups.isEmpty() ? List.of() : choose(match.groups, message);
        long position = Journal.NOTHING;
        if (message.qos() != QoS.AT_MOST_ONCE) {
            List<Share> shares = shares(match, choices, message);
            if (!shares.isEmpty()) {
                position = append(message, shares, wanted, takenPacketId);
            }
        }
        deliver(match, message, publisher, position);
        for (int i = 0; i < choices.size(); i++) {
            deliverTo(choices.get(i), message, position);
        }
        offer(match.sinks, message);
        int destinations = match.recipients + choices.size() + match.sinks.size();
        return destinations == 1 && position == Journal.NOTHING ? Routed.TO_ONE : new Routed(destinations, position);
    }

    /**
     * The topics of the messages that came this way lately: up to some thousands.
     *
     * @param keepValuesNanos for so long the last messages are kept, too, as far as there is room for them
     */
    public TopicSnapshot topics(long keepValuesNanos) {
        keepValuesUntilNanos = shard.nanos() + keepValuesNanos;
        shard.arm(forgetValues, keepValuesNanos);
        return new TopicSnapshot(cache.copy());
    }

    private void offer(List<Sink> sinks, Message message) {
        for (int i = 0;
                i < sinks.size();
                i++) { // here as below: mostly empty, and an iterator would be an object for each message
            if (!sinks.get(i).offer(message)) {
                shard.counters().increment(Counter.DROPPED_SINK_FULL);
            }
        }
    }

    private void gather(Match match, Message message, @Nullable Publisher publisher) {
        if (fanOut != null) {
            fanOut.add(message);
            return;
        }
        fanOut = new FanOut(match, message, publisher);
        if (!endTickAsked) {
            endTickAsked = true;
            shard.beforeFlush(endTick);
        }
    }

    private void endTick() {
        endTickAsked = false;
        deliverGathered();
    }

    /** Delivers what this tick has gathered for many receivers: before one of them changes, and at the end of the tick. */
    public void deliverGathered() {
        FanOut gathered = fanOut;
        fanOut = null;
        if (gathered == null) {
            return;
        }
        List<Message> messages = gathered.messages();
        if (messages.size() == 1) {
            deliver(gathered.match, messages.getFirst(), gathered.publisher, Journal.NOTHING);
        } else {
            deliver(gathered.match, messages, gathered.publisher);
        }
    }

    /** Whether a QoS 1 or 2 message to this topic would have to be stored for somebody. */
    public boolean storesFor(TopicName topic) {
        Match match = cache.match(topic);
        for (@Nullable Recipient[] row : match.byShard) {
            if (row != null) {
                for (Recipient each : row) {
                    if (each != null && isStoredFor(each)) {
                        return true;
                    }
                }
            }
        }
        return !match.groups.isEmpty();
    }

    /** Gives a shared group's message to another member, since {@code from} cannot deliver it; false where there is none. */
    public boolean redeliver(SharedGroup group, Message message, Subscriber from) {
        Subscription chosen = group.choose(sharedStrategy.get(), message.publisher(), from);
        if (chosen == null) {
            return false;
        }
        shard.recorder().chose(group.filter().text(), chosen.subscriber().clientId(), message);
        long position = Journal.NOTHING;
        if (message.qos() != QoS.AT_MOST_ONCE && isStoredFor(chosen.recipient())) {
            position = append(message, List.of(share(chosen.recipient(), message)), Durability.MEMORY, 0);
        }
        deliverTo(new Choice(group, chosen), message, position);
        return true;
    }

    private long append(Message message, List<Share> shares, Durability wanted, int takenPacketId) {
        return shard.journal()
                .append(
                        Journal.partition(message.publisher()),
                        new JournalRecord.Published(message, shares, takenPacketId),
                        wanted);
    }

    private void deliver(Match match, Message message, @Nullable Publisher publisher, long position) {
        @Nullable Recipient[] @Nullable [] byShard = match.byShard;
        for (int i = 0; i < byShard.length; i++) {
            @Nullable Recipient[] row = byShard[i];
            if (row == null) {
                continue;
            }
            if (i != shard.index()) {
                watchThere(message, shards.get(i));
                mail(shards.get(i), publisher, () -> deliver(row, message, position));
            } else if (deliver(row, message, position) && publisher != null) {
                publisher.slowDown();
            }
        }
    }

    // As the one above: what they have in common would be an object for each message.
    private void deliver(Match match, List<Message> messages, @Nullable Publisher publisher) {
        @Nullable Recipient[] @Nullable [] byShard = match.byShard;
        for (int i = 0; i < byShard.length; i++) {
            @Nullable Recipient[] row = byShard[i];
            if (row == null) {
                continue;
            }
            if (i != shard.index()) {
                for (int j = 0; j < messages.size(); j++) {
                    watchThere(messages.get(j), shards.get(i));
                }
                mail(shards.get(i), publisher, () -> deliver(row, messages));
            } else if (deliver(row, messages) && publisher != null) {
                publisher.slowDown();
            }
        }
    }

    /** Before it is mailed: the other shard measures a message that this one does. */
    private void watchThere(Message message, Shard target) {
        if (shard.deliveryTimes().isWatched(message)) {
            long sinceNanos = shard.deliveryTimes().shared();
            shard.post(target, () -> target.deliveryTimes().expect(message, sinceNanos, target.tickNanos()));
        }
    }

    /** @param delivery says whether the publisher should slow down */
    private void mail(Shard target, @Nullable Publisher publisher, BooleanSupplier delivery) {
        shard.post(target, () -> {
            if (delivery.getAsBoolean() && publisher != null) {
                target.post(publisher.shard(), publisher::slowDown);
            }
        });
    }

    // Runs on the shard of the recipients. What goes wrong with one is its own affair, not that of the publisher or of
    // the others.
    private static boolean deliver(@Nullable Recipient[] row, List<Message> messages) {
        String publisher = messages.getFirst().publisher();
        boolean slowDown = false;
        for (Recipient each : row) {
            Recipient recipient = each == null ? null : each.forPublisher(publisher);
            if (recipient == null) {
                for (int i = 0; each != null && i < messages.size(); i++) {
                    ownMessage(each, messages.get(i));
                }
                continue;
            }
            try {
                slowDown |= recipient.subscriber().deliver(messages, recipient);
            } catch (RuntimeException | Error fault) {
                recipient.subscriber().failed(fault);
            }
        }
        return slowDown;
    }

    // Runs on the shard of the recipients.
    private static boolean deliver(@Nullable Recipient[] row, Message message, long position) {
        boolean slowDown = false;
        for (Recipient each : row) {
            Recipient recipient = each == null ? null : each.forPublisher(message.publisher());
            if (recipient != null) {
                slowDown |= deliver(recipient, message, null, position);
            } else if (each != null) {
                ownMessage(each, message);
            }
        }
        return slowDown;
    }

    private static void ownMessage(Recipient publisher, Message message) {
        Subscriber subscriber = publisher.subscriber();
        subscriber.shard().recorder().lost(Happening.NO_LOCAL, subscriber.clientId(), message);
    }

    // What goes wrong with one recipient is its own affair, not that of the publisher or of the others.
    private static boolean deliver(Recipient recipient, Message message, @Nullable SharedGroup group, long position) {
        try {
            return recipient.subscriber().deliver(message, recipient, group, position);
        } catch (RuntimeException | Error fault) {
            recipient.subscriber().failed(fault);
            return false;
        }
    }

    private void deliverTo(Choice choice, Message message, long position) {
        Recipient recipient = choice.member.recipient();
        Subscriber subscriber = recipient.subscriber();
        if (subscriber.shard() == shard) {
            deliver(recipient, message, choice.group, position);
        } else {
            watchThere(message, subscriber.shard());
            shard.post(subscriber.shard(), () -> deliver(recipient, message, choice.group, position));
        }
    }

    private List<Choice> choose(List<SharedGroup> groups, Message message) {
        List<Choice> choices = new ArrayList<>(groups.size());
        for (SharedGroup group : groups) {
            Subscription member = group.choose(sharedStrategy.get(), message.publisher(), null);
            if (member != null) {
                shard.recorder()
                        .chose(group.filter().text(), member.subscriber().clientId(), message);
                choices.add(new Choice(group, member));
            }
        }
        return choices;
    }

    private static List<Share> shares(Match match, List<Choice> choices, Message message) {
        List<Share> shares = List.of();
        for (@Nullable Recipient[] row : match.byShard) {
            if (row == null) {
                continue;
            }
            for (Recipient each : row) {
                Recipient recipient = each == null ? null : each.forPublisher(message.publisher());
                if (recipient != null && isStoredFor(recipient)) {
                    shares = with(shares, share(recipient, message));
                }
            }
        }
        for (int i = 0; i < choices.size(); i++) {
            Recipient member = choices.get(i).member.recipient();
            if (isStoredFor(member)) {
                shares = with(shares, share(member, message));
            }
        }
        return shares;
    }

    private static boolean isStoredFor(Recipient recipient) {
        return recipient.qos() != QoS.AT_MOST_ONCE && recipient.subscriber().isDurable();
    }

    private static Share share(Recipient recipient, Message message) {
        return new Share(
                recipient.subscriber().clientId(),
                message.qos().atMost(recipient.qos()),
                recipient.retainAsPublished() && message.retain(),
                recipient.subscriptionIds());
    }

    private static List<Share> with(List<Share> shares, Share added) {
        List<Share> grown = shares.isEmpty() ? new ArrayList<>() : shares;
        grown.add(added);
        return grown;
    }

    private record Choice(SharedGroup group, Subscription member) {}
}
