package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthorizer;
import io.dunlin.testkit.World;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Sections 3.4 to 3.7: the acknowledgements; problem information and packet size limits of all answers. */
class AckTest {
    @Conversation
    @Clause({"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.6.2-1", "MQTT-3.7.2-1", "MQTT-3.14.2-1", "MQTT-3.15.2-1"})
    void closesOnReasonCodesThatThePacketHasNot(World world) {
        for (String packet : List.of(
                "40 03 00 01 92", // PUBACK packet identifier not found
                "40 03 00 01 01",
                "50 03 00 01 92",
                "62 03 00 01 10", // PUBREL no matching subscribers
                "62 03 00 01 80",
                "70 03 00 01 97",
                "E0 01 8B", // DISCONNECT server shutting down
                "E0 01 01",
                "E0 01 FF",
                "F0 01 81", // AUTH malformed
                "40 03 00 01 7F")) {
            Peer client = world.connected("c");
            client.sendHex(packet);
            for (Packet last : client.awaitEnd()) {
                client.check(
                        last instanceof Disconnect disconnect
                                && (disconnect.reason() == ReasonCode.MALFORMED_PACKET
                                        || disconnect.reason() == ReasonCode.PROTOCOL_ERROR),
                        "after " + packet + " got " + last);
            }
        }
    }

