package io.dunlin.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopicCacheTest {
    private final TopicCache topics = new TopicCache(1024);

    @Test
    void givesTheSameObjectAgain() {
        TopicName first = topics.intern(utf8("plant/7/temperature"));
        assertThat(topics.intern(utf8("plant/7/temperature"))).isSameAs(first);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(100).put(utf8("plant/7/temperature")).flip();
        assertThat(topics.intern(direct)).isSameAs(first);
        assertThat(direct.remaining()).isZero();
    }

    @Test
    void neverTakesOneTopicForAnother() {
        TopicCache few = new TopicCache(2);
        Random random = new Random(RoundTripTest.seed());
        for (int i = 0; i < 20_000; i++) {
            String text = "x".repeat(random.nextInt(20)) + random.nextInt(50);
            assertThat(few.intern(utf8(text)).text()).isEqualTo(text);
        }
    }

    @Test
    void spreadsTopicsOverItsSlots() {
        Set<TopicName> kept = new HashSet<>();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 512; i++) {
                TopicName topic = topics.intern(utf8("device/" + i + "/state"));
                if (round == 0) {
                    kept.add(topic);
                } else {
                    kept.removeIf(it -> it == topic);
                }
            }
        }
        assertThat(kept)
                .as("lost to others")
                .hasSizeLessThan(60); // of three or more in a pair one is left out: about 35
    }

    /** Replies to topics that come once must not cost those of the devices. */
    @Test
    void topicsThatDoNotComeBackHardlyDriveOutOthers() {
        TopicName[] busy = new TopicName[256];
        for (int i = 0; i < busy.length; i++) {
            busy[i] = topics.intern(utf8("device/" + i + "/state"));
        }
        int kept = 0;
        for (int round = 0; round < 100; round++) {
            for (int i = 0; i < 100; i++) {
                topics.intern(utf8("reply/" + round + "/" + i));
            }
            for (int i = 0; i < busy.length; i++) {
                TopicName now = topics.intern(utf8("device/" + i + "/state"));
                kept += now == busy[i] ? 1 : 0;
                busy[i] = now;
            }
        }
        assertThat(kept).as("of %s", 100 * busy.length).isGreaterThan(80 * busy.length);
    }

    @Test
    void aTopicThatComesAgainAndAgainGetsASlot() {
        TopicCache few = new TopicCache(2);
        few.intern(utf8("a"));
        few.intern(utf8("b"));
        TopicName last = few.intern(utf8("c"));
        for (int i = 0; i < 16; i++) {
            last = few.intern(utf8("c"));
        }
        assertThat(few.intern(utf8("c"))).isSameAs(last);
    }

    @Test
    void doesNotKeepLongTopics() {
        String text = "x".repeat(TopicCache.CACHED_BYTES_MAX + 1);
        assertThat(topics.intern(utf8(text))).isEqualTo(topics.intern(utf8(text)));
        assertThat(topics.intern(utf8(text))).isNotSameAs(topics.intern(utf8(text)));
    }

    @Test
    void refusesWhatIsNoTopicEachTime() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> topics.intern(utf8("a/#"))).isInstanceOf(InvalidTopic.class);
            assertThatThrownBy(() -> topics.intern(utf8("a\0"))).isInstanceOf(ProtocolError.class);
            assertThatThrownBy(() -> topics.intern(ByteBuffer.wrap(new byte[] {(byte) 0xC0})))
                    .isInstanceOf(ProtocolError.class);
        }
    }

    @Test
    void wantsAPowerOfTwo() {
        for (int slots : new int[] {Integer.MIN_VALUE, -1, 0, 1, 3, 1000, 1 << 25}) {
            assertThatThrownBy(() -> new TopicCache(slots)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static ByteBuffer utf8(String text) {
        return StandardCharsets.UTF_8.encode(text);
    }
}
