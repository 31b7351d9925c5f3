package io.dunlin.security.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Admission;
import io.dunlin.security.acl.Network;
import io.dunlin.security.guard.GuardOptions.Connections;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DoorkeeperTest {
    private final TestClock clock = new TestClock();
    private final BanList bans = BanList.inMemory(clock);
    private final AtomicReference<GuardOptions> options = new AtomicReference<>(GuardOptions.NONE);
    private final Figures figures = new Figures();
    private final Doorkeeper door = new Doorkeeper(bans, options::get, clock, figures, new Notices(clock));

    private void limits(
            int perAddress, int perAddressAndSecond, int perSecond, int strangers, int strangersPerAddress) {
        options.set(new GuardOptions(
                new Connections(perAddress, perAddressAndSecond, perSecond, strangers, strangersPerAddress, 0),
                GuardOptions.NONE.logins(),
                GuardOptions.NONE.flapping(),
                List.of(Network.of("127.0.0.0/8"))));
    }

    private static SocketAddress peer(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 40_000);
    }

    private int admitted(String address, int times) {
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            admitted += door.admits("tcp", peer(address)) ? 1 : 0;
        }
        return admitted;
    }

    private long refused(Limit limit) {
        Map<String, Long> all = new HashMap<>();
        figures.putInto(all);
        return all.getOrDefault("refused/" + limit.text(), -1L);
    }

    private long now(String figure) {
        Map<String, Long> all = new HashMap<>();
        door.putInto(all);
        return all.getOrDefault(figure, -1L);
    }

    @Test
    void withoutLimitsEverybodyComesIn() {
        assertThat(admitted("192.0.2.1", 10_000)).isEqualTo(10_000);
    }

    @Test
    void countsConnectionsOfAnAddress() {
        limits(3, 0, 0, 0, 0);
        SocketAddress first = peer("192.0.2.1");
        assertThat(door.admits("tcp", first)).isTrue();
        assertThat(admitted("192.0.2.1", 5)).isEqualTo(2);
        assertThat(refused(Limit.CONNECTIONS_PER_ADDRESS)).isEqualTo(3);
        assertThat(admitted("192.0.2.2", 5)).isEqualTo(3);
        door.left("tcp", first);
        assertThat(admitted("192.0.2.1", 5)).isEqualTo(1);
    }

    @Test
    void anIpv6SubscriberIsOneAddress() {
        limits(2, 0, 0, 0, 0);
        assertThat(admitted("2001:db8:0:1::1", 1)).isEqualTo(1);
        assertThat(admitted("2001:db8:0:1::2", 5)).isEqualTo(1);
        assertThat(admitted("2001:db8:0:2::1", 5)).isEqualTo(2);
    }

    @Test
    void countsNewConnectionsOfAnAddressInASecond() {
        limits(0, 10, 0, 0, 0);
        assertThat(admitted("192.0.2.1", 100)).isEqualTo(10);
        assertThat(admitted("192.0.2.2", 100)).isEqualTo(10);
        clock.pass(Duration.ofMillis(99));
        assertThat(admitted("192.0.2.1", 100)).isZero();
        clock.pass(Duration.ofMillis(1));
        assertThat(admitted("192.0.2.1", 100)).isEqualTo(1);
        clock.pass(Duration.ofHours(1));
        assertThat(admitted("192.0.2.1", 100)).isEqualTo(10);
        assertThat(refused(Limit.CONNECT_RATE_PER_ADDRESS)).isEqualTo(90 + 90 + 100 + 99 + 90);
    }

    @Test
    void countsNewConnectionsInASecondInAll() {
        limits(0, 0, 10, 0, 0);
        int in = 0;
        for (int i = 0; i < 100; i++) {
            in += admitted("192.0.2." + i, 1);
        }
        assertThat(in).isEqualTo(10);
        clock.pass(Duration.ofMillis(500));
        for (int i = 0; i < 100; i++) {
            in += admitted("192.0.2." + i, 1);
        }
        assertThat(in).isEqualTo(15);
        assertThat(refused(Limit.CONNECT_RATE)).isEqualTo(185);
    }

    @Test
    void countsThoseThatHaveNotLoggedIn() {
        limits(0, 0, 0, 5, 3);
        List<SocketAddress> peers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            peers.add(peer("192.0.2.1"));
            assertThat(door.admits("tcp", peers.getLast())).isTrue();
        }
        assertThat(admitted("192.0.2.1", 1)).isZero();
        assertThat(refused(Limit.UNAUTHENTICATED_PER_ADDRESS)).isEqualTo(1);
        assertThat(admitted("192.0.2.2", 5)).isEqualTo(2);
        assertThat(refused(Limit.UNAUTHENTICATED)).isEqualTo(3);
        door.loggedIn(peers.get(0));
        door.loggedIn(peers.get(0)); // the second time says nothing
        assertThat(now("unauthenticated")).isEqualTo(4);
        assertThat(admitted("192.0.2.1", 2)).isEqualTo(1);
        door.left("tcp", peers.get(0)); // was counted out already
        assertThat(now("unauthenticated")).isEqualTo(5);
        door.left("tcp", peers.get(1));
        assertThat(now("unauthenticated")).isEqualTo(4);
    }

    @Test
    void equalAddressesAndPortsAreTwoConnections() {
        limits(0, 0, 0, 0, 0);
        SocketAddress one = peer("192.0.2.1");
        SocketAddress other = peer("192.0.2.1");
        door.admits("tcp", one);
        door.admits("tcp", other);
        door.loggedIn(one);
        assertThat(now("unauthenticated")).isEqualTo(1);
        door.left("tcp", other);
        assertThat(now("unauthenticated")).isZero();
        assertThat(now("addresses")).isEqualTo(1);
        door.left("tcp", one);
        assertThat(now("addresses")).isZero();
    }

    @Test
    void exemptAddressesMeetBansAndTheLimitsInAllOnly() {
        limits(1, 1, 0, 10, 1);
        assertThat(admitted("127.0.0.9", 20)).isEqualTo(10);
        assertThat(refused(Limit.UNAUTHENTICATED)).isEqualTo(10);
        bans.add(Ban.Kind.ADDRESS, "127.0.0.9", "", "me", Optional.empty());
        assertThat(admitted("127.0.0.9", 1)).isZero();
        assertThat(refused(Limit.BANNED_ADDRESS)).isEqualTo(1);
    }

    @Test
    void aLocalProcessHasNoAddress() {
        limits(1, 1, 0, 0, 1);
        SocketAddress local = UnixDomainSocketAddress.of("/run/dunlin.sock");
        for (int i = 0; i < 10; i++) {
            assertThat(door.admits("unix", local)).isTrue();
        }
        door.left("unix", local);
    }

    @Test
    void changedLimitsCountAtOnce() {
        assertThat(admitted("192.0.2.1", 10)).isEqualTo(10);
        limits(10, 0, 0, 0, 0);
        assertThat(admitted("192.0.2.1", 1)).isZero();
        limits(11, 0, 0, 0, 0);
        assertThat(admitted("192.0.2.1", 2)).isEqualTo(1);
    }

    @Test
    void tlsHandshakesAtATime() {
        options.set(new GuardOptions(
                new Connections(0, 0, 0, 0, 0, 2),
                GuardOptions.NONE.logins(),
                GuardOptions.NONE.flapping(),
                List.of()));
        Admission admission = door;
        SocketAddress peer = peer("192.0.2.1");
        assertThat(admission.beginsTls("tls", peer)).isTrue();
        assertThat(admission.beginsTls("tls", peer)).isTrue();
        assertThat(admission.beginsTls("tls", peer)).isFalse();
        admission.endedTls("tls", peer);
        assertThat(admission.beginsTls("tls", peer)).isTrue();
        assertThat(refused(Limit.TLS_HANDSHAKES)).isEqualTo(1);
        assertThat(now("tls-handshakes")).isEqualTo(2);
    }

    @Test
    void aMillionAddressesLeaveNothingBehind() throws UnknownHostException {
        limits(10, 10, 0, 0, 10);
        for (int i = 0; i < 1_000_000; i++) {
            InetAddress address = InetAddress.getByAddress(
                    ByteBuffer.allocate(4).putInt(0x0B00_0000 + i).array());
            SocketAddress peer = new InetSocketAddress(address, 1);
            assertThat(door.admits("tcp", peer)).isTrue();
            door.left("tcp", peer);
        }
        assertThat(door.ratesSize()).isLessThanOrEqualTo(32_768);
        assertThat(now("addresses")).isZero();
        assertThat(now("unauthenticated")).isZero();
    }
}
