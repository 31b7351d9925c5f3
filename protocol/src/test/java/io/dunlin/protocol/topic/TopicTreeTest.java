package io.dunlin.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTreeTest {
    private static final String[] LEVELS = {"a", "b", "", "$a", "c", "aa", "+", "+"};

    private final TopicTree<String> tree = new TopicTree<>();

    /** [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.2-1] [MQTT-4.7.3-4] by their examples in section 4.7. */
    @ParameterizedTest
    @CsvSource({
        "sport/tennis/player1/#, sport/tennis/player1, true",
        "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
        "sport/#, sport, true",
        "sport/#, sports, false",
        "#, sport, true",
        "#, /, true",
        "sport/+, sport, false",
        "sport/+, sport/, true",
        "sport/tennis/+, sport/tennis/player1/ranking, false",
        "+/+, /finance, true",
        "/+, /finance, true",
        "+, /finance, false",
        "+, finance, true",
        "#, $SYS/x, false",
        "#, $SYS, false",
        "+/monitor/Clients, $SYS/monitor/Clients, false",
        "+/#, $SYS/x, false",
        "$SYS/#, $SYS, true",
        "$SYS/#, $SYS/x, true",
        "$SYS/monitor/+, $SYS/monitor/Clients, true",
        "a/#, a/$b, true",
        "a/+, a/$b, true",
        "ACCOUNTS, Accounts, false",
        "/a, a, false"
    })
    void matches(String filter, String topic, boolean expected) {
        put(filter);
        assertThat(matching(topic)).isEqualTo(expected ? List.of(filter) : List.of());
        TopicTree<String> names = new TopicTree<>();
        names.update(topic.split("/", -1), old -> topic);
        assertThat(read(names.cursor(TopicFilter.of(filter)), 10)).isEqualTo(expected ? List.of(topic) : List.of());
        assertThat(TopicFilter.of(filter).matches(TopicName.of(topic))).isEqualTo(expected);
    }

    /** Random filters and names, added and removed, against {@link TopicFilter#matches} one by one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void findsWhatMatchingOneByOneFinds(long seed) {
        Random random = new Random(seed);
        Map<String, String> filters = new HashMap<>();
        Map<String, String> names = new HashMap<>();
        TopicTree<String> nameTree = new TopicTree<>();
        for (int round = 0; round < 1_500; round++) {
            change(random, filters, tree, filter(random));
            change(random, names, nameTree, name(random));
            String topic = name(random);
            TopicName topicName = TopicName.of(topic);
            assertThat(matching(topic))
                    .as("seed %d round %d: filters for %s", seed, round, topic)
                    .containsExactlyInAnyOrderElementsOf(
                            select(filters, f -> TopicFilter.of(f).matches(topicName)));
            TopicFilter filter = TopicFilter.of(filter(random));
            assertThat(read(nameTree.cursor(filter), 1 + random.nextInt(5)))
                    .as("seed %d round %d: names for %s", seed, round, filter)
                    .containsExactlyInAnyOrderElementsOf(select(names, n -> filter.matches(TopicName.of(n))));
            assertThat(nameTree.get(topicName.levels())).isEqualTo(names.get(topic));
            assertThat(tree.get(filter.levels())).isEqualTo(filters.get(filter.text()));
            assertThat(tree.size()).isEqualTo(filters.size());
        }
        assertThat(read(nameTree.cursor(), 7)).containsExactlyInAnyOrderElementsOf(names.values());
        List.copyOf(filters.keySet()).forEach(filter -> change(filters, tree, filter, null));
        assertThat(tree.size()).isZero();
        assertThat(tree.isPruned()).isTrue();
    }

    @Test
    void updateGivesTheOldValueAndAnswersTheNewOne() {
        List<String> seen = new ArrayList<>();
        String[] key = {"a", "b"};
        assertThat(tree.update(key, old -> String.valueOf(old))).isEqualTo("null");
        assertThat(tree.update(key, old -> old + "!")).isEqualTo("null!");
        assertThat(tree.update(key, old -> {
                    seen.add(String.valueOf(old));
                    return null;
                }))
                .isNull();
        assertThat(seen).containsExactly("null!");
        assertThat(tree.size()).isZero();
        assertThat(tree.update(key, old -> old)).isNull();
        assertThat(tree.isPruned()).isTrue();
    }

    @Test
    void aChangeThatFailsChangesNothing() {
        put("a/b");
        String[] key = {"a", "b", "c"};
        assertThatThrownBy(() -> tree.update(key, old -> {
                    throw new IllegalArgumentException("no");
                }))
                .hasMessage("no");
        assertThatThrownBy(() -> tree.update(key, old -> tree.update(key, inner -> "x")))
                .isInstanceOf(IllegalStateException.class);
        assertThat(tree.size()).isEqualTo(1);
        put("a/b/d");
        assertThat(matching("a/b/d")).containsExactly("a/b/d");
    }

    @Test
    void hashAndPlusAreKeysOfTheirOwn() {
        for (String filter : List.of("a", "a/#", "a/+", "+/#", "#", "+", "a/+/#", "+/+")) {
            put(filter);
        }
        assertThat(matching("a")).containsExactlyInAnyOrder("a", "a/#", "+/#", "#", "+");
        assertThat(matching("a/b")).containsExactlyInAnyOrder("a/#", "a/+", "+/#", "#", "a/+/#", "+/+");
        assertThat(tree.get(new String[] {"#"})).isEqualTo("#");
        assertThat(tree.get(new String[] {"+"})).isEqualTo("+");
        assertThat(tree.get(new String[] {"b"})).isNull();
    }

    @Test
    void holdsManyKeysUnderOneLevel() {
        int count = 100_000;
        for (int i = 0; i < count; i++) {
            put("dev/" + i);
        }
        put("dev/+");
        assertThat(tree.size()).isEqualTo(count + 1);
        for (int i = 0; i < count; i += 999) {
            assertThat(matching("dev/" + i)).containsExactlyInAnyOrder("dev/" + i, "dev/+");
        }
        tree.update(new String[] {"dev", "+"}, old -> null);
        assertThat(new HashSet<>(read(tree.cursor(TopicFilter.of("dev/+")), 1_000)))
                .hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(tree.update(new String[] {"dev", "" + i}, old -> null)).isNull();
        }
        assertThat(tree.isPruned()).isTrue();
    }

    @Test
    void givesTheLevelsBelowOthers() {
        for (String topic : List.of("a", "a/1", "a/1/x", "a/1/y", "a/2", "b/3/z", "$SYS/c")) {
            put(topic);
        }
        Map<String, TopicLevel<String>> top = levels();
        assertThat(top).containsOnlyKeys("a", "b", "$SYS");
        TopicLevel<String> a = Objects.requireNonNull(top.get("a"));
        assertThat(a.value()).isEqualTo("a");
        assertThat(a.size()).isEqualTo(2);
        assertThat(a.has("2")).isTrue();
        assertThat(a.has("3")).isFalse();
        assertThat(Objects.requireNonNull(top.get("b")).value()).isNull();
        assertThat(Objects.requireNonNull(levels("a").get("1")).size()).isEqualTo(2);
        assertThat(levels("a", "2")).isEmpty();
        assertThat(levels("none", "of", "these")).isEmpty();
    }

    private Map<String, TopicLevel<String>> levels(String... above) {
        Map<String, TopicLevel<String>> found = new HashMap<>();
        tree.forEachLevel(above, level -> found.put(level.text(), level));
        return found;
    }

    /** Equal hash codes are easily made; a table that only probes would need 2 * 10^8 comparisons here, and hold the lock. */
    @Test
    void holdsManyLevelsOfOneHashCode() {
        List<String> levels = new ArrayList<>(List.of(""));
        for (int i = 0; i < 14; i++) {
            List<String> longer = new ArrayList<>();
            levels.forEach(level -> longer.addAll(List.of(level + "Aa", level + "BB")));
            levels = longer;
        }
        assertThat(levels.stream().mapToInt(String::hashCode).distinct()).hasSize(1);
        levels.forEach(level -> put("x/" + level));
        levels.forEach(level -> assertThat(matching("x/" + level)).containsExactly("x/" + level));
        assertThat(read(tree.cursor(TopicFilter.of("x/#")), 100)).hasSize(levels.size());
        levels.forEach(level -> tree.update(new String[] {"x", level}, old -> null));
        assertThat(tree.isPruned()).isTrue();
    }

    /** The longest topics have 65,536 levels: nothing may recurse. */
    @Test
    void walksTheDeepestTopics() {
        String slashes = "/".repeat(TopicName.BYTES_MAX - 1);
        String[] levels = slashes.split("/", -1);
        tree.update(levels, old -> "exact");
        put("+" + slashes, "plus");
        put(slashes + "#", "hash");
        put("+/".repeat(TopicName.BYTES_MAX / 2) + "+", "pluses");
        assertThat(matching(slashes)).containsExactlyInAnyOrder("exact", "plus", "hash");
        assertThat(matching("/".repeat(TopicName.BYTES_MAX / 2))).containsExactly("pluses");
        TopicTree<String> names = new TopicTree<>();
        names.update(levels, old -> "exact");
        assertThat(read(names.cursor(TopicFilter.of("#")), 1)).containsExactly("exact");
        assertThat(read(names.cursor(TopicFilter.of("+" + slashes)), 1)).containsExactly("exact");
        assertThat(names.update(levels, old -> null)).isNull();
        assertThat(names.isPruned()).isTrue();
    }

    /** One call looks at a bounded number of nodes, so a shard is not held up by a filter that matches little. */
    @Test
    void aPageIsBoundedByWorkToo() {
        for (int i = 0; i < 50_000; i++) {
            put("dev/" + i + "/state");
        }
        TopicTree.Cursor<String> none = tree.cursor(TopicFilter.of("dev/+/other"));
        int calls = 1;
        while (none.next(10, value -> assertThat(value).isNull())) {
            calls++;
        }
        assertThat(calls).isGreaterThan(10);
        TopicTree.Cursor<String> some = tree.cursor(TopicFilter.of("dev/+/state"));
        List<String> page = new ArrayList<>();
        assertThat(some.next(10, page::add)).isTrue();
        assertThat(page).hasSize(10);
        assertThatThrownBy(() -> some.next(0, page::add)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCursorGoesOnWhileOthersWrite() {
        for (int i = 0; i < 1_000; i++) {
            put("dev/" + i);
        }
        TopicTree.Cursor<String> cursor = tree.cursor(TopicFilter.of("dev/#"));
        Set<String> seen = new HashSet<>();
        int round = 0;
        while (cursor.next(10, seen::add)) {
            for (int i = 0; i < 50; i++) { // grows the table, and removes odd ones behind and before the cursor
                put("dev/new/" + round + "/" + i);
                put("dev/" + (10_000 + 50 * round + i));
            }
            int odd = 2 * round + 1;
            tree.update(new String[] {"dev", "" + odd}, old -> null);
            round++;
        }
        for (int i = 0; i < 1_000; i += 2) {
            assertThat(seen).contains("dev/" + i);
        }
    }

    private void put(String filter) {
        put(filter, filter);
    }

    private void put(String filter, String value) {
        tree.update(TopicFilter.of(filter).levels(), old -> value);
    }

    private List<String> matching(String topic) {
        List<String> found = new ArrayList<>();
        tree.forEachMatching(TopicName.of(topic), found::add);
        return found;
    }

    private static List<String> read(TopicTree.Cursor<String> cursor, int page) {
        List<String> found = new ArrayList<>();
        int before;
        boolean more;
        do {
            before = found.size();
            more = cursor.next(page, found::add);
            assertThat(found.size() - before).isLessThanOrEqualTo(page);
        } while (more);
        return found;
    }

    private static void change(Random random, Map<String, String> expected, TopicTree<String> tree, String key) {
        change(expected, tree, key, random.nextInt(5) < 2 ? null : key + "=" + random.nextInt());
    }

    private static void change(
            Map<String, String> expected, TopicTree<String> tree, String key, @Nullable String value) {
        String known = expected.get(key);
        tree.update(key.split("/", -1), old -> {
            assertThat(old).isEqualTo(known);
            return value;
        });
        if (value == null) {
            expected.remove(key);
        } else {
            expected.put(key, value);
        }
    }

    private static List<String> select(Map<String, String> map, Predicate<String> condition) {
        return map.keySet().stream().filter(condition).map(map::get).toList();
    }

    private static String name(Random random) {
        String name = filter(random).replaceAll("\\+|#", "b");
        return name.isEmpty() ? "a" : name;
    }

    private static String filter(Random random) {
        int count = 1 + random.nextInt(4);
        List<String> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean wide = i == 1 && random.nextInt(3) == 0;
            levels.add(wide ? "n" + random.nextInt(40) : LEVELS[random.nextInt(LEVELS.length)]);
        }
        if (random.nextInt(4) == 0) {
            levels.set(count - 1, "#");
        }
        String filter = String.join("/", levels);
        return filter.isEmpty() ? "a" : filter;
    }
}
