package io.dunlin.client.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "mqtt://host, TCP, host, 1883, ''",
        "tcp://host:7, TCP, host, 7, ''",
        "mqtts://host, TLS, host, 8883, ''",
        "ssl://[::1]:8884, TLS, ::1, 8884, ''",
        "ws://host, WS, host, 80, /mqtt",
        "ws://host:8083/, WS, host, 8083, /mqtt",
        "wss://host/a/b?c=d, WSS, host, 443, /a/b?c=d",
        "unix:///run/dunlin.sock, UNIX, /run/dunlin.sock, 0, ''",
    })
    void parsesUrls(String url, Endpoint.Transport transport, String host, int port, String path) {
        assertThat(Endpoint.parse(url)).isEqualTo(new Endpoint(transport, host, port, path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "http://host", "mqtt://", "mqtt://host:99999", "mqtt://ho st", "://x"})
    void saysWhatIsWrong(String url) {
        assertThatThrownBy(() -> Endpoint.parse(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isWrittenAsAUrl() {
        assertThat(Endpoint.parse("wss://host/a")).hasToString("wss://host:443/a");
        assertThat(Endpoint.unix("/x")).hasToString("unix:///x");
    }
}
