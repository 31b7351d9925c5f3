package io.dunlin.protocol.topic;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The named children of a node, in the leanest form for their number: one node by itself, a {@link TopicTable}, or a
 * {@link TopicCrowd} where hash codes collide. Read by any thread without a lock; changed by the one writer, who puts the answer
 * of {@link #with} and {@link #without} in this one's place.
 */
abstract class TopicChildren<V> {
    abstract @Nullable TopicNode<V> find(String level);

    /** @param child whose level is not among these */
    abstract TopicChildren<V> with(TopicNode<V> child);

    /** @param child one of these; null when it was the last */
    abstract @Nullable TopicChildren<V> without(TopicNode<V> child);

    /** Weakly consistent: a child that is there from the beginning to the end is met once. */
    abstract Iterator<TopicNode<V>> iterator();

    /** How many there are; about, to others than the writer. */
    abstract int size();
}
