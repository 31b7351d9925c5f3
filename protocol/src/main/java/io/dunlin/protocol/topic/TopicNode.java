package io.dunlin.protocol.topic;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One level of one or more keys. 32 bytes with 4-byte references, as a tree has a million of them: the child "+" has a field of its
 * own, since matching asks for it at each step, and "#", which has no children, is only its value. Written under the lock of its tree.
 */
final class TopicNode<V> extends TopicChildren<V> {
    final String level;
    volatile @Nullable V value;
    volatile @Nullable V hashValue;
    volatile @Nullable TopicNode<V> plus;
    volatile @Nullable TopicChildren<V> named;

    TopicNode(String level) {
        this.level = level;
    }

    @Nullable
    TopicNode<V> child(String childLevel) {
        if (childLevel.equals("+")) {
            return plus;
        }
        return namedChild(childLevel);
    }

    @Nullable
    TopicNode<V> namedChild(String childLevel) {
        TopicChildren<V> children = named;
        return children == null ? null : children.find(childLevel);
    }

    void add(TopicNode<V> child) {
        if (child.level.equals("+")) {
            plus = child;
        } else {
            TopicChildren<V> children = named;
            named = children == null ? child : children.with(child);
        }
    }

    void remove(TopicNode<V> child) {
        TopicChildren<V> children = named;
        if (child == plus) {
            plus = null;
        } else if (children != null) {
            named = children.without(child);
        }
    }

    boolean isEmpty() {
        return value == null && hashValue == null && plus == null && named == null;
    }

    @Override
    @Nullable
    TopicNode<V> find(String wanted) {
        return level.equals(wanted) ? this : null;
    }

    @Override
    TopicChildren<V> with(TopicNode<V> child) {
        return TopicTable.of(this, child);
    }

    @Override
    @Nullable
    TopicChildren<V> without(TopicNode<V> child) {
        return null;
    }

    @Override
    Iterator<TopicNode<V>> iterator() {
        return List.of(this).iterator();
    }

    @Override
    int size() {
        return 1;
    }
}
