package io.dunlin.security.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class AddressKeyTest {
    @Test
    void ipv6CountsByItsFirst64Bits() {
        assertThat(AddressKey.of(InetAddress.ofLiteral("2001:db8:1:2:3:4:5:6")))
                .isEqualTo(AddressKey.of(InetAddress.ofLiteral("2001:db8:1:2::9")))
                .isNotEqualTo(AddressKey.of(InetAddress.ofLiteral("2001:db8:1:3::9")));
        assertThat(AddressKey.of(InetAddress.ofLiteral("0.0.0.9")))
                .isNotEqualTo(AddressKey.of(InetAddress.ofLiteral("0:0:0:9::")));
        assertThat(AddressKey.shown(InetAddress.ofLiteral("2001:db8:1:2:3:4:5:6")))
                .endsWith("/64");
    }
}
