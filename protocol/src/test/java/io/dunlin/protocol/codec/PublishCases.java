package io.dunlin.protocol.codec;

import static io.dunlin.protocol.codec.PacketCases.V3_1;
import static io.dunlin.protocol.codec.PacketCases.V3_1_1;
import static io.dunlin.protocol.codec.PacketCases.V5;
import static io.dunlin.protocol.codec.PacketDecoder.Role.CLIENT;
import static io.dunlin.protocol.codec.PacketDecoder.Role.SERVER;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;

/** PUBLISH. */
final class PublishCases {
    private PublishCases() {}

    static void addTo(PacketCases table) {
        for (Role role : Role.values()) {
            good(table, role);
            topics(table, role);
            packetIds(table, role);
            properties(table, role);
        }
        // [MQTT-3.3.4-6]
        table.protocolError("a client's subscription identifier", "30 { 't' { 0B 01 } }", SERVER, V5);
        Properties ids = Properties.builder()
                .number(Property.SUBSCRIPTION_IDENTIFIER, 1)
                .number(Property.SUBSCRIPTION_IDENTIFIER, 268_435_455)
                .build();
        table.good(
                "several subscription identifiers",
                "30 { 't' { 0B 01 0B FFFFFF7F } <p> }",
                publish(QoS.AT_MOST_ONCE, "t", 0, ids, "p"),
                CLIENT,
                V5);
        table.protocolError("subscription identifier 0", "30 { 't' { 0B 00 } }", CLIENT, V5);
        table.malformed("a subscription identifier too long", "30 { 't' { 0B 8100 } }", CLIENT, V5); // [MQTT-1.5.5-1]
    }

    private static Publish publish(QoS qos, String topic, int packetId, Properties properties, String payload) {
        TopicName name = topic.isEmpty() ? TopicName.EMPTY : TopicName.of(topic);
        return new Publish(false, qos, false, name, packetId, properties, payload.getBytes(StandardCharsets.UTF_8));
    }

    private static Publish plain(QoS qos, String topic, int packetId, String payload) {
        return publish(qos, topic, packetId, Properties.NONE, payload);
    }

    // [MQTT-2.2.1-2] [MQTT-2.2.2-1] [MQTT-3.3.2-1] [MQTT311-2.3.1-5] [MQTT311-3.3.2-1]
    private static void good(PacketCases table, Role role) {
        Publish qos0 = plain(QoS.AT_MOST_ONCE, "a/b", 0, "hi");
        table.good("QoS 0", "30 { 'a/b' <hi> }", qos0, role, V3_1, V3_1_1);
        table.good("QoS 0", "30 { 'a/b' {} <hi> }", qos0, role, V5);
        Publish qos1 = plain(QoS.AT_LEAST_ONCE, "ä", 1, "");
        table.good("QoS 1 without payload", "32 { 'ä' 0001 }", qos1, role, V3_1, V3_1_1);
        table.good("QoS 1 without payload", "32 { 'ä' 0001 {} }", qos1, role, V5);
        Publish all = new Publish(
                true, QoS.EXACTLY_ONCE, true, TopicName.of("$SYS//x "), 0xFFFF, Properties.NONE, new byte[] {0});
        table.good("QoS 2, DUP, RETAIN", "3D { '$SYS//x ' FFFF 00 }", all, role, V3_1, V3_1_1);
        table.good("QoS 2, DUP, RETAIN", "3D { '$SYS//x ' FFFF {} 00 }", all, role, V5);
        // [MQTT-3.3.1-2] [MQTT311-3.3.1-2]
        table.malformed("DUP at QoS 0", "38 { 't' }", role, V3_1_1);
        table.malformed("DUP at QoS 0", "38 { 't' {} }", role, V5);
        table.accepted("DUP at QoS 0", "38 { 't' }", plain(QoS.AT_MOST_ONCE, "t", 0, ""), role, V3_1);
        String longTopic = "x".repeat(65_535);
        table.good(
                "65,535 bytes", "30 {'" + longTopic + "' }", plain(QoS.AT_MOST_ONCE, longTopic, 0, ""), role, V3_1_1);
    }

