package io.dunlin.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.broker.Broker;
import io.dunlin.broker.BrokerPorts;
import io.dunlin.broker.MemoryJournal;
import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.testkit.ConnectSpec;
import io.dunlin.testkit.ScriptedAuthenticator;
import io.dunlin.transport.Listener;
import io.dunlin.transport.ListenerConfig;
import io.dunlin.transport.LoopKind;
import io.dunlin.transport.Loops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * 200 clients fight for 20 client ids with persistent sessions, on three shards, while QoS 1 messages flow to each of them. A
 * checker sees that no acknowledged message is lost, that each connection gets its messages in order, that a session is never
 * begun anew, and that nobody is left over.
 */
class TakeoverStormTest {
    private static final int IDS = 20;
    private static final int FIGHTERS = 200;
    private static final int ROUNDS = 4;
    private static final int PUBLISHERS = 3;
    private static final int MESSAGES = 2_000; // of each publisher
    private static final int WINDOW = 50;
    private static final long SEED = Long.getLong("dunlin.seed", System.nanoTime());

    private final Loops loops = Loops.start(3, LoopKind.EPOLL);
    private final Broker broker = new Broker(
            new BrokerPorts(
                    loops.shards(),
                    Clock.system(),
                    new MemoryJournal(),
                    ScriptedAuthenticator.acceptAll(),
                    Authorizer.allowAll(),
                    BrokerEvents.NONE,
                    new Random(1)),
            BrokerOptions.DEFAULTS);
    private final Listener listener = new Listener(ListenerConfig.tcp("storm", "127.0.0.1", 0), loops, broker);
    private final List<Set<String>> received = new ArrayList<>();
    private final List<Set<String>> acknowledged = new ArrayList<>();
    private final AtomicInteger thrownOut = new AtomicInteger();

    @BeforeEach
    void start() {
        broker.listener(new ListenerOptions("storm", 100_000, java.util.Optional.empty()));
        broker.start();
        listener.start();
        for (int i = 0; i < IDS; i++) {
            received.add(ConcurrentHashMap.newKeySet());
            acknowledged.add(ConcurrentHashMap.newKeySet());
        }
    }

    @AfterEach
    void stop() throws Exception {
        listener.close();
        broker.stop().toCompletableFuture().get(10, TimeUnit.SECONDS);
        loops.close();
    }

