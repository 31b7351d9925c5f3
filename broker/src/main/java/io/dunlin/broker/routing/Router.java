package io.dunlin.broker.routing;

import io.dunlin.broker.port.BrokerOptions.SharedStrategy;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.JournalRecord.Reference;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Sink;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.packet.QoS;
import java.util.ArrayList;
import java.util.List;
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
    private long messages;

    public Router(Shard shard, List<Shard> shards, SubscriptionIndex index, Supplier<SharedStrategy> sharedStrategy) {
        this.shard = shard;
        this.shards = shards;
        this.cache = new RouteCache(index, shards.size());
        this.sharedStrategy = sharedStrategy;
        // Beyond those of an earlier run of the process, which the journal may still hold.
        this.messages = shard.clock().wallMillis() << 12;
    }

    /**
     * Routes a message; storing it as retained is the caller's.
     *
     * @param publisher whom to slow down, null for the broker itself
     */
    public Routed route(Message message, @Nullable Publisher publisher) {
        Match match = cache.match(message.topic());
        if (match.isEmpty()) {
            shard.counters().increment(Counter.DROPPED_NO_SUBSCRIBER);
            return Routed.NOWHERE;
        }
        List<Choice> choices = match.groups().isEmpty() ? List.of() : choose(match.groups(), message);
        long messageId = 0;
        long position = Routed.NOTHING_STORED;
        if (message.qos() != QoS.AT_MOST_ONCE) {
            List<Reference> references = references(match, choices, message);
            if (!references.isEmpty()) {
                messageId = ++messages << 10 | shard.index();
                JournalRecord record = new JournalRecord.Published(messageId, message, references);
                position = shard.journal().append(Journal.partition(message.publisher()), record);
            }
        }
        deliver(match, message, publisher, messageId);
        for (Choice choice : choices) {
            deliverTo(choice, message, messageId);
        }
        for (Sink sink : match.sinks()) {
            if (!sink.offer(message)) {
                shard.counters().increment(Counter.DROPPED_SINK_FULL);
            }
        }
        int destinations = match.recipients() + choices.size() + match.sinks().size();
        return destinations == 1 && position == Routed.NOTHING_STORED
                ? Routed.TO_ONE
                : new Routed(destinations, position);
    }

    /** Gives a shared group's message to another member, since {@code from} cannot deliver it; false where there is none. */
    public boolean redeliver(SharedGroup group, Message message, long messageId, Subscriber from) {
        Subscription chosen = group.choose(sharedStrategy.get(), message.publisher(), from);
        if (chosen == null) {
            return false;
        }
        long id = messageId;
        if (message.qos() != QoS.AT_MOST_ONCE && chosen.subscriber().isDurable()) {
            id = ++messages << 10 | shard.index();
            Reference reference = reference(chosen.recipient(), message);
            shard.journal()
                    .append(
                            Journal.partition(message.publisher()),
                            new JournalRecord.Published(id, message, List.of(reference)));
        }
        deliverTo(new Choice(group, chosen), message, id);
        return true;
    }

    private void deliver(Match match, Message message, @Nullable Publisher publisher, long messageId) {
        @Nullable Recipient[] @Nullable [] byShard = match.byShard();
        for (int i = 0; i < byShard.length; i++) {
            @Nullable Recipient[] row = byShard[i];
            if (row == null) {
                continue;
            }
            Shard target = shards.get(i);
            if (target == shard) {
                if (deliver(row, message, messageId) && publisher != null) {
                    publisher.slowDown();
                }
            } else {
                shard.post(target, () -> {
                    if (deliver(row, message, messageId) && publisher != null) {
                        target.post(publisher.shard(), publisher::slowDown);
                    }
                });
            }
        }
    }

    // Runs on the shard of the recipients.
    private static boolean deliver(@Nullable Recipient[] row, Message message, long messageId) {
        boolean slowDown = false;
        for (Recipient each : row) {
            Recipient recipient = each == null ? null : each.forPublisher(message.publisher());
            if (recipient != null) {
                slowDown |= deliver(recipient, message, null, messageId);
            }
        }
        return slowDown;
    }

    // What goes wrong with one recipient is its own affair, not that of the publisher or of the others.
    private static boolean deliver(Recipient recipient, Message message, @Nullable SharedGroup group, long messageId) {
        try {
            return recipient.subscriber().deliver(message, recipient, group, messageId);
        } catch (RuntimeException | Error fault) {
            recipient.subscriber().failed(fault);
            return false;
        }
    }

    private void deliverTo(Choice choice, Message message, long messageId) {
        Recipient recipient = choice.member.recipient();
        Subscriber subscriber = recipient.subscriber();
        if (subscriber.shard() == shard) {
            deliver(recipient, message, choice.group, messageId);
        } else {
            shard.post(subscriber.shard(), () -> deliver(recipient, message, choice.group, messageId));
        }
    }

    private List<Choice> choose(List<SharedGroup> groups, Message message) {
        List<Choice> choices = new ArrayList<>(groups.size());
        for (SharedGroup group : groups) {
            Subscription member = group.choose(sharedStrategy.get(), message.publisher(), null);
            if (member != null) {
                choices.add(new Choice(group, member));
            }
        }
        return choices;
    }

    private static List<Reference> references(Match match, List<Choice> choices, Message message) {
        List<Reference> references = List.of();
        for (@Nullable Recipient[] row : match.byShard()) {
            if (row == null) {
                continue;
            }
            for (Recipient each : row) {
                Recipient recipient = each == null ? null : each.forPublisher(message.publisher());
                if (recipient != null && isStoredFor(recipient)) {
                    references = with(references, reference(recipient, message));
                }
            }
        }
        for (Choice choice : choices) {
            if (isStoredFor(choice.member.recipient())) {
                references = with(references, reference(choice.member.recipient(), message));
            }
        }
        return references;
    }

    private static boolean isStoredFor(Recipient recipient) {
        return recipient.qos() != QoS.AT_MOST_ONCE && recipient.subscriber().isDurable();
    }

    private static Reference reference(Recipient recipient, Message message) {
        return new Reference(
                recipient.subscriber().clientId(),
                message.qos().atMost(recipient.qos()),
                recipient.retainAsPublished() && message.retain(),
                recipient.subscriptionIds());
    }

    private static List<Reference> with(List<Reference> references, Reference added) {
        List<Reference> grown = references.isEmpty() ? new ArrayList<>() : references;
        grown.add(added);
        return grown;
    }

    private record Choice(SharedGroup group, Subscription member) {}
}
