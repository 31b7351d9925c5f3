package io.dunlin.protocol.codec;

import static io.dunlin.protocol.codec.PacketCases.V3_1;
import static io.dunlin.protocol.codec.PacketCases.V3_1_1;
import static io.dunlin.protocol.codec.PacketCases.V5;
import static io.dunlin.protocol.codec.PacketDecoder.Role.SERVER;

import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicName;
import org.jspecify.annotations.Nullable;

/** CONNECT. */
final class ConnectCases {
    private static final byte[] PASSWORD = {0, (byte) 0xFF};

    private ConnectCases() {}

    static void addTo(PacketCases table) {
        good(table);
        good5(table);
        versions(table);
        flags(table);
        fields(table);
        properties(table);
    }

    private static Connect plain(ProtocolVersion version, String clientId) {
        return new Connect(version, clientId, true, 60, Properties.NONE, null, null, null);
    }

    private static Connect full(ProtocolVersion version, Properties properties, Will will, @Nullable String username) {
        return new Connect(version, "c", false, 0xFFFF, properties, will, username, PASSWORD);
    }

    // [MQTT-3.1.2-9] [MQTT-3.1.2-17] [MQTT-3.1.2-19] [MQTT-3.1.3-1] [MQTT-3.1.3-3] [MQTT-3.1.3-4] [MQTT-3.1.3-11]
    // [MQTT311-3.1.2-9] [MQTT311-3.1.2-19] [MQTT311-3.1.2-21] [MQTT311-3.1.3-1] [MQTT311-3.1.3-3] [MQTT311-3.1.3-4]
    // [MQTT311-3.1.3-10] [MQTT311-3.1.3-11] [MQTT-3.1.3-12]
    private static void good(PacketCases table) {
        Will will = new Will(TopicName.of("w/t"), QoS.EXACTLY_ONCE, true, Properties.NONE, new byte[] {1, 0});
        Will empty = new Will(TopicName.of("w"), QoS.AT_MOST_ONCE, false, Properties.NONE, new byte[0]);
        table.good("plain", "10 { 'MQIsdp' 03 02 003C 'cid' }", plain(V3_1, "cid"), SERVER, V3_1);
        table.good("plain", "10 { 'MQTT' 04 02 003C 'cid' }", plain(V3_1_1, "cid"), SERVER, V3_1_1);
        table.good("plain", "10 { 'MQTT' 05 02 003C {} 'cid' }", plain(V5, "cid"), SERVER, V5);
        table.good("empty client id", "10 { 'MQTT' 04 02 003C '' }", plain(V3_1_1, ""), SERVER, V3_1_1);
        table.good("empty client id", "10 { 'MQTT' 05 02 003C {} '' }", plain(V5, ""), SERVER, V5);
        table.good(
                "with all",
                "10 { 'MQIsdp' 03 F4 FFFF 'c' 'w/t' 0002 0100 'Jürgen' 0002 00FF }",
                full(V3_1, Properties.NONE, will, "Jürgen"),
                SERVER,
                V3_1);
        table.good(
                "with all",
                "10 { 'MQTT' 04 F4 FFFF 'c' 'w/t' 0002 0100 'Jürgen' 0002 00FF }",
                full(V3_1_1, Properties.NONE, will, "Jürgen"),
                SERVER,
                V3_1_1);
        table.good(
                "with an empty will and an empty user name",
                "10 { 'MQTT' 04 C4 FFFF 'c' 'w' 0000 '' 0002 00FF }",
                full(V3_1_1, Properties.NONE, empty, ""),
                SERVER,
                V3_1_1);
        table.good(
                "a byte order mark is a character", // [MQTT-1.5.4-3] [MQTT311-1.5.3-3]
                "10 { 'MQTT' 04 02 003C 0004 EFBBBF 61 }",
                plain(V3_1_1, "\uFEFFa"),
                SERVER,
                V3_1_1);
    }

