package io.dunlin.server.migrate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The lines of a listener, of a bridge, or those before any of them. It knows which have been understood. One thread. */
final class Section {
    private final Optional<Directive> head;
    private final List<Directive> lines = new ArrayList<>();
    private final Set<Directive> used = new HashSet<>();

    /** @param head the line with which it begins; empty for what stands before all */
    Section(Optional<Directive> head) {
        this.head = head;
    }

    Optional<Directive> head() {
        return head;
    }

    void add(Directive directive) {
        lines.add(directive);
    }

    /** The last line of this key, which is what counts; all of them are understood then. */
    Optional<Directive> take(String key) {
        Optional<Directive> found = peek(key);
        lines.stream().filter(line -> line.key().equals(key)).forEach(used::add);
        return found;
    }

    /** The last line of this key, which somebody else will take. */
    Optional<Directive> peek(String key) {
        return lines.stream().filter(line -> line.key().equals(key)).reduce((earlier, later) -> later);
    }

    /** All lines, in their order. */
    List<Directive> lines() {
        return List.copyOf(lines);
    }

    /** Those that nobody has taken. */
    List<Directive> rest() {
        return lines.stream().filter(line -> !used.contains(line)).toList();
    }

    /** Takes a line of {@link #lines}. */
    void use(Directive line) {
        used.add(line);
    }
}
