package io.dunlin.protocol.codec;

import static io.dunlin.protocol.codec.PacketCases.V3_1;
import static io.dunlin.protocol.codec.PacketCases.V3_1_1;
import static io.dunlin.protocol.codec.PacketCases.V5;
import static io.dunlin.protocol.codec.PacketDecoder.Role.CLIENT;
import static io.dunlin.protocol.codec.PacketDecoder.Role.SERVER;

import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ReasonCode;

/** DISCONNECT and AUTH. */
final class DisconnectCases {
    private DisconnectCases() {}

    static void addTo(PacketCases table) {
        disconnect(table);
        auth(table);
    }

    // [MQTT-3.14.2-1]
    private static void disconnect(PacketCases table) {
        Disconnect normal = new Disconnect(ReasonCode.SUCCESS);
        table.good("DISCONNECT", "E0 00", normal, SERVER, V3_1, V3_1_1, V5);
        table.good("DISCONNECT", "E0 00", normal, CLIENT, V5);
        table.good("with will", "E0 { 04 }", new Disconnect(ReasonCode.DISCONNECT_WITH_WILL), SERVER, V5);
        table.good("taken over", "E0 { 8E }", new Disconnect(ReasonCode.SESSION_TAKEN_OVER), CLIENT, V5);
        table.accepted("with all the fields", "E0 { 00 {} }", normal, SERVER, V5);
        table.accepted("with its reason", "E0 { 00 }", normal, CLIENT, V5);
        Properties properties = Properties.builder()
                .number(Property.SESSION_EXPIRY_INTERVAL, 5)
                .text(Property.REASON_STRING, "bye")
                .user("n", "v")
                .build();
        table.good(
                "with properties",
                "E0 { 00 { 11 00000005 1F 'bye' 26 'n' 'v' } }",
                new Disconnect(ReasonCode.SUCCESS, properties),
                SERVER,
                V5);
        table.good(
                "server moved",
                "E0 { 9D { 1C 'other:1883' } }",
                new Disconnect(ReasonCode.SERVER_MOVED, Properties.of(Property.SERVER_REFERENCE, "other:1883")),
                CLIENT,
                V5);
        table.malformed("with a reason", "E0 { 00 }", SERVER, V3_1, V3_1_1);
        table.protocolError("with a reason of the server", "E0 { 8B }", SERVER, V5);
        table.protocolError("with a reason of the client", "E0 { 04 }", CLIENT, V5);
        table.protocolError("with a reason of CONNACK", "E0 { 85 }", CLIENT, V5);
        table.protocolError("with a reason that does not exist", "E0 { 01 }", SERVER, V5);
        // [MQTT-3.14.2-2]
        table.protocolError("session expiry from the server", "E0 { 00 { 11 00000005 } }", CLIENT, V5);
        table.protocolError("session expiry twice", "E0 { 00 { 11 00000005 11 00000005 } }", SERVER, V5);
        table.malformed("a wrong property", "E0 { 00 { 21 0001 } }", SERVER, V5);
        table.malformed("a byte too many", "E0 { 00 {} 00 }", SERVER, V5);
        table.malformed("half its properties", "E0 { 00 04 11 00 }", SERVER, V5);
    }

    // [MQTT-3.15.2-1]
    private static void auth(PacketCases table) {
        Properties properties = Properties.builder()
                .text(Property.AUTHENTICATION_METHOD, "SCRAM-SHA-256")
                .binary(Property.AUTHENTICATION_DATA, new byte[] {1, 2})
                .build();
        String content = "{ 15 'SCRAM-SHA-256' 16 0002 0102 } }";
        Auth next = new Auth(ReasonCode.CONTINUE_AUTHENTICATION, properties);
        table.good("continue", "F0 { 18 " + content, next, SERVER, V5); // [MQTT-4.12.0-3]
        table.good("continue", "F0 { 18 " + content, next, CLIENT, V5); // [MQTT-4.12.0-2]
        table.good("again", "F0 { 19 " + content, new Auth(ReasonCode.REAUTHENTICATE, properties), SERVER, V5);
        table.good("done", "F0 { 00 " + content, new Auth(ReasonCode.SUCCESS, properties), CLIENT, V5);
        table.good("done, without all", "F0 00", new Auth(ReasonCode.SUCCESS, Properties.NONE), CLIENT, V5);
        table.protocolError("done, to a server", "F0 { 00 " + content, SERVER, V5);
        table.protocolError("nothing, to a server", "F0 00", SERVER, V5);
        table.protocolError("again, to a client", "F0 { 19 " + content, CLIENT, V5);
        table.protocolError("another reason", "F0 { 87 " + content, SERVER, V5);
        table.malformed("no properties", "F0 { 18 }", SERVER, V5);
        table.protocolError("data without a method", "F0 { 18 { 16 '' } }", SERVER, V5);
        table.protocolError("two methods", "F0 { 18 { 15 'a' 15 'a' } }", SERVER, V5);
        table.malformed("a wrong property", "F0 { 18 { 15 'a' 11 00000001 } }", SERVER, V5);
        table.malformed("a byte too many", "F0 { 18 { 15 'a' } 00 }", SERVER, V5);
    }
}
