package io.dunlin.protocol.topic;

import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Children whose hash codes collide, by chance or by malice: the map orders them, so each look-up stays logarithmic. */
final class TopicCrowd<V> extends TopicChildren<V> {
    private final ConcurrentHashMap<String, TopicNode<V>> nodes = new ConcurrentHashMap<>();

    @Override
    @Nullable
    TopicNode<V> find(String level) {
        return nodes.get(level);
    }

    @Override
    TopicChildren<V> with(TopicNode<V> child) {
        nodes.put(child.level, child);
        return this;
    }

    @Override
    @Nullable
    TopicChildren<V> without(TopicNode<V> child) {
        nodes.remove(child.level);
        return nodes.isEmpty() ? null : this;
    }

    @Override
    Iterator<TopicNode<V>> iterator() {
        return nodes.values().iterator();
    }

    @Override
    int size() {
        return nodes.size();
    }
}