    private static void good5(PacketCases table) {
        Properties properties = Properties.builder()
                .number(Property.SESSION_EXPIRY_INTERVAL, 0xFFFF_FFFFL)
                .number(Property.RECEIVE_MAXIMUM, 0xFFFF)
                .number(Property.MAXIMUM_PACKET_SIZE, 0xFFFF_FFFFL)
                .number(Property.TOPIC_ALIAS_MAXIMUM, 0)
                .number(Property.REQUEST_RESPONSE_INFORMATION, 1)
                .number(Property.REQUEST_PROBLEM_INFORMATION, 0)
                .user("n", "v")
                .user("n", "v")
                .text(Property.AUTHENTICATION_METHOD, "m")
                .binary(Property.AUTHENTICATION_DATA, new byte[] {0})
                .build();
        Properties willProperties = Properties.builder()
                .number(Property.WILL_DELAY_INTERVAL, 1)
                .number(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .number(Property.MESSAGE_EXPIRY_INTERVAL, 2)
                .text(Property.CONTENT_TYPE, "x/y")
                .text(Property.RESPONSE_TOPIC, "r")
                .binary(Property.CORRELATION_DATA, new byte[] {1})
                .user("", "")
                .build();
        Will will = new Will(TopicName.of("w"), QoS.AT_LEAST_ONCE, false, willProperties, new byte[] {65});
        table.good(
                "with all, a password but no user name",
                "10 { 'MQTT' 05 4C FFFF { 11 FFFFFFFF 21 FFFF 27 FFFFFFFF 22 0000 19 01 17 00 26 'n' 'v' 26 'n' 'v'"
                        + " 15 'm' 16 0001 00 }"
                        + " 'c' { 18 00000001 01 01 02 00000002 03 'x/y' 08 'r' 09 0001 01 26 '' '' } 'w' 'A' 0002 00FF }",
                full(V5, properties, will, null),
                SERVER,
                V5);
    }

    // [MQTT-3.1.2-1] [MQTT-3.1.2-2] [MQTT311-3.1.2-1] [MQTT311-3.1.2-2]
    private static void versions(PacketCases table) {
        ReasonCode unsupported = ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
        table.refused("another protocol", "10 { 'HTTP' 04 02 003C 'c' }", unsupported, SERVER, V3_1_1);
        table.refused("the name in small letters", "10 { 'mqtt' 04 02 003C 'c' }", unsupported, SERVER, V3_1_1);
        table.refused("no name", "10 { '' 04 02 003C 'c' }", unsupported, SERVER, V3_1_1);
        table.refused("level 0", "10 { 'MQTT' 00 02 003C 'c' }", unsupported, SERVER, V3_1_1);
        table.refused("level 3 with the later name", "10 { 'MQTT' 03 02 003C 'c' }", unsupported, SERVER, V3_1_1);
        table.refused("level 4 with the early name", "10 { 'MQIsdp' 04 02 003C 'c' }", unsupported, SERVER, V3_1_1);
        table.refused("level 6", "10 { 'MQTT' 06 02 003C {} 'c' }", unsupported, SERVER, V5);
        table.refused("level 255", "10 { 'MQTT' FF 02 003C {} 'c' }", unsupported, SERVER, V5);
    }

    private static void flags(PacketCases table) {
        // [MQTT-3.1.2-3] [MQTT311-3.1.2-3]
        table.malformed("the reserved flag", "10 { 'MQTT' 04 03 003C 'c' }", SERVER, V3_1_1);
        table.malformed("the reserved flag", "10 { 'MQTT' 05 03 003C {} 'c' }", SERVER, V5);
        table.accepted("the unused flag", "10 { 'MQIsdp' 03 03 003C 'c' }", plain(V3_1, "c"), SERVER, V3_1);
        // [MQTT-3.1.2-11] [MQTT311-3.1.2-11] [MQTT311-3.1.2-13]
        table.malformed("will QoS without a will", "10 { 'MQTT' 04 0A 003C 'c' }", SERVER, V3_1_1);
        table.malformed("will QoS without a will", "10 { 'MQTT' 05 12 003C {} 'c' }", SERVER, V5);
        // [MQTT-3.1.2-13] [MQTT311-3.1.2-15]
        table.malformed("will retain without a will", "10 { 'MQTT' 04 22 003C 'c' }", SERVER, V3_1_1);
        table.malformed("will retain without a will", "10 { 'MQTT' 05 22 003C {} 'c' }", SERVER, V5);
        // [MQTT-3.1.2-12] [MQTT311-3.1.2-14]
        table.malformed("will QoS 3", "10 { 'MQIsdp' 03 1E 003C 'c' 'w' '' }", SERVER, V3_1);
        table.malformed("will QoS 3", "10 { 'MQTT' 04 1E 003C 'c' 'w' '' }", SERVER, V3_1_1);
        table.malformed("will QoS 3", "10 { 'MQTT' 05 1E 003C {} 'c' {} 'w' '' }", SERVER, V5);
        // [MQTT311-3.1.2-22]
        table.malformed("a password without a user name", "10 { 'MQTT' 04 42 003C 'c' 'p' }", SERVER, V3_1_1);
        table.malformed("a password without a user name", "10 { 'MQIsdp' 03 42 003C 'c' 'p' }", SERVER, V3_1);
        // MQTT 3.1: the length of the packet goes before the flags
        table.accepted("no user name", "10 { 'MQIsdp' 03 C2 003C 'c' }", plain(V3_1, "c"), SERVER, V3_1);
        table.accepted(
                "no password",
                "10 { 'MQIsdp' 03 C2 003C 'c' 'u' }",
                new Connect(V3_1, "c", true, 60, Properties.NONE, null, "u", null),
                SERVER,
                V3_1);
    }

    private static void fields(PacketCases table) {
        // [MQTT-3.1.2-16] [MQTT-3.1.2-18] [MQTT311-3.1.2-18] [MQTT311-3.1.2-20]
        table.malformed("a user name without its flag", "10 { 'MQTT' 04 02 003C 'c' 'u' }", SERVER, V3_1_1);
        table.malformed("a user name without its flag", "10 { 'MQTT' 05 02 003C {} 'c' 'u' }", SERVER, V5);
        table.malformed("a password without its flag", "10 { 'MQTT' 04 82 003C 'c' 'u' 'p' }", SERVER, V3_1_1);
        table.malformed("no user name", "10 { 'MQTT' 04 82 003C 'c' }", SERVER, V3_1_1);
        table.malformed("no password", "10 { 'MQTT' 04 C2 003C 'c' 'u' }", SERVER, V3_1_1);
        table.malformed("no will payload", "10 { 'MQTT' 04 06 003C 'c' 'w' }", SERVER, V3_1_1);
        table.malformed("no will properties", "10 { 'MQTT' 05 06 003C {} 'c' 'w' 'p' }", SERVER, V5);
        table.malformed("no client id", "10 { 'MQTT' 04 02 003C }", SERVER, V3_1_1); // [MQTT-3.1.3-3] [MQTT311-3.1.3-3]
        table.malformed("no client id", "10 { 'MQTT' 05 02 003C {} }", SERVER, V5);
        table.malformed("a client id beyond the end", "10 { 'MQTT' 04 02 003C 0005 63 }", SERVER, V3_1_1);
        table.malformed("nothing", "10 {}", SERVER, V3_1_1);
        table.malformed("half a protocol name", "10 { 0004 4D51 }", SERVER, V3_1_1);
        // [MQTT-1.5.4-1] [MQTT311-1.5.3-1]
        table.malformed("a client id with a lone byte", "10 { 'MQTT' 04 02 003C 0001 FF }", SERVER, V3_1_1);
        table.malformed("a client id with a surrogate", "10 { 'MQTT' 05 02 003C {} 0003 EDA080 }", SERVER, V5);
        table.malformed("a user name in overlong form", "10 { 'MQTT' 05 82 003C {} 'c' 0002 C1A1 }", SERVER, V5);
        table.malformed("a user name in Latin-1", "10 { 'MQTT' 04 82 003C 'c' 0002 FC61 }", SERVER, V3_1_1);
        // [MQTT-1.5.4-2] [MQTT311-1.5.3-2]
        table.malformed("a client id with U+0000", "10 { 'MQTT' 04 02 003C 0003 610062 }", SERVER, V3_1_1);
        table.malformed("a will topic with U+0000", "10 { 'MQTT' 05 06 003C {} 'c' {} 0001 00 '' }", SERVER, V5);
        // [MQTT-4.7.0-1] [MQTT-4.7.3-1] [MQTT311-4.7.1-1] [MQTT311-4.7.3-1]
        ReasonCode topic = ReasonCode.TOPIC_NAME_INVALID;
        table.refused("a wildcard in the will topic", "10 { 'MQTT' 04 06 003C 'c' 'w/#' '' }", topic, SERVER, V3_1_1);
        table.refused("a wildcard in the will topic", "10 { 'MQTT' 05 06 003C {} 'c' {} '+' '' }", topic, SERVER, V5);
        table.refused("an empty will topic", "10 { 'MQTT' 04 06 003C 'c' '' '' }", topic, SERVER, V3_1_1);
        table.refused("an empty will topic", "10 { 'MQTT' 05 06 003C {} 'c' {} '' '' }", topic, SERVER, V5);
    }

    private static void properties(PacketCases table) {
        error5(table, "session expiry twice", "11 00000001 11 00000001");
        error5(table, "receive maximum twice", "21 0001 21 0001");
        error5(table, "receive maximum 0", "21 0000");
        error5(table, "maximum packet size 0", "27 00000000");
        error5(table, "request problem information 2", "17 02");
        error5(table, "request response information 255", "19 FF");
        error5(table, "authentication data without a method", "16 'd'");
        malformed5(table, "a property of another packet", "23 0001");
        malformed5(table, "a will property", "18 00000001");
        malformed5(table, "a property that does not exist", "7E 00");
        malformed5(table, "property 0", "00 00");
        malformed5(table, "a property identifier of two bytes", "80 01 00");
        malformed5(table, "half a property", "11 0000");
        malformed5(table, "half a user property", "26 'n'");
        malformed5(table, "a user property that is no text", "26 'n' 0001 80"); // [MQTT-1.5.7-1]
        malformed5(table, "a user property with U+0000", "26 0001 00 'v'"); // [MQTT-1.5.7-1]
        table.malformed("properties beyond the end", "10 { 'MQTT' 05 02 003C 20 'c' }", SERVER, V5);
        table.malformed(
                "a property length too long", "10 { 'MQTT' 05 02 003C 8000 'c' }", SERVER, V5); // [MQTT-1.5.5-1]
        table.malformed("a property length of five bytes", "10 { 'MQTT' 05 02 003C 8080808001 'c' }", SERVER, V5);
        table.malformed("a remaining length longer than it need be", "10 8E00 'MQTT' 05 02 003C 00 'c'", SERVER, V5);
        table.accepted(
                "a longer remaining length", "10 8D00 'MQTT' 04 02 003C 'c'", plain(V3_1_1, "c"), SERVER, V3_1_1);
        will5(table, ReasonCode.MALFORMED_PACKET, "session expiry in the will", "11 00000001");
        will5(table, ReasonCode.PROTOCOL_ERROR, "will delay twice", "18 00000001 18 00000001");
        will5(table, ReasonCode.PROTOCOL_ERROR, "payload format 2", "01 02");
        will5(table, ReasonCode.PROTOCOL_ERROR, "a wildcard in the response topic", "08 'a/+'"); // [MQTT-3.3.2-14]
    }

    private static void error5(PacketCases table, String name, String properties) {
        table.protocolError(name, "10 { 'MQTT' 05 02 003C {" + properties + "} 'c' }", SERVER, V5);
    }

    private static void malformed5(PacketCases table, String name, String properties) {
        table.malformed(name, "10 { 'MQTT' 05 02 003C {" + properties + "} 'c' }", SERVER, V5);
    }

    private static void will5(PacketCases table, ReasonCode error, String name, String properties) {
        table.refused(name, "10 { 'MQTT' 05 06 003C {} 'c' {" + properties + "} 'w' '' }", error, SERVER, V5);
    }
}
