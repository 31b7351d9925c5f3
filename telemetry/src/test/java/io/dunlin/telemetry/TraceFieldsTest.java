package io.dunlin.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraceFieldsTest {
    private static final String IDS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";

    private static @Nullable TraceFields of(String... properties) {
        Properties.Builder builder = Properties.builder().text(Property.CONTENT_TYPE, "text/plain");
        for (int i = 0; i < properties.length; i += 2) {
            builder.user(properties[i], properties[i + 1]);
        }
        return TraceFields.of(builder.build());
    }

    @Test
    void takesWhatIsSampled() {
        assertThat(of("a", "b", "traceparent", IDS + "01")).isEqualTo(new TraceFields(IDS + "01", ""));
        assertThat(of("traceparent", IDS + "03")).isNotNull();
        assertThat(of("traceparent", "cc" + IDS.substring(2) + "01-of-later-versions"))
                .isNotNull();
        assertThat(of("traceparent", IDS + "00")).isNull();
        assertThat(of("traceparent", IDS + "02")).isNull();
    }

    @Test
    void leavesAloneWhatIsNone() {
        assertThat(of()).isNull();
        assertThat(of("Traceparent", IDS + "01")).isNull();
        assertThat(of("traceparent", "")).isNull();
        assertThat(of("traceparent", IDS + "0")).isNull();
        assertThat(of("traceparent", IDS + "0x")).isNull();
        assertThat(of("traceparent", IDS + "01" + "-x".repeat(200))).isNull();
        assertThat(of("traceparent", IDS + "01", "traceparent", IDS + "01")).isNull();
    }

    @Test
    void severalStatesAreOneList() {
        assertThat(of("tracestate", "a=1", "traceparent", IDS + "01", "tracestate", "b=2"))
                .isEqualTo(new TraceFields(IDS + "01", "a=1,b=2"));
        assertThat(of("traceparent", IDS + "01", "tracestate", "a=" + "x".repeat(600)))
                .isEqualTo(new TraceFields(IDS + "01", ""));
    }
}
