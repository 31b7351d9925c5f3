package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.EVERYWHERE;
import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.ScriptedAuthenticator;
import io.dunlin.testkit.World;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Section 3.1: what a CONNECT may be, and what is made of one that may not. */
class ConnectTest {
    @Conversation(EVERYWHERE)
    @Clause({"MQTT-3.1.4-5", "MQTT-3.2.0-1", "MQTT311-3.1.4-4", "MQTT311-3.2.0-1"})
    void acceptsAndAnswersFirstOfAll(World world, ProtocolVersion version) {
        Peer client = world.client("c", version);
        client.sendConnect(it -> {}).send(Pingreq.INSTANCE);
        client.expectConnack(ReasonCode.SUCCESS);
        client.expect(Pingresp.class);
        client.ping();
    }

    @Conversation
    @Clause({"MQTT-3.1.0-1", "MQTT311-3.1.0-1"})
    void closesWhereTheFirstPacketIsNotConnect(World world, ProtocolVersion version) {
        for (byte[] first : List.of(
                Bytes.hex("C0 00"),
                Bytes.hex("E0 00"),
                Raw.publish(version, Bytes.utf8("a")),
                Raw.subscribe(version, 1, Bytes.utf8("a"), 0),
                Bytes.hex("40 02 00 01"),
                Bytes.hex("20 02 00 00"))) {
            Peer client = world.client("c", version).sendBytes(first);
            client.expectClosed();
        }
    }

    @Conversation
    @Clause({"MQTT-3.1.0-2", "MQTT311-3.1.0-2", "MQTT-3.2.0-2"})
    void closesOnASecondConnect(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.sendBytes(Raw.connect(version, 2, new Bytes().text("c")));
        client.expectDisconnect(ReasonCode.PROTOCOL_ERROR);
        world.connected("c", version).ping();
    }

    @Conversation
    @Clause({"MQTT-3.1.2-1", "MQTT311-3.1.2-1"})
    void closesOnAnotherProtocolName(World world) {
        for (String name : List.of("mqtt", "MQTTS", "", "HTTP", "MQIsdp", "MQ")) {
            Peer client = world.client("c");
            client.sendBytes(Raw.connect(name, 5, 2, true, new Bytes().text("c")));
            client.awaitEndOfBytes("", "20 02 00 01", "20 03 00 84 00");
        }
    }

