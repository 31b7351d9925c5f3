package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:1883, 127.0.0.1, 1883, 127.0.0.1:1883, true",
        "1883, '', 1883, *:1883, false",
        "*:0, '', 0, *:0, false",
        ":1883, '', 1883, *:1883, false",
        "[::1]:8083, ::1, 8083, [::1]:8083, true",
        "0.0.0.0:1883, 0.0.0.0, 1883, 0.0.0.0:1883, false",
        "localhost:1883, localhost, 1883, localhost:1883, true",
        "broker.example:1883, broker.example, 1883, broker.example:1883, false",
        "unix:/run/d.sock, /run/d.sock, -1, unix:/run/d.sock, true"
    })
    void readsAndWrites(String text, String host, int port, String written, boolean loopback) {
        Bind bind = Bind.parse(text);
        assertThat(bind).isEqualTo(new Bind(host, port));
        assertThat(bind).hasToString(written);
        assertThat(Bind.parse(written)).isEqualTo(bind);
        assertThat(bind.isLoopback()).isEqualTo(loopback);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", "host:-1", "host:65536", "::1:1883", "a/b:1", "unix:", "1883 x"})
    void refuses(String text) {
        assertThatThrownBy(() -> Bind.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sizesShowInTheLargestUnitThatFits() {
        assertThat(new Size(0)).hasToString("0");
        assertThat(new Size(1023)).hasToString("1023");
        assertThat(new Size(16 << 20)).hasToString("16MiB");
        assertThat(new Size(3L << 29)).hasToString("1536MiB");
    }
}
