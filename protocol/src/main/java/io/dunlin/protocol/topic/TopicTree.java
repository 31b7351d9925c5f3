package io.dunlin.protocol.topic;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Values by topic, in a tree with a node for each level: an index of filters that is asked with a name, or a store of names that is
 * asked with a filter (MQTT 5, section 4.7). One tree is the one or the other.
 *
 * <p>How it is shared: any thread reads without a lock; writers take one lock for the length of one path. Nodes keep their identity
 * while they hold something, so a reader finds each value that is there during its whole walk, and may or may not see one that
 * comes or goes meanwhile. {@link #get} and {@link #update} are linearizable. Values should be immutable.
 *
 * <p>What it costs: an update and a match cost by levels (and matches), however many keys there are and however many share a level.
 * Where filters have + at k levels, a match walks up to 2 to the k paths, never more than there are filters. Nothing recurses: a
 * topic has up to 65,536 levels.
 */
public final class TopicTree<V> {
    private static final int RECENT_LEVELS = 1024; // a power of two

    private final TopicNode<V> root = new TopicNode<>("");
    private final ReentrantLock writing = new ReentrantLock();
    private final @Nullable String[] recentLevels = new String[RECENT_LEVELS];
    private final AtomicInteger size = new AtomicInteger();

    /** The number of values. */
    public int size() {
        return size.get();
    }

    /** For tests: whether nothing is left behind in an empty tree. */
    boolean isPruned() {
        return root.isEmpty();
    }

    /** The value under exactly this key: wildcards are taken as they are written. */
    public @Nullable V get(String[] levels) {
        int depth = depthOf(levels);
        TopicNode<V> node = root;
        for (int i = 0; i < depth; i++) {
            node = node.child(levels[i]);
            if (node == null) {
                return null;
            }
        }
        return depth < levels.length ? node.hashValue : node.value;
    }

    /**
     * Replaces the value under a key by what the function makes of it.
     *
     * @param levels of a topic name or a filter without its share name; not kept
     * @param change gets the old value or null, answers the new one or null to remove it. It runs under the lock: short, and without
     *     a write to this tree. If it throws, nothing has changed
     * @return what the function answered
     */
    public @Nullable V update(String[] levels, UnaryOperator<@Nullable V> change) {
        int depth = depthOf(levels);
        if (writing.isHeldByCurrentThread()) {
            throw new IllegalStateException("a change of a topic tree must not write to the same tree");
        }
        writing.lock();
        try {
            return replace(levels, depth, change);
        } finally {
            writing.unlock();
        }
    }

    private @Nullable V replace(String[] levels, int depth, UnaryOperator<@Nullable V> change) {
        boolean hash = depth < levels.length;
        @SuppressWarnings({"unchecked", "rawtypes"})
        TopicNode<V>[] path = new TopicNode[depth + 1];
        path[0] = root;
        int known = 0;
        while (known < depth) {
            TopicNode<V> next = path[known].child(levels[known]);
            if (next == null) {
                break;
            }
            path[++known] = next;
        }
        TopicNode<V> end = known == depth ? path[depth] : null;
        V old = end == null ? null : hash ? end.hashValue : end.value;
        V now = change.apply(old);
        if (now != null) {
            if (end != null) {
                set(end, hash, now);
            } else {
                path[known].add(branch(levels, known, depth, hash, now));
            }
            if (old == null) {
                size.incrementAndGet();
            }
        } else if (old != null && end != null) {
            set(end, hash, null);
            prune(path);
            size.decrementAndGet();
        }
        return now;
    }

    private static <V> void set(TopicNode<V> node, boolean hash, @Nullable V value) {
        if (hash) {
            node.hashValue = value;
        } else {
            node.value = value;
        }
    }

    /** The nodes that a new key needs, from the deepest up, so that a reader meets all of them or none. */
    private TopicNode<V> branch(String[] levels, int known, int depth, boolean hash, V value) {
        TopicNode<V> node = new TopicNode<>(shared(levels[depth - 1]));
        set(node, hash, value);
        for (int i = depth - 2; i >= known; i--) {
            TopicNode<V> parent = new TopicNode<>(shared(levels[i]));
            parent.add(node);
            node = parent;
        }
        return node;
    }

    private static <V> void prune(TopicNode<V>[] path) {
        for (int i = path.length - 1; i > 0 && path[i].isEmpty(); i--) {
            path[i - 1].remove(path[i]);
        }
    }

    /** One string for the many equal levels ("temperature") that a tree has at many places. */
    private String shared(String level) {
        int slot = (level.hashCode() * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(RECENT_LEVELS - 1);
        String known = recentLevels[slot];
        if (level.equals(known)) {
            return known;
        }
        recentLevels[slot] = level;
        return level;
    }

    /** The number of levels without a # at the end. */
    private static int depthOf(String[] levels) {
        if (levels.length == 0) {
            throw new IllegalArgumentException("a key has at least one level");
        }
        return levels[levels.length - 1].equals("#") ? levels.length - 1 : levels.length;
    }

    /**
     * Keys as filters: gives the action each value whose filter matches the topic, in no particular order. Filters that begin with a
     * wildcard do not match topics that begin with $.
     */
    public void forEachMatching(TopicName topic, Consumer<? super V> action) {
        String[] levels = topic.levels();
        boolean dollar = topic.startsWithDollar();
        Pending<V> pending = null;
        TopicNode<V> node = root;
        int depth = 0;
        while (true) {
            boolean wildcards = depth > 0 || !dollar; // [MQTT-4.7.2-1]
            V hash = node.hashValue; // "a/#" matches "a" too: asked before the levels are used up
            if (hash != null && wildcards) {
                action.accept(hash);
            }
            TopicNode<V> next = null;
            if (depth < levels.length) {
                next = node.namedChild(levels[depth]);
                TopicNode<V> plus = wildcards ? node.plus : null;
                if (next == null) {
                    next = plus;
                } else if (plus != null) {
                    pending = new Pending<>(plus, depth + 1, pending);
                }
            } else {
                V value = node.value;
                if (value != null) {
                    action.accept(value);
                }
            }
            if (next != null) {
                node = next;
                depth++;
            } else if (pending != null) {
                node = pending.node;
                depth = pending.depth;
                pending = pending.next;
            } else {
                return;
            }
        }
    }

    /**
     * Keys as names: the values whose name matches the filter, in no particular order. A filter that begins with a wildcard does not
     * match names that begin with $.
     */
    public Cursor<V> cursor(TopicFilter filter) {
        return new TopicCursor<>(root, filter.levels(), false);
    }

    /** Keys as names: all values, those under $ too. */
    public Cursor<V> cursor() {
        return new TopicCursor<>(root, new String[] {"#"}, true);
    }

    /** Gives the action all values, whether keys are names or filters, in no particular order. Keeps an iterator for each level. */
    public void forEach(Consumer<? super V> action) {
        ArrayDeque<Iterator<TopicNode<V>>> open = new ArrayDeque<>();
        TopicNode<V> node = root;
        while (node != null) {
            give(node.value, action);
            give(node.hashValue, action);
            TopicChildren<V> children = node.named;
            TopicNode<V> plus = node.plus;
            if (children != null) {
                open.push(children.iterator());
            }
            if (plus != null) {
                open.push(List.of(plus).iterator());
            }
            while (!open.isEmpty() && !open.element().hasNext()) {
                open.pop();
            }
            node = open.isEmpty() ? null : open.element().next();
        }
    }

    /**
     * Keys as names: gives the action each level directly below others, in no particular order.
     *
     * @param above the levels that lead there; none for the first level of all keys
     */
    public void forEachLevel(String[] above, Consumer<TopicLevel<V>> action) {
        TopicNode<V> node = root;
        for (int i = 0; i < above.length && node != null; i++) {
            node = node.namedChild(above[i]);
        }
        TopicChildren<V> children = node == null ? null : node.named;
        if (children != null) {
            children.iterator().forEachRemaining(child -> action.accept(new TopicLevel<>(child)));
        }
    }

    private static <V> void give(@Nullable V value, Consumer<? super V> action) {
        if (value != null) {
            action.accept(value);
        }
    }

    /** A walk over matching values that goes on where it stopped, while others write. One thread at a time. */
    public interface Cursor<V> {
        /**
         * Gives the action the next values: at most {@code max}. It may be fewer, or none, with more to come, since one call looks at
         * a bounded number of nodes even where few of them match.
         *
         * @param max at least 1
         * @return whether to call again; false when there are no more
         */
        boolean next(int max, Consumer<? super V> action);
    }

    /** A node that is still to be visited, as a list from the latest. */
    private record Pending<V>(
            TopicNode<V> node, int depth, @Nullable Pending<V> next) {}
}
