package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.time.Duration;

/** Sections 3.1.2.10 and 3.12: silence, pings. */
class KeepAliveTest {
    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.2-22", "MQTT311-3.1.2-24", "MQTT-3.1.2-20", "MQTT311-3.1.2-23"})
    void closesAfterOneAndAHalfTimesOfSilence(World world, ProtocolVersion version) {
        Peer client = world.client("c", version);
        client.connect(it -> it.keepAlive(10));
        world.advance(Duration.ofMillis(14_800));
        client.ping();
        world.advance(Duration.ofMillis(14_800));
        client.expectNothing();
        world.advance(Duration.ofMillis(1_200));
        client.expectDisconnect(ReasonCode.KEEP_ALIVE_TIMEOUT);
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.2-22", "MQTT311-3.1.2-24"})
    void takesAnyPacketForASignOfLife(World world, ProtocolVersion version) {
        Peer client = world.client("c", version);
        client.connect(it -> it.keepAlive(2));
        for (int i = 0; i < 10; i++) {
            world.advance(Duration.ofMillis(2_500));
            client.send(Pub.of("t", "x"));
        }
        client.ping();
        world.advance(Duration.ofMillis(2_500));
        client.sendHex("C0"); // half a packet is none
        world.advance(Duration.ofSeconds(1));
        client.expectDisconnect(ReasonCode.KEEP_ALIVE_TIMEOUT);
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.2-22", "MQTT311-3.1.2-24"})
    void doesNotTakeItsOwnPacketsForASignOfLife(World world, ProtocolVersion version) {
        Peer client = world.client("c", version);
        client.connect(it -> it.keepAlive(10));
        client.subscribe("t", 0);
        Peer sender = world.connected("sender");
        world.advance(Duration.ofSeconds(14));
        sender.publish("t", "x", 0);
        client.expectPublish("t", "x");
        world.advance(Duration.ofSeconds(2));
        client.expectDisconnect(ReasonCode.KEEP_ALIVE_TIMEOUT);
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.2.2-22", "MQTT-3.1.2-22"})
    void neverClosesWithoutKeepAlive(World world, ProtocolVersion version) {
        Peer client = world.client("c", version);
        client.connect(it -> it.keepAlive(0));
        Peer longest = world.client("l", version);
        longest.connect(it -> it.keepAlive(65_535));
        world.advance(Duration.ofSeconds(98_000));
        client.ping();
        longest.ping();
        world.advance(Duration.ofSeconds(98_401));
        longest.expectDisconnect(ReasonCode.KEEP_ALIVE_TIMEOUT);
        client.ping();
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.2.2-21", "MQTT-3.1.2-21"})
    void holdsTheServerKeepAlive(World world) {
        world.with("keepAliveSecondsMax", 10);
        Peer client = world.client("c");
        client.connect(it -> it.keepAlive(100));
        world.advance(Duration.ofMillis(14_900));
        client.ping();
        world.advance(Duration.ofSeconds(16));
        client.expectDisconnect(ReasonCode.KEEP_ALIVE_TIMEOUT);
    }

    @Conversation
    @Clause({"MQTT-3.12.4-1", "MQTT311-3.12.4-1"})
    void answersPings(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.ping();
        client.sendHex("C0 00 C0 00 C0 00");
        for (int i = 0; i < 3; i++) {
            client.expect(Pingresp.INSTANCE);
        }
        client.sendHex("C0 01 00");
        client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
    }
}
