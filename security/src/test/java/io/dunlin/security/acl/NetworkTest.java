package io.dunlin.security.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.1.2.3/8, 10.9.9.9, true",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.8, false",
        "192.0.2.128/25, 192.0.2.128, true",
        "192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.4/31, 192.0.2.5, true",
        "192.0.2.4/31, 192.0.2.6, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 192.0.2.1, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::ffff:192.0.2.7, 192.0.2.7, true",
    })
    void contains(String network, String address, boolean is) {
        assertThat(Network.of(network).contains(InetAddress.ofLiteral(address))).isEqualTo(is);
    }

    @Test
    void peersWithoutAnInternetAddressAreInNone() {
        Network all = Network.of("0.0.0.0/0");
        assertThat(all.contains(new InetSocketAddress("192.0.2.1", 1))).isTrue();
        assertThat(all.contains(UnixDomainSocketAddress.of("/run/x"))).isFalse();
        assertThat(all.contains((SocketAddress) null)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/x",
                "10.0.0.0/+8",
                "::/129",
                "fe80::1%eth0",
                "1.2.3.4/8/8"
            })
    void isNone(String text) {
        assertThatThrownBy(() -> Network.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("neither an address like");
    }

    @Test
    void theSameAddressesAreTheSameNetwork() {
        assertThat(Network.of("10.1.2.3/8")).isEqualTo(Network.of("10.0.0.0/8")).hasToString("10.0.0.0/8");
        assertThat(Network.of("10.1.2.3/32")).isEqualTo(Network.of("10.1.2.3")).hasToString("10.1.2.3");
        assertThat(Network.of("10.0.0.0/8")).isNotEqualTo(Network.of("10.0.0.0/9"));
    }
}
