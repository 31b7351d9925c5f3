package io.dunlin.protocol.codec;

import static io.dunlin.protocol.codec.PacketCases.V3_1;
import static io.dunlin.protocol.codec.PacketCases.V3_1_1;
import static io.dunlin.protocol.codec.PacketCases.V5;
import static io.dunlin.protocol.codec.PacketDecoder.Role.CLIENT;
import static io.dunlin.protocol.codec.PacketDecoder.Role.SERVER;

import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Pubrel;

/** Fixed headers, packets without a body, and packets that go the wrong way. */
final class HeaderCases {
    private static final ProtocolVersion[] ALL = ProtocolVersion.values();

    private HeaderCases() {}

    static void addTo(PacketCases table) {
        table.good("PINGREQ", "C0 00", Pingreq.INSTANCE, SERVER, ALL);
        table.good("PINGRESP", "D0 00", Pingresp.INSTANCE, CLIENT, ALL);
        table.malformed("PINGREQ with a body", "C0 01 00", SERVER, ALL);
        table.malformed("PINGRESP with a body", "D0 01 00", CLIENT, ALL);
        table.malformed("packet type 0", "00 00", SERVER, ALL);
        table.malformed("packet type 0", "00 00", CLIENT, ALL);
        lengths(table);
        flags(table);
        directions(table);
    }

    // [MQTT-1.5.5-1]
    private static void lengths(PacketCases table) {
        table.malformed("a remaining length of five bytes", "30 80 80 80 80 01", SERVER, ALL);
        table.malformed("a remaining length that does not end", "30 FF FF FF FF FF", CLIENT, ALL);
        table.malformed("a remaining length longer than it need be", "C0 80 00", SERVER, V5);
        table.malformed("a remaining length longer than it need be", "D0 80 80 00", CLIENT, V5);
        table.accepted("a longer remaining length", "C0 80 00", Pingreq.INSTANCE, SERVER, V3_1, V3_1_1);
        table.accepted("a longer remaining length", "D0 80 80 80 00", Pingresp.INSTANCE, CLIENT, V3_1, V3_1_1);
    }

    // [MQTT-2.1.3-1] [MQTT311-2.2.2-1] [MQTT311-2.2.2-2]
    private static void flags(PacketCases table) {
        table.malformed("CONNECT with flags", "11 { 'MQTT' 04 02 0000 'c' }", SERVER, V3_1_1);
        table.malformed("CONNECT with flags", "18 { 'MQTT' 05 02 0000 {} 'c' }", SERVER, V5);
        table.malformed("CONNACK with flags", "21 { 00 00 }", CLIENT, V3_1, V3_1_1);
        table.malformed("CONNACK with flags", "28 { 00 00 {} }", CLIENT, V5);
        table.malformed("PUBACK with flags", "42 { 0001 }", SERVER, ALL);
        table.malformed("PUBREC with flags", "52 { 0001 }", SERVER, ALL);
        // [MQTT-3.6.1-1] [MQTT311-3.6.1-1]
        table.malformed("PUBREL without its flag", "60 { 0001 }", SERVER, ALL);
        table.malformed("PUBREL with another flag", "66 { 0001 }", SERVER, ALL);
        table.malformed("PUBREL with DUP", "6A { 0001 }", SERVER, V3_1_1, V5);
        table.accepted("PUBREL with DUP", "6A { 0001 }", new Pubrel(1), SERVER, V3_1);
        table.malformed("PUBCOMP with flags", "72 { 0001 }", SERVER, ALL);
        // [MQTT-3.8.1-1] [MQTT311-3.8.1-1]
        table.malformed("SUBSCRIBE without its flag", "80 { 0001 'a' 00 }", SERVER, V3_1, V3_1_1);
        table.malformed("SUBSCRIBE without its flag", "80 { 0001 {} 'a' 00 }", SERVER, V5);
        table.malformed("SUBSCRIBE with DUP", "8A { 0001 'a' 00 }", SERVER, V3_1_1);
        table.malformed("SUBACK with flags", "92 { 0001 00 }", CLIENT, V3_1, V3_1_1);
        // [MQTT-3.10.1-1] [MQTT311-3.10.1-1]
        table.malformed("UNSUBSCRIBE without its flag", "A0 { 0001 'a' }", SERVER, V3_1, V3_1_1);
        table.malformed("UNSUBSCRIBE without its flag", "A0 { 0001 {} 'a' }", SERVER, V5);
        table.malformed("UNSUBACK with flags", "B2 { 0001 }", CLIENT, V3_1, V3_1_1);
        table.malformed("PINGREQ with flags", "C8 00", SERVER, ALL);
        table.malformed("PINGRESP with flags", "D1 00", CLIENT, ALL);
        // [MQTT-3.14.1-1] [MQTT311-3.14.1-1]
        table.malformed("DISCONNECT with flags", "E1 00", SERVER, ALL);
        table.malformed("DISCONNECT with flags", "E2 00", CLIENT, ALL);
        // [MQTT-3.15.1-1]
        table.malformed("AUTH with flags", "F2 { 18 { 15 'm' } }", SERVER, V5);
        table.malformed("AUTH with flags", "F1 { 18 { 15 'm' } }", CLIENT, V5);
        // [MQTT-3.3.1-4] [MQTT311-3.3.1-4]
        table.malformed("PUBLISH with QoS 3", "36 { 't' 0001 }", SERVER, V3_1, V3_1_1);
        table.malformed("PUBLISH with QoS 3", "3E { 't' 0001 {} }", SERVER, V5);
        table.malformed("PUBLISH with QoS 3", "37 { 't' 0001 {} }", CLIENT, V5);
    }

    private static void directions(PacketCases table) {
        table.protocolError("CONNACK to a server", "20 { 00 00 }", SERVER, ALL);
        table.protocolError("SUBACK to a server", "90 { 0001 00 }", SERVER, ALL);
        table.protocolError("UNSUBACK to a server", "B0 { 0001 }", SERVER, ALL);
        table.protocolError("PINGRESP to a server", "D0 00", SERVER, ALL);
        table.protocolError("CONNECT to a client", "10 { 'MQTT' 04 02 0000 'c' }", CLIENT, ALL);
        table.protocolError("SUBSCRIBE to a client", "82 { 0001 'a' 00 }", CLIENT, ALL);
        table.protocolError("UNSUBSCRIBE to a client", "A2 { 0001 'a' }", CLIENT, ALL);
        table.protocolError("PINGREQ to a client", "C0 00", CLIENT, ALL);
        table.protocolError("AUTH before version 5", "F0 00", SERVER, V3_1, V3_1_1);
        table.protocolError("AUTH before version 5", "F0 00", CLIENT, V3_1, V3_1_1);
    }
}
