package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.EVERYWHERE;
import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.broker.admin.Totals;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.PacketWriter;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Clients that mean harm, or are broken: their connection ends, and nobody else notices anything. */
class HostileTest {
    private static Peer witness(World world) {
        Peer witness = world.connected("witness");
        witness.subscribe("witness", 2);
        return witness;
    }

    private static void isWell(Peer witness) {
        for (int qos = 0; qos <= 2; qos++) {
            witness.publish("witness", "well", qos);
            witness.receive("witness", "well");
        }
    }

    @Conversation(EVERYWHERE)
    @Clause({"MQTT-4.13.1-1", "MQTT311-4.8.0-1"})
    void survivesGarbageInsteadOfConnect(World world) {
        Peer witness = witness(world);
        Random random = new Random(ConversationExtension.SEED);
        for (int i = 0; i < 30; i++) {
            byte[] garbage = new byte[1 + random.nextInt(200)];
            random.nextBytes(garbage);
            garbage[0] = (byte) (garbage[0] | 0x20); // nothing that could begin a CONNECT
            world.client("c").sendBytes(garbage).awaitEnd();
        }
        Peer http = world.client("c");
        http.sendBytes(Bytes.utf8("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        http.awaitEnd();
        Peer tls = world.client("c");
        tls.sendHex("16 03 01 00 05 01 00 00 01 00");
        tls.expectClosed();
        isWell(witness);
    }

    @Conversation
    @Clause({"MQTT-4.13.1-1", "MQTT311-4.8.0-1"})
    void survivesGarbageAfterConnect(World world, ProtocolVersion version) {
        Peer witness = witness(world);
        Random random = new Random(ConversationExtension.SEED);
        for (int i = 0; i < 60; i++) {
            Peer client = world.connected("c", version);
            byte[] garbage = new byte[8 + random.nextInt(100)];
            random.nextBytes(garbage);
            garbage[0] = (byte) (random.nextInt(16) << 4); // mostly wrong flags
            garbage[1] = (byte) (2 + random.nextInt(5));
            client.sendBytes(garbage);
            client.drop();
        }
        isWell(witness);
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-4.13.1-1", "MQTT311-4.8.0-1"})
    void survivesEveryFlippedBitOfRightPackets(World world) {
        Peer witness = witness(world);
        List<byte[]> packets = List.of(
                PacketWriter.write(Pub.of("t", "x").qos(2).id(1).user("a", "b").build(), ProtocolVersion.V5),
                Raw.subscribe(ProtocolVersion.V5, 1, Bytes.utf8("a/+"), 2),
                Raw.unsubscribe(ProtocolVersion.V5, 2, Bytes.utf8("a/+")),
                Bytes.hex("62 03 00 01 92"));
        for (byte[] packet : packets) {
            for (int bit = 0; bit < packet.length * 8; bit++) {
                byte[] flipped = packet.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                Peer client = world.connected("c");
                client.sendBytes(flipped);
                client.drop();
            }
        }
        isWell(witness);
    }

    @Conversation(EVERYWHERE)
    @Clause("MQTT-4.13.1-1")
    void refusesHugeLengthsAtOnce(World world) {
        Peer witness = witness(world);
        for (String huge : List.of("30 FF FF FF 7F", "82 FF FF FF 7F 00 01", "E0 FF FF FF 7F", "C0 FF FF FF 7F")) {
            Peer client = world.connected("c");
            client.sendHex(huge);
            for (Packet last : client.awaitEnd()) {
                client.check(
                        last instanceof Disconnect disconnect
                                && List.of(ReasonCode.PACKET_TOO_LARGE, ReasonCode.MALFORMED_PACKET)
                                        .contains(disconnect.reason()),
                        "after " + huge + " got " + last);
            }
        }
        Peer first = world.client("c").sendHex("10 FF FF FF 7F 00 04 4D 51 54 54 05");
        first.expectRefused(ReasonCode.PACKET_TOO_LARGE, ReasonCode.MALFORMED_PACKET);
        isWell(witness);
    }

    @Conversation
    @Clause({"MQTT-4.13.1-1", "MQTT-4.7.3-3"})
    void takesTheLongestTopicsAndPropertiesThatThereAre(World world) {
        Peer witness = witness(world);
        String longest = "x".repeat(65_535);
        Peer client = world.connected("c");
        client.subscribe("#", 1);
        client.publish(Pub.of(longest, longest)
                .qos(1)
                .user(longest, longest)
                .property(Property.CONTENT_TYPE, longest)
                .property(Property.CORRELATION_DATA, new byte[65_535]));
        client.receive(longest, longest);
        isWell(witness);
    }

    @Conversation(MEMORY)
    @Clause("MQTT-4.13.1-1")
    void survivesPacketsThatNeverEnd(World world) {
        Peer witness = witness(world);
        for (int i = 0; i < 50; i++) {
            Peer client = world.connected("c" + i);
            client.sendHex("30 FF FF 7F 00 05"); // promises 2 MB
        }
        isWell(witness);
        world.advance(Duration.ofMinutes(1));
        isWell(witness);
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.0-2", "MQTT-4.13.1-1"})
    void survivesAFloodOfSubscriptions(World world) {
        world.with("subscriptionsMax", 100);
        Peer witness = witness(world);
        Peer client = world.connected("c");
        for (int i = 0; i < 300; i++) {
            client.sendBytes(Raw.subscribe(ProtocolVersion.V5, 1 + i, Bytes.utf8("f/" + i), 0));
        }
        isWell(witness);
        client.drop();
        isWell(witness);
        client.check(
                world.broker().totals().subscriptions() <= 1,
                "left: " + world.broker().totals());
    }

    @Conversation(MEMORY)
    @Clause("MQTT-4.13.1-1")
    void dropsOnlyQos0TowardsAClientThatNeverReads(World world) {
        world.with("socketBytesMax", 100_000L);
        Peer witness = witness(world);
        Peer deaf = world.connected("deaf");
        deaf.subscribe("flood", 0);
        deaf.wire().reading(false);
        Peer sender = world.connected("sender");
        for (int i = 0; i < 300; i++) {
            sender.publish("flood", "x".repeat(1_000), 0);
            world.advance(Duration.ofMillis(200)); // publishers are slowed down at first
        }
        long dropped = world.counted(Counter.DROPPED_SOCKET_FULL);
        deaf.check(dropped >= 150, "300 kB were sent, 100 kB may wait, dropped were " + dropped);
        isWell(witness);
    }

    @Conversation
    @Clause("MQTT-4.13.1-1")
    void leavesNothingBehind(World world) {
        for (int i = 0; i < 20; i++) {
            Peer client = world.client("c" + i);
            client.connect();
            client.subscribe("t/" + i, 1);
            if (i % 3 == 0) {
                client.sendHex("00 00");
                client.awaitEnd();
            } else if (i % 3 == 1) {
                client.cut();
            } else {
                client.disconnect();
            }
        }
        Peer last = world.connected("last");
        last.pingUntil(
                () -> {
                    Totals totals = world.broker().totals();
                    return totals.sessions() == 1 && totals.connected() == 1 && totals.subscriptions() == 0;
                },
                "nothing to be left behind");
    }
}
