package io.dunlin.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StampTest {
    @Test
    void timesComeBack() {
        byte[] model = new byte[20];
        byte[] stamped = Stamp.put(model, 123_456_789L);

        assertThat(stamped).hasSize(20).isNotEqualTo(model);
        assertThat(Stamp.nanos(stamped)).isEqualTo(123_456_789L);
    }

    @Test
    void otherMessagesHaveNone() {
        assertThat(Stamp.nanos(new byte[3])).isEqualTo(Long.MIN_VALUE);
        assertThat(Stamp.nanos("a message of somebody".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Long.MIN_VALUE);
    }
}
