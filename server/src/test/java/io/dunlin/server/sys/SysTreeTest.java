package io.dunlin.server.sys;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.admin.Totals;
import io.dunlin.broker.port.ClientLimit;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.LatencyHistogram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SysTreeTest {
    private static final List<String> NAMES = List.of(
            "version",
            "uptime",
            "clients/total",
            "clients/maximum",
            "clients/connected",
            "clients/active",
            "clients/disconnected",
            "clients/inactive",
            "clients/expired",
            "messages/received",
            "messages/sent",
            "messages/stored",
            "store/messages/count",
            "store/messages/bytes",
            "publish/messages/received",
            "publish/messages/sent",
            "publish/messages/dropped",
            "publish/bytes/received",
            "publish/bytes/sent",
            "bytes/received",
            "bytes/sent",
            "retained messages/count",
            "subscriptions/count",
            "shared_subscriptions/count",
            "heap/current",
            "heap/maximum",
            "connections/socket/count",
            "security/denied",
            "security/logins/users/accepted");
    private static final List<String> LOADS = List.of(
            "messages/received",
            "messages/sent",
            "publish/received",
            "publish/sent",
            "publish/dropped",
            "bytes/received",
            "bytes/sent",
            "sockets",
            "connections");

    private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    private Totals totals = new Totals(3, 9, 5, 20, 4, 7, 700, 11, 1_100);
    private final SysTree tree = new SysTree(
            "1.2",
            counter -> counters.getOrDefault(counter, 0L),
            () -> totals,
            new StoreTopics(Optional::empty, () -> "open", counter -> 0, level -> new LatencyHistogram()),
            () -> Map.of("logins/users/accepted", 5L));

    private static Set<String> names() {
        Set<String> names = new TreeSet<>();
        NAMES.forEach(name -> names.add("$SYS/broker/" + name));
        for (String load : LOADS) {
            for (String minutes : List.of("1min", "5min", "15min")) {
                names.add("$SYS/broker/load/" + load + "/" + minutes);
            }
        }
        for (ClientLimit limit : ClientLimit.values()) {
            names.add("$SYS/broker/limits/" + limit.text());
        }
        return names;
    }

    @Test
    void hasMosquittosNamesAndOurs() {
        assertThat(tree.values(Duration.ZERO, Duration.ZERO, 0).keySet()).containsExactlyInAnyOrderElementsOf(names());
    }

    @Test
    void eachNameIsExplainedOnThePage() throws IOException {
        String page = Files.readString(Path.of("../docs/sys-topics.md"));
        for (String name : NAMES) {
            assertThat(page).contains("`" + name.replace("/users/", "/<source>/") + "`");
        }
        for (String load : LOADS) {
            assertThat(page).contains("`load/" + load + "/`");
        }
    }

    @Test
    void valuesComeFromCountersAndTotals() {
        for (Counter counter : Counter.values()) {
            counters.put(counter, 1_000L + counter.ordinal());
        }
        Map<String, String> values = tree.values(Duration.ofMillis(61_900), Duration.ZERO, 4_096);
        assertThat(values)
                .containsEntry("$SYS/broker/version", "dunlin version 1.2")
                .containsEntry("$SYS/broker/uptime", "61 seconds")
                .containsEntry("$SYS/broker/clients/total", "5")
                .containsEntry("$SYS/broker/clients/connected", "3")
                .containsEntry("$SYS/broker/clients/disconnected", "2")
                .containsEntry("$SYS/broker/clients/maximum", "9")
                .containsEntry("$SYS/broker/retained messages/count", "7")
                .containsEntry("$SYS/broker/messages/stored", "18")
                .containsEntry("$SYS/broker/store/messages/bytes", "1800")
                .containsEntry("$SYS/broker/subscriptions/count", "20")
                .containsEntry("$SYS/broker/shared_subscriptions/count", "4")
                .containsEntry("$SYS/broker/messages/received", counted(Counter.PACKETS_RECEIVED))
                .containsEntry("$SYS/broker/publish/messages/sent", counted(Counter.PUBLISHES_SENT))
                .containsEntry("$SYS/broker/publish/bytes/received", counted(Counter.PUBLISH_BYTES_RECEIVED))
                .containsEntry("$SYS/broker/bytes/sent", counted(Counter.BYTES_SENT))
                .containsEntry("$SYS/broker/clients/expired", counted(Counter.SESSIONS_EXPIRED));
    }

    private String counted(Counter counter) {
        return String.valueOf(counters.get(counter));
    }

    @Test
    void clientsThatCameWithoutASessionYetAreNoNegativeNumber() {
        totals = new Totals(3, 9, 2, 0, 0, 0, 0, 0, 0);
        assertThat(tree.values(Duration.ZERO, Duration.ZERO, 0))
                .containsEntry("$SYS/broker/clients/disconnected", "0")
                .containsEntry("$SYS/broker/clients/total", "3");
    }

    @Test
    void heapMaximumIsTheHighestSeen() {
        tree.values(Duration.ZERO, Duration.ZERO, 500);
        assertThat(tree.values(Duration.ofSeconds(1), Duration.ofSeconds(1), 300))
                .containsEntry("$SYS/broker/heap/current", "300")
                .containsEntry("$SYS/broker/heap/maximum", "500");
    }

    @Test
    void intervalIsAlignedToTheClockOfTheWall() {
        assertThat(SysPublisher.delayMillis(1_000_000_003_000L, 10_000)).isEqualTo(7_000);
        assertThat(SysPublisher.delayMillis(1_000_000_000_000L, 10_000)).isEqualTo(10_000);
        assertThat(SysPublisher.delayMillis(1_000_000_009_995L, 10_000))
                .as("woken a little early")
                .isEqualTo(10_005);
    }
}
