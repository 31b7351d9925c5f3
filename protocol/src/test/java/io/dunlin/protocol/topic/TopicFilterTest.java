package io.dunlin.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "/",
                "#",
                "+",
                "+/+",
                "/+",
                "+/",
                "a/#",
                "/#",
                "+/#",
                "a/+/b",
                "+/tennis/#",
                "$SYS/#",
                " ",
                "a//b",
                "$share/g/a",
                "$share/g/#",
                "$share/g//",
                "$share/ü/+/x",
                "$shared/a",
                "$SHARE/x",
                "a/$share/+",
                "é"
            })
    void takesFilters(String text) {
        assertThat(TopicFilter.of(text).text()).isEqualTo(text);
    }

    // [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT-1.5.4-1]
    // [MQTT311-4.7.1-2] [MQTT311-4.7.1-3] [MQTT311-4.7.3-1] [MQTT311-4.7.3-2] [MQTT311-1.5.3-1]
    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a#", "#a", "#/", "#/a", "a/#/b", "##", "a/##", "a/b#", "/#/", "a+", "+a", "a/+b", "a/b+/c", "++",
                "+#", "#+", "\0", "a/\0", "\uD834", "x\uDD1E"
            })
    void refusesWhatIsNoFilter(String text) {
        assertThatThrownBy(() -> TopicFilter.of(text)).isInstanceOf(InvalidTopic.class);
        assertThatThrownBy(() -> TopicFilter.of("$share/g/" + text)).isInstanceOf(InvalidTopic.class);
    }

    // [MQTT-4.8.2-1] [MQTT-4.8.2-2]
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$share",
                "$share/",
                "$share//",
                "$share//a",
                "$share/g",
                "$share/g/",
                "$share/+/a",
                "$share/#/a",
                "$share/g+/a",
                "$share/#",
                "$share/g#x/a",
                "$share/+"
            })
    void refusesWrongShares(String text) {
        assertThatThrownBy(() -> TopicFilter.of(text)).isInstanceOf(InvalidTopic.class);
    }

    @Test
    void tellsTheShareFromTheFilter() {
        TopicFilter shared = TopicFilter.of("$share/group 1/a/+");
        assertThat(shared.isShared()).isTrue();
        assertThat(shared.shareName()).isEqualTo("group 1");
        assertThat(shared.filter()).isEqualTo("a/+");
        assertThat(shared.levels()).containsExactly("a", "+");
        assertThat(shared.matches(TopicName.of("a/b"))).isTrue();
        TopicFilter plain = TopicFilter.of("a/+");
        assertThat(plain.isShared()).isFalse();
        assertThat(plain.shareName()).isNull();
        assertThat(plain).isNotEqualTo(shared); // [MQTT-3.10.4-1] [MQTT311-3.10.4-1]
        assertThat(TopicFilter.of("a/b").hasWildcard()).isFalse();
        assertThat(plain.hasWildcard()).isTrue();
        assertThat(TopicFilter.of("a/#").hasWildcard()).isTrue();
    }

    // [MQTT-4.7.3-3] [MQTT311-4.7.3-3]
    @Test
    void countsBytes() {
        assertThat(TopicFilter.of("x".repeat(65_535)).text()).hasSize(65_535);
        assertThatThrownBy(() -> TopicFilter.of("x".repeat(65_536))).isInstanceOf(InvalidTopic.class);
        assertThatThrownBy(() -> TopicFilter.of("€".repeat(21_846))).isInstanceOf(InvalidTopic.class);
        assertThatThrownBy(() -> TopicFilter.of("$share/g/" + "x".repeat(65_530)))
                .isInstanceOf(InvalidTopic.class);
    }

    // [MQTT-4.7.2-1] [MQTT-4.7.3-4] [MQTT311-4.7.2-1] [MQTT311-4.7.3-4] and the examples of section 4.7
    @ParameterizedTest
    @CsvSource({
        "sport/tennis/player1/#, sport/tennis/player1, true",
        "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
        "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
        "sport/tennis/player1/#, sport/tennis/player10, false",
        "sport/#, sport, true",
        "sport/#, sport/, true",
        "sport/#, sports, false",
        "#, a, true",
        "#, /, true",
        "#, a/b/c, true",
        "#, $SYS, false",
        "#, $SYS/monitor/Clients, false",
        "sport/tennis/+, sport/tennis/player1, true",
        "sport/tennis/+, sport/tennis/player1/ranking, false",
        "sport/tennis/+, sport/tennis/, true",
        "sport/+, sport, false",
        "sport/+, sport/, true",
        "+, a, true",
        "+, /finance, false",
        "+/+, /finance, true",
        "/+, /finance, true",
        "+/tennis/#, sport/tennis, true",
        "+/+/#, a, false",
        "+/monitor/Clients, $SYS/monitor/Clients, false",
        "$SYS/#, $SYS, true",
        "$SYS/#, $SYS/monitor/Clients, true",
        "$SYS/monitor/+, $SYS/monitor/Clients, true",
        "+, $a, false",
        "a/+, a/$b, true",
        "a/#, a/$b, true",
        "/#, /$b, true",
        "ACCOUNTS, Accounts, false",
        "Accounts payable, Accounts payable, true",
        "/finance, finance, false",
        "a//b, a/b, false",
        "a/+/b, a//b, true",
        "a, a/, false",
        "a/b, a, false",
        "a, a, true"
    })
    void matchesAsTheSpecificationSays(String filter, String topic, boolean matches) {
        assertThat(TopicFilter.of(filter).matches(TopicName.of(topic))).isEqualTo(matches);
        assertThat(TopicFilter.of("$share/g/" + filter).matches(TopicName.of(topic)))
                .isEqualTo(matches);
    }

    /** Random filters and topics of few letters, against a regular expression made from the filter. */
    @Test
    void agreesWithARegularExpression() {
        long seed = Long.getLong("dunlin.seed", System.nanoTime());
        System.out.println("dunlin.seed=" + seed);
        Random random = new Random(seed);
        int matches = 0;
        for (int i = 0; i < 100_000; i++) {
            String topic = levels(random, "a", "b", "", "$x");
            String filter = levels(random, "a", "b", "", "+", "+", "$x") + (random.nextInt(3) == 0 ? "/#" : "");
            if (topic.isEmpty() || filter.isEmpty()) {
                continue;
            }
            boolean expected = regex(filter).matcher(topic).matches()
                    && !(topic.startsWith("$") && (filter.startsWith("+") || filter.startsWith("#")));
            assertThat(TopicFilter.of(filter).matches(TopicName.of(topic)))
                    .as("%s on %s, seed %d", filter, topic, seed)
                    .isEqualTo(expected);
            matches += expected ? 1 : 0;
        }
        assertThat(matches).isGreaterThan(5_000);
    }

    private static String levels(Random random, String... of) {
        StringBuilder text = new StringBuilder(of[random.nextInt(of.length)]);
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append('/').append(of[random.nextInt(of.length)]);
        }
        return text.toString();
    }

    private static Pattern regex(String filter) {
        String text = filter.replace("$", "\\$").replace("+", "[^/]*");
        return Pattern.compile(
                text.endsWith("/#") ? text.substring(0, text.length() - 2) + "(/.*)?" : text.equals("#") ? ".*" : text);
    }
}
