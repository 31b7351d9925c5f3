package io.dunlin.protocol.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import org.junit.jupiter.api.Test;

// [MQTT-3.3.2-8] [MQTT-3.3.2-10] [MQTT-3.3.2-11] [MQTT-3.3.2-12]
class AliasesTest {
    private static final TopicName A = TopicName.of("a");
    private static final TopicName B = TopicName.of("b");

    @Test
    void incomingAliasesStandForWhatWasSetLast() {
        IncomingAliases aliases = new IncomingAliases(10);
        assertThat(aliases.resolve(10, A)).isEqualTo(A);
        assertThat(aliases.resolve(10, TopicName.EMPTY)).isEqualTo(A);
        assertThat(aliases.resolve(10, B)).isEqualTo(B);
        assertThat(aliases.resolve(10, TopicName.EMPTY)).isEqualTo(B);
    }

    @Test
    void incomingAliasesBeyondTheMaximumOrUnknownAreErrors() {
        IncomingAliases aliases = new IncomingAliases(10);
        for (int alias : new int[] {0, 11, 65_535}) {
            assertThatThrownBy(() -> aliases.resolve(alias, A))
                    .isInstanceOfSatisfying(
                            ProtocolError.class,
                            error -> assertThat(error.reason()).isEqualTo(ReasonCode.TOPIC_ALIAS_INVALID));
        }
        assertThatThrownBy(() -> aliases.resolve(3, TopicName.EMPTY))
                .isInstanceOfSatisfying(
                        ProtocolError.class, error -> assertThat(error.reason()).isEqualTo(ReasonCode.PROTOCOL_ERROR));
    }

    @Test
    void outgoingAliasesAreSetOnceAndNeverBeyondTheMaximum() {
        OutgoingAliases aliases = new OutgoingAliases(1);
        assertThat(aliases.use(A)).isEqualTo(-1);
        assertThat(aliases.use(A)).isEqualTo(1);
        assertThat(aliases.use(B)).isZero();
        assertThat(aliases.use(A)).isEqualTo(1);
    }
}
