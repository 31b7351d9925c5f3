package io.dunlin.broker.routing;

import io.dunlin.broker.port.Message;
import io.dunlin.broker.shard.Shard;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session as the router sees it. */
public interface Subscriber {
    /** Where it lives, for its whole life. Thread: any. */
    Shard shard();

    /** Thread: any. */
    String clientId();

    /** Whether it has a connection at this moment. Thread: any. */
    boolean isConnected();

    /** Whether its queue outlives its connection. Thread: any. */
    boolean isDurable();

    /**
     * Sends the message or queues it, or drops it where a limit says so. Thread: its shard.
     *
     * @param recipient how it is to be delivered; not the publisher's own where that is excluded
     * @param group the shared group that chose this subscriber, else null
     * @param position where the journal has it, {@link io.dunlin.broker.port.Journal#NOTHING} where it has not
     * @return whether those who publish to it should slow down
     */
    boolean deliver(Message message, Recipient recipient, @Nullable SharedGroup group, long position);

    /**
     * As the other, for several QoS 0 messages of one publisher to one topic, without retain and expiry, in order. Thread: its shard.
     *
     * @param messages at least one; not changed any more
     */
    boolean deliver(List<Message> messages, Recipient recipient);

    /** A delivery ended in a fault of the program: it is told, and this subscriber's connection ends. Thread: its shard. */
    void failed(Throwable fault);
}
