package io.dunlin.conformance;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Section 2: flags of the fixed header, packet identifiers. */
class FixedHeaderTest {
    private static void expectMalformedOnce(World world, ProtocolVersion version, byte[] packet) {
        Peer client = world.connected("c", version);
        client.sendBytes(packet);
        client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
    }

    @Conversation
    @Clause({
        "MQTT-2.1.3-1", "MQTT-3.15.1-1", "MQTT-3.14.1-1",
        "MQTT311-2.2.2-1", "MQTT311-2.2.2-2", "MQTT311-3.14.1-1"
    })
    void closesOnReservedFlags(World world, ProtocolVersion version) {
        byte[] id = {0, 1};
        for (int flag : new int[] {1, 2, 4, 8}) {
            expectMalformedOnce(world, version, Bytes.packet(0x40 | flag, id)); // PUBACK
            expectMalformedOnce(world, version, Bytes.packet(0x50 | flag, id)); // PUBREC
            expectMalformedOnce(world, version, Bytes.packet(0x70 | flag, id)); // PUBCOMP
            expectMalformedOnce(world, version, Bytes.packet(0xC0 | flag, new byte[0])); // PINGREQ
            expectMalformedOnce(world, version, Bytes.packet(0xE0 | flag, new byte[0])); // DISCONNECT
            if (version.hasProperties()) {
                expectMalformedOnce(world, version, Bytes.packet(0xF0 | flag, new byte[0])); // AUTH
            }
        }
        Peer client = world.client("c", version);
        byte[] connect = Raw.connect(version, 2, new Bytes().text("c"));
        connect[0] = 0x11;
        client.sendBytes(connect);
        client.expectRefused(ReasonCode.MALFORMED_PACKET);
    }

    /** All but 0010; 3.1 has a DUP flag there. */
    private static int[] wrongFlags(ProtocolVersion version) {
        return version == ProtocolVersion.V3_1 ? new int[] {0, 1, 3, 6} : new int[] {0, 1, 3, 6, 10};
    }

    @Conversation
    @Clause({"MQTT-3.6.1-1", "MQTT311-3.6.1-1"})
    void closesOnPubrelFlagsOtherThanTwo(World world, ProtocolVersion version) {
        for (int flags : wrongFlags(version)) {
            expectMalformedOnce(world, version, Bytes.packet(0x60 | flags, new byte[] {0, 1}));
        }
    }

    @Conversation
    @Clause({"MQTT-3.8.1-1", "MQTT311-3.8.1-1"})
    void closesOnSubscribeFlagsOtherThanTwo(World world, ProtocolVersion version) {
        for (int flags : wrongFlags(version)) {
            byte[] subscribe = Raw.subscribe(version, 1, Bytes.utf8("a"), 0);
            subscribe[0] = (byte) (0x80 | flags);
            expectMalformedOnce(world, version, subscribe);
        }
    }

    @Conversation
    @Clause({"MQTT-3.10.1-1", "MQTT311-3.10.1-1"})
    void closesOnUnsubscribeFlagsOtherThanTwo(World world, ProtocolVersion version) {
        for (int flags : wrongFlags(version)) {
            byte[] unsubscribe = Raw.unsubscribe(version, 1, Bytes.utf8("a"));
            unsubscribe[0] = (byte) (0xA0 | flags);
            expectMalformedOnce(world, version, unsubscribe);
        }
    }

    @Conversation
    @Clause({"MQTT-3.3.1-4", "MQTT311-3.3.1-4"})
    void closesOnQos3(World world, ProtocolVersion version) {
        for (int first : new int[] {0x36, 0x37, 0x3E, 0x3F}) {
            Bytes body = new Bytes().text("a").u16(1).raw(Raw.none(version));
            expectMalformedOnce(world, version, Bytes.packet(first, body));
        }
    }

    @Conversation
    @Clause({"MQTT-2.2.1-2", "MQTT311-2.3.1-5"})
    void takesAndGivesNoPacketIdentifierAtQos0(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.subscribe("a", 2);
        client.sendBytes(
                Bytes.packet(0x30, new Bytes().text("a").raw(Raw.none(version)).raw("00 01 78")));
        Publish publish = client.expect(Publish.class);
        client.check(publish.qos() == QoS.AT_MOST_ONCE && publish.payload().length == 3, "got " + publish);
        int overhead = version.hasProperties() ? 6 : 5;
        client.check(client.lastBytes().length == overhead + 3, Bytes.hex(client.lastBytes()));
    }

