package io.dunlin.protocol.codec;

import static io.dunlin.protocol.codec.PacketCases.V3_1;
import static io.dunlin.protocol.codec.PacketCases.V3_1_1;
import static io.dunlin.protocol.codec.PacketCases.V5;
import static io.dunlin.protocol.codec.PacketDecoder.Role.CLIENT;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;

/** CONNACK. */
final class ConnackCases {
    private ConnackCases() {}

    static void addTo(PacketCases table) {
        table.good("accepted", "20 { 00 00 }", connack(ReasonCode.SUCCESS), CLIENT, V3_1, V3_1_1);
        table.good("accepted", "20 { 00 00 {} }", connack(ReasonCode.SUCCESS), CLIENT, V5); // [MQTT-2.2.2-1]
        Connack present = new Connack(true, ReasonCode.SUCCESS, Properties.NONE);
        table.good("session present", "20 { 01 00 }", present, CLIENT, V3_1_1);
        table.good("session present", "20 { 01 00 {} }", present, CLIENT, V5);
        table.accepted("a reserved byte", "20 { 01 00 }", connack(ReasonCode.SUCCESS), CLIENT, V3_1);
        returnCodes(table);
        reasons5(table);
        properties5(table);
        // [MQTT-3.2.2-1]
        table.malformed("a reserved flag", "20 { 02 00 }", CLIENT, V3_1_1);
        table.malformed("a reserved flag", "20 { 80 00 {} }", CLIENT, V5);
        // [MQTT-3.2.2-6] [MQTT311-3.2.2-4]
        table.protocolError("session present though refused", "20 { 01 05 }", CLIENT, V3_1_1);
        table.protocolError("session present though refused", "20 { 01 87 {} }", CLIENT, V5);
        table.malformed("no return code", "20 { 00 }", CLIENT, V3_1, V3_1_1, V5);
        table.malformed("a byte too many", "20 { 00 00 00 }", CLIENT, V3_1, V3_1_1);
        table.malformed("a byte too many", "20 { 00 00 00 00 }", CLIENT, V5);
        table.malformed("no properties", "20 { 00 00 }", CLIENT, V5);
    }

    private static Connack connack(ReasonCode reason) {
        return new Connack(false, reason, Properties.NONE);
    }

    private static void returnCodes(PacketCases table) {
        table.good("1", "20 { 00 01 }", connack(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION), CLIENT, V3_1, V3_1_1);
        table.good("2", "20 { 00 02 }", connack(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID), CLIENT, V3_1, V3_1_1);
        table.good("3", "20 { 00 03 }", connack(ReasonCode.SERVER_UNAVAILABLE), CLIENT, V3_1, V3_1_1);
        table.good("4", "20 { 00 04 }", connack(ReasonCode.BAD_USER_NAME_OR_PASSWORD), CLIENT, V3_1, V3_1_1);
        table.good("5", "20 { 00 05 }", connack(ReasonCode.NOT_AUTHORIZED), CLIENT, V3_1, V3_1_1);
        // [MQTT311-3.1.2-2] a server of 3.1.1 that is asked for MQTT 5
        table.accepted("1", "20 { 00 01 }", connack(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION), CLIENT, V5);
        table.accepted("5", "20 { 00 05 }", connack(ReasonCode.NOT_AUTHORIZED), CLIENT, V5);
        table.protocolError("6", "20 { 00 06 }", CLIENT, V5);
        table.protocolError("6", "20 { 00 06 }", CLIENT, V3_1, V3_1_1);
        table.protocolError("0x80", "20 { 00 80 }", CLIENT, V3_1, V3_1_1);
    }

    // [MQTT-3.2.2-8]
    private static void reasons5(PacketCases table) {
        table.good("not authorised", "20 { 00 87 {} }", connack(ReasonCode.NOT_AUTHORIZED), CLIENT, V5);
        table.good("connection rate", "20 { 00 9F {} }", connack(ReasonCode.CONNECTION_RATE_EXCEEDED), CLIENT, V5);
        table.protocolError("a return code", "20 { 00 05 {} }", CLIENT, V5);
        table.protocolError("a reason of DISCONNECT", "20 { 00 8E {} }", CLIENT, V5);
        table.protocolError("a reason that does not exist", "20 { 00 FF {} }", CLIENT, V5);
    }

    private static void properties5(PacketCases table) {
        Properties all = Properties.builder()
                .number(Property.SESSION_EXPIRY_INTERVAL, 1)
                .number(Property.RECEIVE_MAXIMUM, 1)
                .number(Property.MAXIMUM_QOS, 1)
                .number(Property.RETAIN_AVAILABLE, 0)
                .number(Property.MAXIMUM_PACKET_SIZE, 1)
                .text(Property.ASSIGNED_CLIENT_IDENTIFIER, "a")
                .number(Property.TOPIC_ALIAS_MAXIMUM, 0xFFFF)
                .text(Property.REASON_STRING, "")
                .user("n", "𝄞")
                .number(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 1)
                .number(Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 1)
                .number(Property.SHARED_SUBSCRIPTION_AVAILABLE, 1)
                .number(Property.SERVER_KEEP_ALIVE, 0)
                .text(Property.RESPONSE_INFORMATION, "r")
                .text(Property.SERVER_REFERENCE, "s")
                .text(Property.AUTHENTICATION_METHOD, "m")
                .binary(Property.AUTHENTICATION_DATA, new byte[0])
                .build();
        table.good(
                "with all",
                "20 { 00 00 { 11 00000001 21 0001 24 01 25 00 27 00000001 12 'a' 22 FFFF 1F '' 26 'n' '𝄞' 28 01 29 01 2A 01"
                        + " 13 0000 1A 'r' 1C 's' 15 'm' 16 '' } }",
                new Connack(false, ReasonCode.SUCCESS, all),
                CLIENT,
                V5);
        error5(table, "maximum QoS 2", "24 02");
        error5(table, "retain available 2", "25 02");
        error5(table, "wildcard subscriptions available 2", "28 02");
        error5(table, "subscription identifiers available 2", "29 02");
        error5(table, "shared subscriptions available 2", "2A 02");
        error5(table, "receive maximum 0", "21 0000");
        error5(table, "maximum packet size 0", "27 00000000");
        error5(table, "reason string twice", "1F 'a' 1F 'b'");
        error5(table, "server keep alive twice", "13 0001 13 0001");
        table.malformed("a property of CONNECT", "20 { 00 00 { 17 01 } }", CLIENT, V5);
    }

    private static void error5(PacketCases table, String name, String properties) {
        table.protocolError(name, "20 { 00 00 {" + properties + "} }", CLIENT, V5);
    }
}