    private static void topics(PacketCases table, Role role) {
        ReasonCode topic = ReasonCode.TOPIC_NAME_INVALID;
        // [MQTT-3.3.2-2] [MQTT-4.7.0-1] [MQTT311-3.3.2-2] [MQTT311-4.7.1-1]
        table.refused("a + in the topic", "30 { 'a/+' <x> }", topic, role, V3_1, V3_1_1);
        table.refused("a # in the topic", "30 { '#' {} <x> }", topic, role, V5);
        table.refused("a # in the middle of a level", "30 { 'a#b' {} <x> }", topic, role, V5);
        // [MQTT-4.7.3-1] [MQTT311-4.7.3-1]
        table.refused("an empty topic", "30 { '' <x> }", topic, role, V3_1, V3_1_1);
        table.protocolError("an empty topic without an alias", "30 { '' {} <x> }", role, V5);
        // [MQTT-1.5.4-2] [MQTT-4.7.3-2] [MQTT311-1.5.3-2] [MQTT311-4.7.3-2]
        table.malformed("U+0000 in the topic", "30 { 0003 610062 }", role, V3_1, V3_1_1, V5);
        // [MQTT-1.5.4-1] [MQTT311-1.5.3-1]
        table.malformed("a topic that is no text", "30 { 0002 C328 00 }", role, V3_1, V3_1_1, V5);
        table.malformed("a surrogate in the topic", "30 { 0006 EDA1B4EDB09E 00 }", role, V3_1, V3_1_1, V5);
        table.malformed("a topic above U+10FFFF", "30 { 0004 F4908080 00 }", role, V3_1, V3_1_1, V5);
        table.malformed("half a topic", "30 { 0005 <a/b> }", role, V3_1, V3_1_1, V5);
        table.malformed("nothing", "30 {}", role, V3_1, V3_1_1, V5);
    }

    private static void packetIds(PacketCases table, Role role) {
        // [MQTT-2.2.1-3] [MQTT-2.2.1-4] [MQTT311-2.3.1-1] [MQTT311-2.3.1-4]
        table.protocolError("packet identifier 0", "32 { 't' 0000 }", role, V3_1, V3_1_1);
        table.protocolError("packet identifier 0", "34 { 't' 0000 {} }", role, V5);
        table.malformed("no packet identifier", "32 { 't' }", role, V3_1, V3_1_1, V5);
        table.malformed("half a packet identifier", "34 { 't' 00 }", role, V3_1, V3_1_1, V5);
        table.malformed("no properties", "32 { 't' 0001 }", role, V5);
    }

    private static void properties(PacketCases table, Role role) {
        Properties all = Properties.builder()
                .number(Property.PAYLOAD_FORMAT_INDICATOR, 0)
                .number(Property.MESSAGE_EXPIRY_INTERVAL, 0x80000000L)
                .number(Property.TOPIC_ALIAS, 0xFFFF)
                .text(Property.RESPONSE_TOPIC, "r/x")
                .binary(Property.CORRELATION_DATA, new byte[] {0, 1})
                .user("k", "1")
                .user("a", "2")
                .user("k", "3")
                .text(Property.CONTENT_TYPE, "text/plain")
                .build();
        table.good(
                "with all properties",
                "32 { '' 0005 { 01 00 02 80000000 23 FFFF 08 'r/x' 09 0002 0001 26 'k' '1' 26 'a' '2' 26 'k' '3'"
                        + " 03 'text/plain' } <p> }",
                publish(QoS.AT_LEAST_ONCE, "", 5, all, "p"),
                role,
                V5);
        table.refused("alias 0", "30 { 't' { 23 0000 } }", ReasonCode.TOPIC_ALIAS_INVALID, role, V5); // [MQTT-3.3.2-8]
        error5(table, role, "alias twice", "23 0001 23 0001");
        error5(table, role, "payload format 2", "01 02");
        error5(table, role, "payload format twice", "01 00 01 00");
        error5(table, role, "expiry twice", "02 00000001 02 00000001");
        error5(table, role, "content type twice", "03 'a' 03 'a'");
        error5(table, role, "correlation data twice", "09 'a' 09 'a'");
        error5(table, role, "response topic twice", "08 'a' 08 'a'");
        // [MQTT-3.3.2-14]
        error5(table, role, "a wildcard in the response topic", "08 'a/#'");
        error5(table, role, "an empty response topic", "08 ''");
        malformed5(table, role, "a response topic that is no text", "08 0001 C0"); // [MQTT-3.3.2-13]
        malformed5(table, role, "a content type that is no text", "03 0001 FF"); // [MQTT-3.3.2-19]
        malformed5(table, role, "a property of CONNECT", "21 0001");
        malformed5(table, role, "a reason string", "1F 'a'");
        malformed5(table, role, "binary data beyond the properties", "09 0005 00");
        table.malformed("properties beyond the end", "30 { 't' 05 01 }", role, V5);
        table.malformed("a property length that cuts a property", "30 { 't' 03 02 0000 0001 }", role, V5);
    }

    private static void error5(PacketCases table, Role role, String name, String properties) {
        table.protocolError(name, "30 { 't' {" + properties + "} }", role, V5);
    }

    private static void malformed5(PacketCases table, Role role, String name, String properties) {
        table.malformed(name, "30 { 't' {" + properties + "} }", role, V5);
    }
}