    @Conversation
    @Clause({"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.6.2-1", "MQTT-3.7.2-1", "MQTT-3.6.2-2", "MQTT-3.7.2-2"})
    void takesEveryFormOfAcknowledgement(World world) {
        Peer sender = world.connected("sender");
        Peer receiver = world.connected("receiver");
        receiver.subscribe("t", 2);
        List<Consumer<Integer>> forms = List.of(
                id -> receiver.sendBytes(Bytes.packet(0x40, new Bytes().u16(id))),
                id -> receiver.sendBytes(Bytes.packet(0x40, new Bytes().u16(id).u8(0))),
                id -> receiver.sendBytes(
                        Bytes.packet(0x40, new Bytes().u16(id).u8(0).u8(0))),
                id -> receiver.sendBytes(Bytes.packet(0x40, new Bytes().u16(id).u8(0x10))),
                id -> receiver.send(new Puback(
                        id,
                        ReasonCode.QUOTA_EXCEEDED,
                        Properties.builder()
                                .text(Property.REASON_STRING, "full")
                                .user("a", "b")
                                .build())));
        for (Consumer<Integer> form : forms) {
            sender.publish("t", "x", 1);
            form.accept(receiver.expectPublish("t", "x").packetId());
        }
        receiver.ping();
        sender.publish("t", "y", 2);
        int id = receiver.expectPublish("t", "y").packetId();
        receiver.sendBytes(Bytes.packet(0x50, new Bytes().u16(id).u8(0).u8(0)));
        receiver.expect(new Pubrel(id));
        receiver.sendBytes(Bytes.packet(0x70, new Bytes().u16(id).u8(0).u8(0)));
        receiver.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.6.2-1", "MQTT-3.7.2-1"})
    void saysThatAPacketIdentifierIsUnknown(World world) {
        Peer client = world.connected("c");
        client.send(new Pubrel(77));
        client.expect(
                Pubcomp.class,
                it -> it.packetId() == 77 && it.reason() == ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
                "PUBCOMP 0x92 of 77");
        client.send(new Pubrec(78));
        client.expect(
                Pubrel.class,
                it -> it.packetId() == 78 && it.reason() == ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
                "PUBREL 0x92 of 78");
        client.ping();
    }

    private static Properties propertiesOf(Packet packet) {
        return switch (packet) {
            case Puback it -> it.properties();
            case Pubrec it -> it.properties();
            case Pubrel it -> it.properties();
            case Pubcomp it -> it.properties();
            case Suback it -> it.properties();
            case Unsuback it -> it.properties();
            case Disconnect it -> it.properties();
            default -> throw new AssertionError("unexpected " + packet);
        };
    }

    /** Draws one failing answer of each kind out of the broker. */
    private static Stream<Class<? extends Packet>> failures(Peer client) {
        client.send(Pub.of("secret", "x").qos(1));
        client.send(Pub.of("secret", "x").qos(2));
        client.send(new Pubrel(999));
        client.send(new Pubrec(998));
        client.sendBytes(Raw.subscribe(client.version(), 11, Bytes.utf8("secret"), 0));
        client.sendBytes(Raw.unsubscribe(client.version(), 12, Bytes.utf8("never")));
        return Stream.of(Puback.class, Pubrec.class, Pubcomp.class, Pubrel.class, Suback.class, Unsuback.class);
    }

    private static void forbid(World world) {
        world.with(new ScriptedAuthorizer().deny(Kind.PUBLISH, "secret").deny(Kind.SUBSCRIBE, "secret"));
    }

    @Conversation
    @Clause("MQTT-3.1.2-29")
    void givesReasonsOnlyWhereWanted(World world) {
        forbid(world);
        Peer client = world.client("c");
        client.connect(it -> it.property(Property.REQUEST_PROBLEM_INFORMATION, 0));
        failures(client).forEach(kind -> {
            Properties properties = propertiesOf(client.expect(kind));
            client.check(
                    !properties.has(Property.REASON_STRING)
                            && properties.userProperties().isEmpty(),
                    "not wanted: " + properties);
        });
    }

    @Conversation
    @Clause({"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.9.3-2", "MQTT-3.11.3-2"})
    void givesAReasonWithARefusedPublish(World world) {
        forbid(world);
        Peer client = world.connected("c");
        client.send(Pub.of("secret", "x").qos(1));
        Puback puback = client.expect(Puback.class);
        client.check(puback.reason() == ReasonCode.NOT_AUTHORIZED, "got " + puback);
        client.check(puback.properties().has(Property.REASON_STRING), "a reason string helps: " + puback);
        client.send(Pub.of("secret", "x").qos(2));
        Pubrec pubrec = client.expect(Pubrec.class);
        client.check(pubrec.reason() == ReasonCode.NOT_AUTHORIZED, "got " + pubrec);
    }

    @Conversation
    @Clause({
        "MQTT-3.4.2-2", "MQTT-3.4.2-3", "MQTT-3.5.2-2", "MQTT-3.5.2-3", "MQTT-3.6.2-2", "MQTT-3.6.2-3",
        "MQTT-3.7.2-2", "MQTT-3.7.2-3", "MQTT-3.9.2-1", "MQTT-3.9.2-2", "MQTT-3.11.2-1", "MQTT-3.11.2-2",
        "MQTT-3.14.2-3", "MQTT-3.14.2-4", "MQTT-3.1.2-24"
    })
    void leavesReasonsOutWhereThePacketWouldBeTooLarge(World world) {
        forbid(world);
        Peer client = world.client("c");
        client.connect(it -> it.property(Property.MAXIMUM_PACKET_SIZE, 24));
        failures(client).forEach(kind -> {
            client.expect(kind);
            client.check(client.lastBytes().length <= 24, Bytes.hex(client.lastBytes()));
        });
        client.sendHex("60 02 00 01");
        Disconnect disconnect = client.expect(Disconnect.class);
        client.check(client.lastBytes().length <= 24, "got " + disconnect);
        client.expectClosed();
    }

    @Conversation
    @Clause({"MQTT-3.1.2-24", "MQTT-3.2.2-8"})
    void refusesClientsThatCannotTakeItsConnack(World world) {
        world.client("c")
                .connectRefused(ReasonCode.PACKET_TOO_LARGE, it -> it.property(Property.MAXIMUM_PACKET_SIZE, 10));
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void dropsMessagesThatAreTooLargeForTheClientAsIfDelivered(World world) {
        Peer receiver = world.client("receiver");
        receiver.connect(
                it -> it.persistent().property(Property.MAXIMUM_PACKET_SIZE, 50).property(Property.RECEIVE_MAXIMUM, 1));
        receiver.subscribe("t", 2);
        Peer sender = world.connected("sender");
        for (int qos = 0; qos <= 2; qos++) {
            sender.publish("t", "x".repeat(50), qos);
            sender.publish("t", "fits" + qos, qos);
            receiver.receive("t", "fits" + qos);
            receiver.check(receiver.lastBytes().length <= 50, "too large");
        }
        receiver.drop();
        sender.publish("t", "y".repeat(100), 1);
        sender.publish("t", "fits", 1);
        receiver.connect(it -> it.persistent().property(Property.MAXIMUM_PACKET_SIZE, 50));
        receiver.receive("t", "fits");
        receiver.expectNothing();
    }
}
