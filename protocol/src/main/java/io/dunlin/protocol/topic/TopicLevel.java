package io.dunlin.protocol.topic;

import org.jspecify.annotations.Nullable;

/**
 * One level of a {@link TopicTree} at one place, with what is below it: a view, which others may change meanwhile. Thread: any.
 */
public final class TopicLevel<V> {
    private final TopicNode<V> node;

    TopicLevel(TopicNode<V> node) {
        this.node = node;
    }

    /** The text between two slashes. */
    public String text() {
        return node.level;
    }

    /** The value of the key that ends here, null where none does. */
    public @Nullable V value() {
        return node.value;
    }

    /** How many levels are directly below; about, while others write. */
    public int size() {
        TopicChildren<V> children = node.named;
        return children == null ? 0 : children.size();
    }

    /** Whether a level of this text is directly below. */
    public boolean has(String level) {
        return node.namedChild(level) != null;
    }
}
