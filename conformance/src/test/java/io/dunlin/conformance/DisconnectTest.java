package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.util.List;

/** Sections 3.14 and 4.13: how connections end. */
class DisconnectTest {
    @Conversation
    @Clause({"MQTT-3.14.4-2", "MQTT-3.14.4-1", "MQTT311-3.14.4-1", "MQTT311-3.14.4-2"})
    void closesAfterDisconnectAndTakesNothingMore(World world, ProtocolVersion version) {
        Peer watcher = world.connected("watcher", version);
        watcher.subscribe("t", 0);
        Peer client = world.connected("c", version);
        client.sendBytes(new Bytes()
                .raw("E0 00")
                .raw(Raw.publish(version, Bytes.utf8("t")))
                .toArray());
        client.expectClosed();
        watcher.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.14.0-1", "MQTT-3.2.0-1"})
    void sendsNoDisconnectBeforeItsConnack(World world) {
        for (byte[] bytes : List.of(
                Bytes.hex("C0 00"),
                Raw.connect(ProtocolVersion.V5, 3, new Bytes().text("c")),
                Bytes.hex("FF FF FF FF FF"))) {
            Peer client = world.client("c").sendBytes(bytes);
            for (Packet packet : client.awaitEnd()) {
                client.check(!(packet instanceof Disconnect), "got " + packet);
            }
        }
    }

    @Conversation
    @Clause({"MQTT-3.14.1-1", "MQTT311-3.14.1-1"})
    void closesOnReservedBits(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.sendHex("E1 00");
        client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
    }

    @Conversation
    @Clause({"MQTT-3.14.2-1", "MQTT-3.14.2-2"})
    void takesEveryReasonThatAClientMayGive(World world) {
        for (int reason :
                new int[] {0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99}) {
            Peer client = world.connected("c");
            client.sendBytes(Bytes.packet(0xE0, new Bytes().u8(reason)));
            client.expectClosed();
            client = world.connected("c");
            client.sendBytes(Bytes.packet(0xE0, new Bytes().u8(reason).u8(0)));
            client.expectClosed();
        }
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.14.2-1", "MQTT-3.14.2-2", "MQTT-3.14.4-1", "MQTT-3.14.4-2"})
    void tellsItsClientsWhenItStops(World world) {
        world.with("serverReference", "other:1883");
        Peer client = world.connected("c");
        Peer old = world.connected("o", ProtocolVersion.V3_1_1);
        var stopped = world.broker().stop();
        world.settle();
        Disconnect disconnect = client.expectDisconnect(ReasonCode.SERVER_SHUTTING_DOWN);
        client.check(
                disconnect != null
                        && "other:1883".equals(disconnect.properties().text(Property.SERVER_REFERENCE))
                        && !disconnect.properties().has(Property.SESSION_EXPIRY_INTERVAL),
                "got " + disconnect);
        old.expectClosed();
        client.check(stopped.toCompletableFuture().isDone(), "stop() is not done");
    }

    @Conversation
    @Clause({"MQTT-4.13.1-1", "MQTT-4.13.2-1", "MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT311-4.8.0-1"})
    void endsOnlyTheConnectionThatErred(World world, ProtocolVersion version) {
        Peer other = world.connected("other", version);
        other.subscribe("t", 1);
        for (String wrong : List.of("00 00", "0F 00", "20 02 00 00", "90 03 00 01 00", "B0 02 00 01", "D0 00")) {
            Peer client = world.connected("c", version);
            client.sendHex(wrong);
            client.sendHex("C0 00"); // is not answered
            List<Packet> last = client.awaitEnd();
            client.check(last.size() == (version.hasProperties() ? 1 : 0), "after " + wrong + " got " + last);
            if (version.hasProperties()) {
                client.check(
                        last.getFirst() instanceof Disconnect disconnect
                                && List.of(ReasonCode.MALFORMED_PACKET, ReasonCode.PROTOCOL_ERROR)
                                        .contains(disconnect.reason()),
                        "after " + wrong + " got " + last);
            }
            other.publish("t", "x", 1);
            other.receive("t", "x");
        }
    }

    @Conversation
    @Clause({"MQTT-3.15.1-1", "MQTT-4.12.0-7", "MQTT311-2.2.2-2"})
    void closesOnAuthWhereThereIsNoMethod(World world) {
        Peer client = world.connected("c");
        client.sendHex("F0 00");
        client.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
        Peer old = world.connected("o", ProtocolVersion.V3_1_1);
        old.sendHex("F0 00");
        old.expectClosed();
    }

    @Conversation
    @Clause({"MQTT-3.14.4-3", "MQTT311-4.8.0-2"})
    void survivesAbruptEnds(World world, ProtocolVersion version) {
        Peer other = world.connected("other", version);
        other.subscribe("#", 0);
        for (int i = 0; i < 10; i++) {
            Peer client = world.connected("c" + i, version);
            client.send(Pub.of("t", "x"));
            client.sendHex("30 FF FF");
            other.expectPublish("t", "x");
            client.cut();
        }
        other.ping();
    }
}