    @Conversation
    @Clause({"MQTT-3.1.2-2", "MQTT-3.2.2-7", "MQTT-3.2.2-8"})
    void refusesNewerVersionsInTheirOwnWay(World world) {
        for (int level : new int[] {6, 127, 255}) {
            Peer client = world.client("c");
            client.sendBytes(Raw.connect("MQTT", level, 2, true, new Bytes().text("c")));
            client.expectRefused(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
        }
    }

    @Conversation
    @Clause({"MQTT311-3.1.2-2", "MQTT311-3.2.2-4", "MQTT311-3.2.2-5"})
    void refusesOlderLevelsWithReturnCode1(World world) {
        for (int level : new int[] {0, 1, 2}) {
            Peer client = world.client("c", ProtocolVersion.V3_1_1);
            client.sendBytes(Raw.connect("MQTT", level, 2, false, new Bytes().text("c")));
            Connack connack = client.expectConnack(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
            client.check(!connack.sessionPresent(), "session present on a refusal");
            client.expectClosed();
        }
    }

    @Conversation
    @Clause({"MQTT-3.1.2-3", "MQTT311-3.1.2-3", "MQTT-3.1.4-1", "MQTT311-3.1.4-1"})
    void closesWhereTheReservedFlagIsSet(World world) {
        for (ProtocolVersion version : List.of(ProtocolVersion.V3_1_1, ProtocolVersion.V5)) {
            Peer client = world.client("c", version);
            client.sendBytes(Raw.connect(version, 3, new Bytes().text("c")));
            expectWrongForm(client);
        }
    }

    /** 3.1.1 wants no CONNACK there; MQTT 5 leaves it open. */
    private static void expectWrongForm(Peer client) {
        if (client.version() == ProtocolVersion.V5) {
            client.expectRefused(ReasonCode.MALFORMED_PACKET, ReasonCode.PROTOCOL_ERROR);
        } else {
            client.expectClosed();
        }
    }

    @Conversation
    @Clause({
        "MQTT-3.1.2-11",
        "MQTT-3.1.2-13",
        "MQTT-3.1.2-12",
        "MQTT311-3.1.2-11",
        "MQTT311-3.1.2-13",
        "MQTT311-3.1.2-14",
        "MQTT311-3.1.2-15"
    })
    void closesOnWillFlagsThatContradict(World world) {
        for (ProtocolVersion version : List.of(ProtocolVersion.V3_1_1, ProtocolVersion.V5)) {
            for (int flags : new int[] {0x0A, 0x12, 0x22, 0x3A}) { // QoS or retain without a will
                Peer client = world.client("c", version);
                client.sendBytes(Raw.connect(version, flags, new Bytes().text("c")));
                expectWrongForm(client);
            }
            Peer client = world.client("c", version); // a will of QoS 3
            Bytes payload =
                    new Bytes().text("c").raw(Raw.none(version)).text("w").text("x");
            client.sendBytes(Raw.connect(version, 0x1E, payload));
            expectWrongForm(client);
        }
    }

    @Conversation
    @Clause({
        "MQTT-3.1.2-9",
        "MQTT-3.1.2-16",
        "MQTT-3.1.2-17",
        "MQTT-3.1.2-18",
        "MQTT-3.1.2-19",
        "MQTT-3.1.3-3",
        "MQTT311-3.1.2-9",
        "MQTT311-3.1.2-18",
        "MQTT311-3.1.2-19",
        "MQTT311-3.1.2-20",
        "MQTT311-3.1.2-21",
        "MQTT311-3.1.3-3",
        "MQTT311-3.1.4-1",
        "MQTT-3.1.4-1"
    })
    void closesWherePayloadAndFlagsDiffer(World world) {
        for (ProtocolVersion version : List.of(ProtocolVersion.V3_1_1, ProtocolVersion.V5)) {
            byte[] none = Raw.none(version);
            for (byte[] connect : List.of(
                    Raw.connect(version, 0x02, new Bytes()), // no client id
                    Raw.connect(version, 0x02, new Bytes().text("c").text("u")), // user name unannounced
                    Raw.connect(version, 0x82, new Bytes().text("c")), // user name missing
                    Raw.connect(version, 0x82, new Bytes().text("c").text("u").text("p")), // password unannounced
                    Raw.connect(version, 0xC2, new Bytes().text("c").text("u")), // password missing
                    Raw.connect(version, 0x06, new Bytes().text("c")), // will missing
                    Raw.connect(version, 0x06, new Bytes().text("c").raw(none).text("t")), // will payload missing
                    Bytes.hex("10 00"))) {
                Peer client = world.client("c", version).sendBytes(connect);
                expectWrongForm(client);
            }
        }
    }

    @Conversation
    @Clause("MQTT311-3.1.2-22")
    void closesOnAPasswordWithoutUserNameBefore5(World world) {
        Peer client = world.client("c", ProtocolVersion.V3_1_1);
        client.sendBytes(
                Raw.connect(ProtocolVersion.V3_1_1, 0x42, new Bytes().text("c").text("p")));
        client.expectClosed();
    }

    @Conversation
    @Clause({"MQTT-3.1.3-1", "MQTT311-3.1.3-1", "MQTT-3.1.2-17", "MQTT-3.1.2-19"})
    void readsThePayloadInOrder(World world, ProtocolVersion version) {
        ScriptedAuthenticator door = ScriptedAuthenticator.only("user", "secret");
        world.with(door);
        Peer watcher = world.client("w", version);
        watcher.connect(it -> it.credentials("user", "secret"));
        watcher.subscribe("will/topic", 0);
        Peer client = world.client("id", version);
        Bytes payload = new Bytes()
                .text("id")
                .raw(Raw.none(version))
                .text("will/topic")
                .text("bye")
                .text("user")
                .text("secret");
        client.sendBytes(Raw.connect(version, 0xC6, payload));
        client.expectConnack(ReasonCode.SUCCESS);
        client.check(door.asked().getLast().clientId().equals("id"), "asked about " + door.asked());
        client.drop();
        watcher.expectPublish("will/topic", "bye");
    }

    @Conversation
    @Clause({"MQTT-3.1.3-5", "MQTT311-3.1.3-5"})
    void acceptsEveryIdThatMustBeAccepted(World world, ProtocolVersion version) {
        String alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        for (int at = 0; at < alphabet.length(); at += 13) {
            String id = alphabet.substring(at, Math.min(alphabet.length(), at + 23));
            world.connected(id, version).ping();
        }
        world.connected("x", version).ping();
    }

    @Conversation
    @Clause({"MQTT-3.1.3-6", "MQTT-3.1.3-7", "MQTT-3.2.2-16"})
    void assignsAnIdWhereThereIsNone(World world) {
        Peer first = world.client("");
        String firstId = assigned(first, first.connect());
        Peer second = world.client("");
        String secondId = assigned(second, second.connect());
        second.check(!firstId.equals(secondId), "both were given " + firstId);
        first.ping();
        Peer heir = world.client(secondId); // as if the client had sent it
        heir.connect();
        second.expectDisconnect(ReasonCode.SESSION_TAKEN_OVER);
    }

    private static String assigned(Peer client, Connack connack) {
        String id = connack.properties().text(Property.ASSIGNED_CLIENT_IDENTIFIER);
        client.check(id != null && !id.isEmpty(), "no assigned client identifier in " + connack);
        return String.valueOf(id);
    }

    @Conversation
    @Clause("MQTT-3.2.2-16")
    void assignsNothingToThoseWhoHaveAnId(World world) {
        Peer client = world.client("c");
        Connack connack = client.connect();
        client.check(!connack.properties().has(Property.ASSIGNED_CLIENT_IDENTIFIER), "got " + connack);
    }

    @Conversation
    @Clause("MQTT311-3.1.3-6")
    void givesEachNamelessClientAnIdOfItsOwn(World world) {
        Peer first = world.connected("", ProtocolVersion.V3_1_1);
        Peer second = world.connected("", ProtocolVersion.V3_1_1);
        first.ping();
        second.ping();
    }

    @Conversation
    @Clause({"MQTT311-3.1.3-7", "MQTT311-3.1.3-8", "MQTT311-3.1.3-9"})
    void refusesNamelessClientsWithoutCleanSession(World world) {
        Peer client = world.client("", ProtocolVersion.V3_1_1);
        client.connectRefused(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, it -> it.cleanStart(false));
    }

    @Conversation
    @Clause({"MQTT-3.1.3-8", "MQTT311-3.1.3-9", "MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT-4.13.2-1"})
    void refusesIdsThatItDoesNotTake(World world, ProtocolVersion version) {
        world.with("clientIdBytesMax", 30).with("emptyClientIds", false);
        world.client("n".repeat(31), version).connectRefused(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, it -> {});
        world.client("", version).connectRefused(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, it -> {});
        world.connected("n".repeat(30), version).ping();
    }

    @Conversation
    @Clause({
        "MQTT-3.1.4-2", "MQTT-3.2.2-6", "MQTT-3.2.2-7",
        "MQTT311-3.2.2-4", "MQTT311-3.2.2-5", "MQTT311-3.2.2-6"
    })
    void closesAfterFailedLogins(World world, ProtocolVersion version) {
        world.with(ScriptedAuthenticator.onlyNamed("user", "right"));
        Peer wrong = world.client("c", version);
        wrong.connectRefused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, it -> it.credentials("user", "wrong"));
        Peer nobody = world.client("c", version);
        nobody.connectRefused(ReasonCode.NOT_AUTHORIZED, it -> {});
        Peer right = world.client("c", version);
        right.connect(it -> it.credentials("user", "right"));
        right.ping();
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.4-6", "MQTT311-3.1.4-5", "MQTT-3.1.4-2"})
    void ignoresWhatFollowsARejectedConnect(World world, ProtocolVersion version) {
        ScriptedAuthenticator door = ScriptedAuthenticator.only("user", "right").hold();
        world.with(door);
        Peer watcher = world.connected("watcher", version);
        watcher.subscribe("t", 0);
        Peer client = world.client("c", version);
        client.sendConnect(it -> it.credentials("user", "wrong").will("t", "will"));
        client.send(Pub.of("t", "too early"));
        world.settle();
        door.answer();
        client.expectConnack(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
        client.expectClosed();
        watcher.expectNothing();
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.4-5", "MQTT311-3.1.4-4"})
    void processesWhatFollowsAConnectOnceItIsAccepted(World world, ProtocolVersion version) {
        ScriptedAuthenticator door = ScriptedAuthenticator.only("user", "right").hold();
        world.with(door);
        Peer watcher = world.connected("watcher", version);
        watcher.subscribe("t", 0);
        Peer client = world.client("c", version);
        client.sendConnect(it -> it.credentials("user", "right"));
        client.send(Pub.of("t", "early"));
        watcher.expectNothing();
        door.answer();
        client.expectConnack(ReasonCode.SUCCESS);
        watcher.expectPublish("t", "early");
    }

    @Conversation
    @Clause({"MQTT-3.1.4-3", "MQTT311-3.1.4-2"})
    void takesOverFromTheOldConnection(World world, ProtocolVersion version) {
        for (int i = 0; i < 4; i++) { // the new connections are accepted on different shards
            Peer old = world.connected("c" + i, version);
            Peer heir = world.connected("c" + i, version);
            old.expectDisconnect(ReasonCode.SESSION_TAKEN_OVER);
            heir.ping();
        }
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.4-1", "MQTT-3.1.4-2"})
    void closesWhereNoConnectComes(World world) {
        world.with("connectTimeoutSeconds", 10);
        Peer silent = world.client("a").open();
        Peer half = world.client("b").sendHex("10 20 00 04 4D 51");
        world.advance(Duration.ofMillis(9_900));
        silent.expectNothing();
        world.advance(Duration.ofMillis(200));
        silent.expectClosed();
        half.expectClosed();
    }

    @Conversation
    @Clause({"MQTT-3.1.3-2", "MQTT311-3.1.3-2"})
    void keepsSessionsApartByTheirIdExactly(World world, ProtocolVersion version) {
        List<String> ids = List.of("id", "ID", "id ", "ïd", "i\u0308d");
        for (String id : ids) {
            Peer client = world.client(id, version);
            client.connect(it -> it.persistent());
            client.subscribe("to/" + Bytes.hex(id.getBytes(StandardCharsets.UTF_8)), 1);
            client.disconnect();
        }
        Peer sender = world.connected("sender", version);
        for (String id : ids) {
            String topic = "to/" + Bytes.hex(id.getBytes(StandardCharsets.UTF_8));
            sender.publish(topic, id, 1);
            Peer client = world.client(id, version);
            Connack connack = client.connect(it -> it.persistent());
            client.check(version == ProtocolVersion.V3_1 || connack.sessionPresent(), "session lost of " + id);
            client.receive(topic, id);
            client.disconnect();
        }
    }

    @Conversation
    @Clause({"MQTT-3.1.4-1", "MQTT-4.13.1-1"})
    void closesOnConnectPropertiesThatAreWrong(World world) {
        for (String properties : List.of(
                "05 11 00 00 00", // cut
                "0A 11 00 00 00 01 11 00 00 00 01", // twice
                "03 21 00 00", // receive maximum 0
                "05 27 00 00 00 00", // maximum packet size 0
                "02 19 02", // request response information 2
                "02 17 02", // request problem information 2
                "02 01 00", // payload format in CONNECT
                "02 7F 00", // unknown
                "04 16 00 01 61")) { // data without method
            Bytes body =
                    new Bytes().text("MQTT").u8(5).u8(2).u16(0).raw(properties).text("c");
            Peer client = world.client("c").sendBytes(Bytes.packet(0x10, body));
            client.expectRefused(ReasonCode.MALFORMED_PACKET, ReasonCode.PROTOCOL_ERROR);
        }
    }

    @Conversation
    @Clause({"MQTT-3.2.2-8", "MQTT-3.1.4-2"})
    void refusesBeyondTheLimitOfConnections(World world) {
        world.with("connectionsMax", 2);
        Peer first = world.connected("a");
        world.connected("b");
        world.client("c").connectRefused(ReasonCode.SERVER_BUSY, it -> {});
        first.ping();
    }
}