    @Conversation
    @Clause({"MQTT-2.2.1-3", "MQTT-2.2.1-4", "MQTT311-2.3.1-1", "MQTT311-2.3.1-2"})
    void closesOnPacketIdentifierZero(World world, ProtocolVersion version) {
        Bytes publish = new Bytes().text("a").u16(0).raw(Raw.none(version));
        for (byte[] packet : List.of(
                Bytes.packet(0x32, publish),
                Bytes.packet(0x34, publish),
                Raw.subscribe(version, 0, Bytes.utf8("a"), 0),
                Raw.unsubscribe(version, 0, Bytes.utf8("a")))) {
            Peer client = world.connected("c", version);
            client.sendBytes(packet);
            for (Packet last : client.awaitEnd()) {
                client.check(
                        last instanceof Disconnect disconnect
                                && (disconnect.reason() == ReasonCode.MALFORMED_PACKET
                                        || disconnect.reason() == ReasonCode.PROTOCOL_ERROR),
                        "got " + last);
            }
        }
    }

    @Conversation
    @Clause({
        "MQTT-2.2.1-4",
        "MQTT-4.3.2-1",
        "MQTT-4.3.2-2",
        "MQTT-4.3.3-1",
        "MQTT-4.3.3-2",
        "MQTT311-2.3.1-4",
        "MQTT311-4.3.2-1",
        "MQTT311-4.3.3-1"
    })
    void givesEachNewPublishAnIdentifierThatIsNotInUse(World world, ProtocolVersion version) {
        Peer receiver = world.connected("receiver", version);
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender", version);
        Set<Integer> inUse = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            sender.publish("t", "m" + i, 1 + i % 2);
            Publish publish = receiver.expectPublish("t", "m" + i);
            receiver.check(!publish.dup(), "DUP on a new message: " + publish);
            receiver.check(publish.packetId() != 0 && inUse.add(publish.packetId()), "identifier in use: " + publish);
        }
    }

    @Conversation
    @Clause({"MQTT-2.2.1-5", "MQTT311-2.3.1-6"})
    void answersPublishesWithTheirIdentifier(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.send(Pub.of("t", "x").qos(1).id(65_535));
        client.expect(
                Puback.class, it -> it.packetId() == 65_535 && !it.reason().isError(), "PUBACK of 65535");
        client.send(Pub.of("t", "x").qos(2).id(258));
        client.expect(Pubrec.class, it -> it.packetId() == 258 && !it.reason().isError(), "PUBREC of 258");
        client.send(new Pubrel(258));
        client.expect(new Pubcomp(258));
    }

    @Conversation
    @Clause({"MQTT-2.2.1-6", "MQTT-3.8.4-2", "MQTT-3.10.4-5", "MQTT311-2.3.1-7", "MQTT311-3.8.4-2"})
    void answersSubscribeAndUnsubscribeWithTheirIdentifier(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        for (int id : new int[] {1, 255, 256, 65_535}) {
            client.sendBytes(Raw.subscribe(version, id, Bytes.utf8("a"), 1));
            client.expect(Suback.class, it -> it.packetId() == id, "SUBACK of " + id);
            client.sendBytes(Raw.unsubscribe(version, id, Bytes.utf8("a")));
            client.expect(Unsuback.class, it -> it.packetId() == id, "UNSUBACK of " + id);
        }
    }

    @Conversation(Conversation.Places.EVERYWHERE)
    @Clause({"MQTT-4.2-1", "MQTT311-7.1.1-1", "MQTT311-7.0.0-2"})
    void takesPacketsWhateverThePieces(World world) {
        Peer client = world.connected("c");
        byte[] ping = Bytes.hex("C0 00");
        client.sendBytes(new byte[] {ping[0]});
        client.sendBytes(new byte[] {ping[1]});
        client.expect(Pingresp.class);
        client.sendBytes(Bytes.hex("C0 00 C0 00 C0"));
        client.expect(Pingresp.class);
        client.expect(Pingresp.class);
        client.sendBytes(Bytes.hex("00"));
        client.expect(Pingresp.class);
    }
}