    /** [MQTT-3.1.4-3] [MQTT-3.1.2-5] [MQTT-4.4.0-1] [MQTT-4.5.0-2] [MQTT-4.6.0-5] under load. */
    @Test
    void nothingIsLostAndNobodyStaysBehind() throws Exception {
        for (int id = 0; id < IDS; id++) {
            subscribe(id);
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < PUBLISHERS; i++) {
                int publisher = i;
                all.add(threads.submit(() -> publish(publisher)));
            }
            for (int i = 0; i < FIGHTERS; i++) {
                Random random = new Random(SEED + i);
                all.add(threads.submit(() -> fight(random)));
            }
            finish(all);
            for (int i = 0; i < IDS; i++) {
                int id = i;
                all.add(threads.submit(() -> collect(id)));
            }
            finish(all);
        }
        for (int id = 0; id < IDS; id++) {
            assertThat(received.get(id)).as("client %d, seed %d", id, SEED).containsAll(acknowledged.get(id));
        }
        assertThat(acknowledged.stream().mapToInt(Set::size).sum()).isEqualTo(PUBLISHERS * MESSAGES);
        assertThat(thrownOut.get()).as("take-overs seen by clients").isGreaterThan(FIGHTERS);
        await().atMost(Duration.ofSeconds(20)).until(() -> broker.totals().connected() == 0);
        assertThat(broker.totals().sessions()).isEqualTo(IDS);
        assertThat(broker.totals().queuedMessages()).isZero();
        assertThat(broker.counters().get(Counter.FAULTS)).isZero();
        assertThat(broker.counters().get(Counter.PROTOCOL_ERRORS)).isZero();
    }

    private static void finish(List<Future<?>> all) throws Exception {
        for (Future<?> each : all) {
            each.get(120, TimeUnit.SECONDS);
        }
    }

    private void subscribe(int id) throws IOException {
        try (StormPeer peer = peer()) {
            peer.connect(spec(id).cleanStart(true));
            peer.send(new Subscribe(
                    1, Properties.NONE, List.of(new SubscriptionRequest("storm/" + id, QoS.AT_LEAST_ONCE))));
            Packet answer = peer.receive(30_000);
            assertThat(answer).isInstanceOf(Suback.class);
            peer.send(new Disconnect(ReasonCode.SUCCESS));
        }
    }

    private Object publish(int publisher) throws IOException {
        Map<Integer, Runnable> open = new HashMap<>();
        try (StormPeer peer = peer()) {
            peer.connect(new ConnectSpec(ProtocolVersion.V5, "publisher-" + publisher));
            for (int sent = 0; sent < MESSAGES || !open.isEmpty(); ) {
                if (sent < MESSAGES && open.size() < WINDOW) {
                    int id = Math.floorMod(sent * 7 + publisher, IDS);
                    int packetId = sent % 60_000 + 1;
                    String text = publisher + ":" + sent++;
                    open.put(packetId, () -> acknowledged.get(id).add(text));
                    peer.send(message(id, packetId, text));
                } else if (peer.receive(30_000) instanceof Puback puback) {
                    assertThat(puback.reason()).isEqualTo(ReasonCode.SUCCESS);
                    Objects.requireNonNull(open.remove(puback.packetId())).run();
                } else {
                    throw new AssertionError("no PUBACK for 30 seconds");
                }
            }
            peer.send(new Disconnect(ReasonCode.SUCCESS));
        }
        return publisher;
    }

    private static Publish message(int id, int packetId, String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        return new Publish(
                false, QoS.AT_LEAST_ONCE, false, TopicName.of("storm/" + id), packetId, Properties.NONE, payload);
    }

    private Object fight(Random random) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            int id = random.nextInt(IDS);
            int stayMillis = random.nextInt(200);
            try (StormPeer peer = peer()) {
                Connack connack = peer.connect(spec(id));
                if (connack == null) {
                    thrownOut.incrementAndGet();
                    continue;
                }
                assertThat(connack.reason()).isEqualTo(ReasonCode.SUCCESS);
                assertThat(connack.sessionPresent()).isTrue();
                boolean lazy = random.nextInt(4) == 0;
                take(peer, id, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(stayMillis), !lazy);
                leave(peer, random);
            }
        }
        return random;
    }

    private static void leave(StormPeer peer, Random random) throws IOException {
        switch (random.nextInt(3)) {
            case 0 -> peer.send(new Disconnect(ReasonCode.SUCCESS));
            case 1 -> peer.cut();
            case 2 -> peer.close();
            default -> throw new AssertionError();
        }
    }

    /** Takes messages until that time or the end of the connection, and counts them. */
    private int take(StormPeer peer, int id, long untilNanos, boolean acknowledging) throws IOException {
        Map<String, Integer> last = new HashMap<>();
        int count = 0;
        while (!peer.isEnded() && untilNanos - System.nanoTime() > 0) {
            Packet packet = peer.receive((int) TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime()) + 1);
            if (packet instanceof Publish publish) {
                record(publish, id, last);
                count++;
                if (acknowledging) {
                    peer.send(new Puback(publish.packetId()));
                }
            } else if (packet instanceof Disconnect disconnect) {
                assertThat(disconnect.reason()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
                thrownOut.incrementAndGet();
            }
        }
        return count;
    }

    private void record(Publish publish, int id, Map<String, Integer> last) {
        String text = new String(publish.payload(), StandardCharsets.UTF_8);
        String[] parts = text.split(":", -1);
        int number = Integer.parseInt(parts[1]);
        Integer before = last.put(parts[0], number);
        assertThat(before == null || before < number)
                .as("on one connection, %d after %s of publisher %s, seed %d", number, before, parts[0], SEED)
                .isTrue();
        assertThat(publish.topic().text()).isEqualTo("storm/" + id);
        received.get(id).add(text);
    }

    /** The last one to come gets what is left. */
    private Object collect(int id) throws IOException {
        try (StormPeer peer = peer()) {
            Connack connack = peer.connect(spec(id));
            assertThat(connack).isNotNull();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            int taken;
            do {
                taken = take(peer, id, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200), true);
            } while ((taken > 0 || !received.get(id).containsAll(acknowledged.get(id)))
                    && deadline - System.nanoTime() > 0);
            peer.send(new Disconnect(ReasonCode.SUCCESS));
        }
        return id;
    }

    private StormPeer peer() throws IOException {
        return new StormPeer(((InetSocketAddress) Objects.requireNonNull(listener.localAddress())).getPort());
    }

    private static ConnectSpec spec(int id) {
        return new ConnectSpec(ProtocolVersion.V5, "fighter-" + id)
                .cleanStart(false)
                .property(Property.SESSION_EXPIRY_INTERVAL, 3_600);
    }
}
