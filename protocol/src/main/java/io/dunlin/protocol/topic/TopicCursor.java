package io.dunlin.protocol.topic;

import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A depth-first walk that keeps its place: the node to visit next, and the nodes above it that have more children to visit. */
final class TopicCursor<V> implements TopicTree.Cursor<V> {
    /** What one call may look at beyond the values that it gives: some 0.1 ms. */
    private static final int IDLE_STEPS_MAX = 4096;

    private final TopicNode<V> root;
    private final String[] levels;
    private final boolean dollarToo;
    private @Nullable TopicNode<V> node;
    private int depth; // the number of filter levels that lead to the node; at # it stays
    private @Nullable Branch<V> branch;

    TopicCursor(TopicNode<V> root, String[] levels, boolean dollarToo) {
        this.root = root;
        this.levels = levels;
        this.dollarToo = dollarToo;
        this.node = root;
    }

    @Override
    public boolean next(int max, Consumer<? super V> action) {
        if (max < 1) {
            throw new IllegalArgumentException("a page has at least one value");
        }
        int left = max;
        int idle = IDLE_STEPS_MAX;
        while (left > 0 && idle > 0) {
            TopicNode<V> visited = node != null ? node : nextOfBranch();
            if (visited == null) {
                return false;
            }
            V value = visit(visited);
            if (value == null) {
                idle--;
            } else {
                left--;
                action.accept(value);
            }
        }
        return node != null || branch != null;
    }

    private @Nullable TopicNode<V> nextOfBranch() {
        for (Branch<V> current = branch; current != null; current = branch) {
            TopicNode<V> child = current.children.next();
            if (!current.children.hasNext()) {
                branch = current.above;
            }
            if (!current.hidesDollar || !child.level.startsWith("$")) {
                depth = current.depth;
                return child;
            }
        }
        return null;
    }

    /** Sets what follows, and answers the node's own value where it matches. */
    private @Nullable V visit(TopicNode<V> visited) {
        if (depth == levels.length) {
            node = null;
            return visited.value;
        }
        String level = levels[depth];
        if (level.equals("#")) {
            follow(visited, depth);
            return visited.value; // "a/#" matches "a" too
        }
        if (level.equals("+")) {
            follow(visited, depth + 1);
        } else {
            node = visited.namedChild(level);
            depth++;
        }
        return null;
    }

    private void follow(TopicNode<V> visited, int childDepth) {
        TopicChildren<V> children = visited.named;
        boolean hidesDollar = visited == root && !dollarToo; // [MQTT-4.7.2-1]
        node = null;
        if (children instanceof TopicNode<V> only) { // no branch: the walk down a long topic keeps nothing
            if (!hidesDollar || !only.level.startsWith("$")) {
                node = only;
                depth = childDepth;
            }
        } else if (children != null) {
            Iterator<TopicNode<V>> iterator = children.iterator();
            if (iterator.hasNext()) {
                branch = new Branch<>(iterator, childDepth, hidesDollar, branch);
            }
        }
    }

    /** Children of one node that are still to be visited: at least one. A list from the deepest up. */
    private record Branch<V>(
            Iterator<TopicNode<V>> children,
            int depth,
            boolean hidesDollar,
            @Nullable Branch<V> above) {}
}
