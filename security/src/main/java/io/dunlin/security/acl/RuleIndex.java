package io.dunlin.security.acl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tree of topic patterns by their levels, which leads a question to the few patterns that may have to do with it: it gives all that
 * fit, and perhaps some that do not. Written by one thread, then read by any.
 */
final class RuleIndex {
    private final Node root = new Node();

    /** One pattern of a rule. */
    record Entry(int number, CompiledRule rule, TopicPattern topic) {}

    /** Takes what is found; an entry may come more than once. */
    interface Visitor {
        void visit(Entry entry);
    }

    private static final class Node {
        private final Map<String, Node> names = new HashMap<>();
        private @Nullable Node any;
        private final List<Entry> ending = new ArrayList<>();
        private final List<Entry> below = new ArrayList<>();

        Node any() {
            Node node = any;
            if (node == null) {
                node = new Node();
                any = node;
            }
            return node;
        }
    }

    void add(Entry entry) {
        Node node = root;
        for (String level : entry.topic.shape()) {
            boolean filled = level.equals(TopicPattern.FILLED);
            if (level.equals("#")
                    || filled && (!entry.rule.allows() || entry.topic.isTrusting())) { // several levels perhaps
                node.below.add(entry);
                return;
            }
            boolean any = filled || level.equals("+");
            node = any ? node.any() : node.names.computeIfAbsent(level, _ -> new Node());
        }
        node.ending.add(entry);
    }

    /** All that may match a topic or a part of what a filter matches. */
    void find(String[] levels, Visitor visitor) {
        find(root, levels, 0, visitor);
    }

    private static void find(Node node, String[] levels, int depth, Visitor visitor) {
        visitAll(node.below, visitor);
        if (depth == levels.length) {
            visitAll(node.ending, visitor);
            return;
        }
        String level = levels[depth];
        if (level.equals("#")) {
            everything(node, visitor);
            return;
        }
        Node any = node.any;
        if (any != null) {
            find(any, levels, depth + 1, visitor);
        }
        if (level.equals("+")) {
            node.names.values().forEach(next -> find(next, levels, depth + 1, visitor));
            return;
        }
        Node named = node.names.get(level);
        if (named != null) {
            find(named, levels, depth + 1, visitor);
        }
    }

    /** All of a node but what stands in {@code below}, which was visited before. */
    private static void everything(Node node, Visitor visitor) {
        visitAll(node.ending, visitor);
        Node any = node.any;
        if (any != null) {
            visitAll(any.below, visitor);
            everything(any, visitor);
        }
        for (Node next : node.names.values()) {
            visitAll(next.below, visitor);
            everything(next, visitor);
        }
    }

    private static void visitAll(List<Entry> entries, Visitor visitor) {
        for (int i = 0; i < entries.size(); i++) {
            visitor.visit(entries.get(i));
        }
    }
}
