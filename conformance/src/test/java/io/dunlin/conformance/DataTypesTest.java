package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.util.List;

/** Section 1.5: strings, variable byte integers, string pairs. */
class DataTypesTest {
    /** Lone surrogates, overlong forms, beyond U+10FFFF, a cut sequence, bytes that never occur. */
    private static final List<String> ILL_FORMED = List.of(
            "ED A0 80",
            "ED BF BF",
            "61 ED A0 80 ED B0 80",
            "C0 AF",
            "E0 80 AF",
            "F0 80 80 AF",
            "F4 90 80 80",
            "E2 82",
            "80",
            "FF",
            "FE",
            "61 C3");

    @Conversation
    @Clause({"MQTT-1.5.4-1", "MQTT311-1.5.3-1"})
    void closesOnIllFormedStrings(World world, ProtocolVersion version) {
        for (String hex : ILL_FORMED) {
            Peer client = world.connected("c", version);
            client.sendBytes(Raw.publish(version, Bytes.hex(hex)));
            client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
            client = world.connected("c", version);
            client.sendBytes(Raw.subscribe(version, 1, Bytes.hex(hex), 0));
            client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        }
    }

    @Conversation
    @Clause({"MQTT-1.5.4-1", "MQTT-3.1.3-4", "MQTT-3.1.3-11", "MQTT-3.1.3-12", "MQTT311-1.5.3-1", "MQTT311-3.1.3-4"})
    void refusesIllFormedStringsInConnect(World world, ProtocolVersion version) {
        byte[] bad = Bytes.hex("ED A0 80");
        byte[] none = Raw.none(version);
        List<byte[]> connects = List.of(
                Raw.connect(version, 0x02, new Bytes().binary(bad)),
                Raw.connect(
                        version,
                        0x06,
                        new Bytes().text("c").raw(none).binary(bad).text("will")),
                Raw.connect(version, 0x82, new Bytes().text("c").binary(bad)));
        for (byte[] connect : connects) {
            Peer client = world.client("c", version).sendBytes(connect);
            client.expectRefused(ReasonCode.MALFORMED_PACKET, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
        }
    }

    @Conversation
    @Clause({"MQTT311-3.1.3-10", "MQTT311-3.1.3-11", "MQTT-3.1.3-11", "MQTT-3.1.3-12"})
    void takesWillTopicAndUserNameAsUtf8(World world, ProtocolVersion version) {
        Peer watcher = world.connected("watcher", version);
        watcher.subscribe("ü/€/𝄞", 0);
        Peer client = world.client("c", version);
        client.connect(it -> it.will("ü/€/𝄞", "gone").credentials("jürgen", "x"));
        client.drop();
        watcher.expectPublish("ü/€/𝄞", "gone");
    }

    @Conversation
    @Clause({"MQTT-1.5.4-2", "MQTT-4.7.3-2", "MQTT311-1.5.3-2", "MQTT311-4.7.3-2"})
    void closesOnNullCharacter(World world, ProtocolVersion version) {
        byte[] withNull = {'a', 0, 'b'};
        Peer client = world.connected("c", version);
        client.sendBytes(Raw.publish(version, withNull));
        client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        client = world.connected("c", version);
        client.sendBytes(Raw.subscribe(version, 1, withNull, 0));
        client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        client = world.connected("c", version);
        client.sendBytes(Raw.unsubscribe(version, 1, withNull));
        client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        client = world.client("c", version);
        client.sendBytes(Raw.connect(version, 2, new Bytes().binary(withNull)));
        client.expectRefused(ReasonCode.MALFORMED_PACKET, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
    }

    @Conversation
    @Clause({"MQTT-1.5.4-3", "MQTT311-1.5.3-3"})
    void keepsTheByteOrderMark(World world, ProtocolVersion version) {
        String topic = "\uFEFFa/\uFEFF/b\uFEFF";
        Peer client = world.connected("c", version);
        client.subscribe("a/\uFEFF/b", 0);
        client.subscribe(topic, 0);
        client.send(Pub.of(topic, "\uFEFFx"));
        Publish publish = client.expectPublish(topic, "\uFEFFx");
        client.check(publish.topic().utf8()[0] == (byte) 0xEF, "the mark at the beginning is gone");
        client.expectNothing();
    }

    @Conversation
    @Clause("MQTT-1.5.5-1")
    void closesOnVariableByteIntegersThatAreLongerThanNeedBe(World world) {
        Peer remainingLength = world.connected("a");
        remainingLength.sendHex("C0 80 00");
        remainingLength.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        Peer propertyLength = world.connected("b");
        propertyLength.sendHex("30 06 00 01 61 80 00 78");
        propertyLength.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        Peer subscriptionIdentifier = world.connected("c");
        subscriptionIdentifier.sendHex("82 0A 00 01 03 0B 85 00 00 01 61 00");
        subscriptionIdentifier.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        Peer fiveBytes = world.connected("d");
        fiveBytes.sendHex("30 FF FF FF FF 01");
        fiveBytes.expectDisconnect(ReasonCode.MALFORMED_PACKET);
    }

    @Conversation
    @Clause("MQTT-1.5.7-1")
    void closesOnIllFormedStringPairs(World world) {
        for (String pair : List.of("00 03 ED A0 80 00 01 61", "00 01 61 00 03 ED A0 80", "00 01 00 00 01 61")) {
            Bytes properties = new Bytes().u8(0x26).raw(pair);
            Peer client = world.connected("c");
            client.sendBytes(Bytes.packet(0x30, new Bytes().text("a").counted(properties)));
            client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        }
    }

    @Conversation(MEMORY)
    @Clause("MQTT-2.2.2-1")
    void writesNoPropertiesAsLengthZero(World world) {
        Peer client = world.connected("c");
        client.subscribe("a", 0);
        client.check(client.lastBytes()[4] == 0, "SUBACK without properties: " + Bytes.hex(client.lastBytes()));
        client.send(Pub.of("a", "x"));
        client.expectPublish("a", "x");
        client.check(client.lastBytes()[5] == 0, "PUBLISH without properties: " + Bytes.hex(client.lastBytes()));
        Peer unfinished = world.connected("u");
        unfinished.sendHex("30 03 00 01 61"); // no property length at all
        unfinished.expectDisconnect(ReasonCode.MALFORMED_PACKET);
    }
}
