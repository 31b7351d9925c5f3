package io.dunlin.simulation;

import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.testkit.MemoryWire;
import java.util.List;
import java.util.random.RandomGenerator;

/** Somebody who sends garbage: noise, packets with single bytes changed, packets out of their turn, half packets. */
final class Hostile {
    private static final TopicName TOPIC = TopicName.of("hostile/topic");

    private final Simulation sim;
    private boolean ended;

    Hostile(Simulation sim) {
        this.sim = sim;
    }

    void begin() {
        sim.after(sim.random().nextLong(500_000_000L), this::act);
    }

    void end() {
        ended = true;
    }

    private void act() {
        if (ended) {
            return;
        }
        MemoryWire wire = sim.host().connect();
        if (wire != null) {
            sim.transcript().note("hostile", "comes", 0, 0);
            speak(wire, sim.random().nextInt(12));
        }
        begin();
    }

    private void speak(MemoryWire wire, int more) {
        RandomGenerator random = sim.random();
        if (more == 0) {
            if (random.nextBoolean()) {
                wire.cut();
            } else {
                wire.close();
            }
            return;
        }
        wire.take();
        wire.send(bytes(random));
        sim.after(1 + random.nextLong(50_000_000L), () -> speak(wire, more - 1));
    }

    private byte[] bytes(RandomGenerator random) {
        byte[] bytes =
                random.nextInt(6) == 0 ? noise(random) : PacketEncoder.encode(packet(random), ProtocolVersion.V5);
        if (random.nextInt(3) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static byte[] noise(RandomGenerator random) {
        byte[] bytes = new byte[1 + random.nextInt(100)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Packet packet(RandomGenerator random) {
        int id = 1 + random.nextInt(5);
        return switch (random.nextInt(7)) {
            case 0, 1, 2 ->
                new Connect(
                        ProtocolVersion.V5,
                        "hostile-" + random.nextInt(3),
                        random.nextBoolean(),
                        5,
                        Properties.NONE,
                        null,
                        null,
                        null);
            case 3 ->
                new Subscribe(id, Properties.NONE, List.of(new SubscriptionRequest("hostile/#", QoS.EXACTLY_ONCE)));
            case 4 ->
                new Publish(
                        random.nextBoolean(),
                        QoS.of(1 + random.nextInt(2)),
                        random.nextBoolean(),
                        TOPIC,
                        id,
                        Properties.NONE,
                        noise(random));
            case 5 -> new Pubrel(id);
            default -> Pingreq.INSTANCE;
        };
    }
}
