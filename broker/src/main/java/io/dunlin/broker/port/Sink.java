package io.dunlin.broker.port;

import io.dunlin.protocol.topic.TopicFilter;

/** A destination that is no session: a rule, a bridge, another node. Open: other modules implement it. */
public interface Sink {
    String name();

    /** The filter whose messages it gets; not shared. */
    TopicFilter filter();

    /**
     * Takes a message or refuses it; must not block. Thread: the shard of the publisher.
     *
     * @return false where the sink is full: the refusal is counted and the message is not offered again
     */
    boolean offer(Message message);
}
