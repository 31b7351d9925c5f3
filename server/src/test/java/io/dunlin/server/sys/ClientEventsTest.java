package io.dunlin.server.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.guard.Notices;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClientEventsTest {
    private static final ConnectionInfo FROM =
            new ConnectionInfo("lan", "tcp", new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711), null);
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long wallMillis() {
            return 1_700_000_000_123L;
        }
    };

    private final List<Message> published = new CopyOnWriteArrayList<>();

    private ClientEvents events() {
        ClientEvents events = new ClientEvents("gull", CLOCK, new Notices(CLOCK));
        events.publishTo(published::add);
        return events;
    }

    private static void all(ClientEvents events, Principal principal) {
        events.connected(principal, FROM, ProtocolVersion.V5, true, 60, 3_600);
        events.subscribed(principal, "a/#", QoS.AT_LEAST_ONCE);
        events.unsubscribed(principal, "a/#");
        events.disconnected(principal, ReasonCode.SESSION_TAKEN_OVER, "another connection");
    }

    @Test
    void haveTheShapeThatEmqxGaveThem() {
        ClientEvents events = events();
        events.tell(false, true);
        all(events, new Principal("c\"1", "al"));
        events.close();
        assertThat(published)
                .extracting(message -> message.topic().text())
                .containsExactly(
                        "$SYS/brokers/gull/clients/c\"1/connected",
                        "$SYS/brokers/gull/clients/c\"1/subscribed",
                        "$SYS/brokers/gull/clients/c\"1/unsubscribed",
                        "$SYS/brokers/gull/clients/c\"1/disconnected");
        assertThat(published)
                .extracting(message -> new String(message.payload(), StandardCharsets.UTF_8))
                .containsExactly(
                        "{\"clientid\":\"c\\\"1\",\"username\":\"al\",\"ts\":1700000000123,\"ipaddress\":\"127.0.0.1\","
                                + "\"proto_name\":\"MQTT\",\"proto_ver\":5,\"clean_start\":true,\"keepalive\":60,"
                                + "\"expiry_interval\":3600,\"connack\":0,\"connected_at\":1700000000123}",
                        "{\"clientid\":\"c\\\"1\",\"username\":\"al\",\"ts\":1700000000123,\"topic\":\"a/#\",\"qos\":1,"
                                + "\"protocol\":\"mqtt\"}",
                        "{\"clientid\":\"c\\\"1\",\"username\":\"al\",\"ts\":1700000000123,\"topic\":\"a/#\","
                                + "\"protocol\":\"mqtt\"}",
                        "{\"clientid\":\"c\\\"1\",\"username\":\"al\",\"ts\":1700000000123,"
                                + "\"reason\":\"session_taken_over\",\"disconnected_at\":1700000000123}");
        assertThat(published).allSatisfy(message -> {
            assertThat(message.retain()).isFalse();
            assertThat(message.qos()).isEqualTo(QoS.AT_MOST_ONCE);
        });
    }

    @Test
    void clientIdsStayOneLevelOfTheTopic() {
        assertThat(ClientEvents.level("a/b+c#d%e")).isEqualTo("a%2Fb%2Bc%23d%25e");
        assertThat(ClientEvents.level("plain é")).isEqualTo("plain é");
    }

    @Test
    void nothingIsPublishedUnlessAskedFor() {
        ClientEvents events = events();
        events.tell(true, false);
        all(events, new Principal("c", null));
        events.refused(FROM, "", ReasonCode.NOT_AUTHORIZED, "no");
        events.close();
        assertThat(published).isEmpty();
    }

    @Test
    void aFloodIsCutNotKeptAndDoesNotBlock() {
        CountDownLatch open = new CountDownLatch(1);
        AtomicInteger told = new AtomicInteger();
        ClientEvents events = new ClientEvents("gull", CLOCK, new Notices(CLOCK));
        events.publishTo(message -> {
            awaitQuietly(open);
            told.incrementAndGet();
        });
        events.tell(false, true);
        for (int i = 0; i < 20_000; i++) {
            events.unsubscribed(new Principal("c", null), "a");
        }
        open.countDown();
        await().untilAtomic(told, greaterThanOrEqualTo(8_192));
        events.close();
        assertThat(told.get()).as("those that wait and one under way").isBetween(8_192, 8_193);
    }

    @Test
    void oneEventThatCannotBeToldDoesNotSilenceTheOthers() {
        ClientEvents events = new ClientEvents("gull", CLOCK, new Notices(CLOCK));
        events.publishTo(message -> {
            published.add(message);
            if (published.size() == 1) {
                throw new IllegalStateException("once");
            }
        });
        events.tell(false, true);
        all(events, new Principal("c", null));
        events.close();
        assertThat(published).hasSize(4);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
