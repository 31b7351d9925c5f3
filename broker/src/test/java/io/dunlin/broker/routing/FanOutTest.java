package io.dunlin.broker.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Message;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.util.List;
import org.junit.jupiter.api.Test;

class FanOutTest {
    private static final TopicName TOPIC = TopicName.of("t");

    private final Match match = match(100);

    @Test
    void onlyWhatIsAlikeWaits() {
        assertThat(FanOut.suits(match, message("a", 10))).isTrue();
        assertThat(FanOut.suits(match(15), message("a", 10))).isFalse();
        assertThat(FanOut.suits(match, message("a", 16 << 10))).isFalse();
        assertThat(FanOut.suits(match, message(QoS.AT_LEAST_ONCE, false, Message.NEVER)))
                .isFalse();
        assertThat(FanOut.suits(match, message(QoS.AT_MOST_ONCE, true, Message.NEVER)))
                .isFalse();
        assertThat(FanOut.suits(match, message(QoS.AT_MOST_ONCE, false, 1))).isFalse();
    }

    /** Wills have nobody to slow down, and No Local is judged by the publisher of the first message. */
    @Test
    void messagesOfTwoClientsAreNotGatheredTogether() {
        FanOut gathered = new FanOut(match, message("a", 10), null);
        assertThat(gathered.takes(match, message("a", 10), null)).isTrue();
        assertThat(gathered.takes(match, message("b", 10), null)).isFalse();
        assertThat(gathered.takes(match(100), message("a", 10), null)).isFalse();
    }

    @Test
    void gathersWithinItsBounds() {
        FanOut many = new FanOut(match, message("a", 10), null);
        FanOut large = new FanOut(match, message("a", 15_000), null);
        large.add(message("a", 15_000));
        assertThat(large.takes(match, message("a", 15_000), null)).isFalse();
        while (many.takes(match, message("a", 10), null)) {
            many.add(message("a", 10));
        }
        assertThat(many.messages()).hasSize(64);
    }

    private static Match match(int recipients) {
        return new Match(TOPIC, 0, 0, new Recipient[1][], recipients, List.of(), List.of());
    }

    private static Message message(String publisher, int payloadBytes) {
        return new Message(
                TOPIC, QoS.AT_MOST_ONCE, false, Properties.NONE, new byte[payloadBytes], publisher, Message.NEVER);
    }

    private static Message message(QoS qos, boolean retain, long expiresAtNanos) {
        return new Message(TOPIC, qos, retain, Properties.NONE, "x".getBytes(UTF_8), "a", expiresAtNanos);
    }
}
