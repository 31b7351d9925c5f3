package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void countsEdits() {
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("bind", "bidn")).isEqualTo(1);
        assertThat(Nearest.distance("same", "same")).isZero();
    }

    @Test
    void offersOnlyWhatIsClose() {
        assertThat(Nearest.to("Max_Keepalive", List.of("max-packet-size", "max-keepalive")))
                .contains("max-keepalive");
        assertThat(Nearest.to("colour", List.of("bind", "type"))).isEmpty();
        assertThat(Nearest.to("x", List.of())).isEmpty();
    }
}
