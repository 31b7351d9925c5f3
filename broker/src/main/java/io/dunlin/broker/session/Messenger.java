package io.dunlin.broker.session;

import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.broker.routing.RetainedStore.Outcome;
import io.dunlin.broker.routing.Routed;
import io.dunlin.broker.shard.DeferredAcks;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Publishes for administrators, and takes retained messages out. Thread: any. */
public final class Messenger {
    private static final int AT_ONCE = 256;

    private final Core core;

    public Messenger(Core core) {
        this.core = core;
    }

    /** A message to publish. @param properties of a PUBLISH; those that are not forwarded are left out */
    public record Letter(
            TopicName topic, QoS qos, boolean retain, Properties properties, byte[] payload, String publisher) {}

    /**
     * What came of a message.
     *
     * @param destinations sessions, shared groups and sinks that it went to
     * @param retained false where it was to be retained and the limits left no room
     */
    public record Sent(int destinations, boolean retained) {}

    /** Whether only the broker itself may publish to a topic. */
    public static boolean isReserved(TopicName topic) {
        return Messages.isReserved(topic);
    }

    /** Publishes it, without asking for rights; done when all of it is stored that is to be. */
    public CompletionStage<Sent> publish(Letter letter) {
        ShardContext context = core.shards().get(0);
        CompletableFuture<Sent> sent = new CompletableFuture<>();
        context.shard().execute("a message of an administrator", () -> {
            try {
                publish(context, letter, sent);
            } catch (RuntimeException | Error fault) {
                sent.completeExceptionally(fault);
            }
        });
        return sent;
    }

    private static void publish(ShardContext context, Letter letter, CompletableFuture<Sent> sent) {
        Message message = Messages.of(
                context,
                letter.publisher(),
                letter.topic(),
                letter.qos(),
                letter.retain(),
                letter.properties(),
                letter.payload());
        boolean retained = true;
        long position = Journal.NOTHING;
        if (message.retain()) {
            RetainedStore.Stored stored = context.retain(message, Durability.DISK);
            retained = stored.outcome() != Outcome.QUOTA_EXCEEDED;
            position = stored.position();
        }
        Routed routed = context.router().route(message, null, Durability.DISK, 0);
        Sent outcome = new Sent(routed.destinations(), retained);
        whenStored(context, Math.max(position, routed.position()), () -> sent.complete(outcome));
    }

    private static void whenStored(ShardContext context, long position, Runnable done) {
        DeferredAcks answers = context.shard().deferredAcks();
        if (answers.isStored(position, Durability.DISK)) {
            done.run();
        } else {
            answers.await(position, Durability.DISK, done);
        }
    }

    /**
     * Takes out the retained messages that a filter matches at this moment, some at a time; nobody is sent anything, and what comes
     * meanwhile stays.
     *
     * @return how many, when that is stored
     */
    public CompletionStage<Integer> removeRetained(TopicFilter filter) {
        ShardContext context = core.shards().get(0);
        List<Message> found = new ArrayList<>();
        RetainedStore.Cursor cursor = core.retained().cursor(filter);
        boolean more = true;
        while (more) {
            more = cursor.next(AT_ONCE, context.shard().clock().nanos(), found::add);
        }
        CompletableFuture<Integer> done = new CompletableFuture<>();
        ArrayDeque<Message> left = new ArrayDeque<>(found);
        context.shard().execute("retained messages", () -> remove(context, left, Journal.NOTHING, 0, done));
        return done;
    }

    private static void remove(
            ShardContext context, ArrayDeque<Message> left, long before, int count, CompletableFuture<Integer> done) {
        long position = before;
        int removed = count;
        try {
            for (int i = 0; i < AT_ONCE && !left.isEmpty(); i++) {
                Message message = left.remove();
                OptionalLong gone = context.removeRetained(message, empty(message), Durability.DISK);
                position = Math.max(position, gone.orElse(Journal.NOTHING));
                removed += gone.isPresent() ? 1 : 0;
            }
        } catch (RuntimeException | Error fault) {
            done.completeExceptionally(fault);
            return;
        }
        long last = position;
        int sum = removed;
        if (left.isEmpty()) {
            whenStored(context, last, () -> done.complete(sum));
        } else {
            context.shard().execute("retained messages", () -> remove(context, left, last, sum, done));
        }
    }

    /** Of the same publisher: the journal has it where it has the message. */
    private static Message empty(Message message) {
        return new Message(
                message.topic(),
                QoS.AT_MOST_ONCE,
                true,
                Properties.NONE,
                new byte[0],
                message.publisher(),
                Message.NEVER);
    }
}
