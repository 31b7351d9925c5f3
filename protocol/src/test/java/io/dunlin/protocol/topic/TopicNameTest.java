package io.dunlin.protocol.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "/", "//", " ", "a/b c", "/a/", "$SYS/x", "ACCOUNTS", "é", "𝄞/\uFEFF", "a\u0001b"})
    void keepsTextAndBytes(String text) {
        TopicName topic = TopicName.of(text);
        assertThat(topic.text()).isEqualTo(text);
        assertThat(topic.utf8()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(topic.isEmpty()).isFalse();
        assertThat(topic.startsWithDollar()).isEqualTo(text.equals("$SYS/x"));
    }

    // [MQTT-3.3.2-2] [MQTT-4.7.0-1] [MQTT-4.7.3-1] [MQTT-4.7.3-2] [MQTT-1.5.4-1]
    // [MQTT311-3.3.2-2] [MQTT311-4.7.1-1] [MQTT311-4.7.3-1] [MQTT311-4.7.3-2] [MQTT311-1.5.3-1]
    @ParameterizedTest
    @ValueSource(strings = {"", "+", "#", "a/+", "a/#", "a+b", "a#", "\0", "a/\0/b", "\uD834", "a\uDD1E", "\uD834x"})
    void refusesWhatIsNoName(String text) {
        assertThatThrownBy(() -> TopicName.of(text))
                .isInstanceOf(InvalidTopic.class)
                .hasMessageContaining("topic");
    }

    // [MQTT-4.7.3-3] [MQTT311-4.7.3-3]
    @Test
    void countsBytes() {
        assertThat(TopicName.of("x".repeat(65_535)).utf8()).hasSize(65_535);
        assertThat(TopicName.of("é".repeat(32_767)).utf8()).hasSize(65_534);
        assertThatThrownBy(() -> TopicName.of("x".repeat(65_536))).isInstanceOf(InvalidTopic.class);
        assertThatThrownBy(() -> TopicName.of("é".repeat(32_768))).isInstanceOf(InvalidTopic.class);
    }

    @Test
    void countsEmptyLevels() {
        assertThat(TopicName.of("a").levels()).containsExactly("a");
        assertThat(TopicName.of("/").levels()).containsExactly("", "");
        assertThat(TopicName.of("/a/").levels()).containsExactly("", "a", "");
        assertThat(TopicName.of("a//b").levels()).containsExactly("a", "", "b");
    }

    // [MQTT-4.7.3-4] [MQTT311-4.7.3-4]
    @Test
    void isEqualByItsCharactersAlone() {
        assertThat(TopicName.of("a/b")).isEqualTo(TopicName.of("a/b")).hasSameHashCodeAs(TopicName.of("a/b"));
        assertThat(TopicName.of("a/b")).isNotEqualTo(TopicName.of("a/B"));
        assertThat(TopicName.of("\u00E9")).as("not normalised").isNotEqualTo(TopicName.of("e\u0301"));
        assertThat(TopicName.of("a")).isNotEqualTo(TopicName.of("\uFEFFa"));
    }
}
