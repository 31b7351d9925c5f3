package io.dunlin.protocol.codec;

import static io.dunlin.protocol.codec.PacketCases.V3_1;
import static io.dunlin.protocol.codec.PacketCases.V3_1_1;
import static io.dunlin.protocol.codec.PacketCases.V5;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.ReasonCode;

/** PUBACK, PUBREC, PUBREL and PUBCOMP: one shape, to both sides. */
final class AckCases {
    private interface Ack {
        Packet of(int packetId, ReasonCode reason, Properties properties);
    }

    private AckCases() {}

    static void addTo(PacketCases table) {
        for (Role role : Role.values()) {
            // [MQTT-3.4.2-1]
            each(table, role, "PUBACK", "40", Puback::new, ReasonCode.NO_MATCHING_SUBSCRIBERS, "92");
            // [MQTT-3.5.2-1]
            each(table, role, "PUBREC", "50", Pubrec::new, ReasonCode.QUOTA_EXCEEDED, "92");
            // [MQTT-3.6.2-1]
            each(table, role, "PUBREL", "62", Pubrel::new, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, "10");
            // [MQTT-3.7.2-1]
            each(table, role, "PUBCOMP", "70", Pubcomp::new, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, "91");
        }
    }

    // [MQTT-2.2.1-5] [MQTT311-2.3.1-6]
    private static void each(
            PacketCases table, Role role, String name, String first, Ack ack, ReasonCode reason, String wrongReason) {
        Packet success = ack.of(0x1234, ReasonCode.SUCCESS, Properties.NONE);
        Packet failure = ack.of(1, reason, Properties.NONE);
        String code = String.format("%02X", reason.value());
        table.good(name, first + " { 1234 }", success, role, V3_1, V3_1_1, V5);
        table.good(name + " with a reason", first + " { 0001 " + code + " }", failure, role, V5);
        table.accepted(name + " with success", first + " { 1234 00 }", success, role, V5);
        table.accepted(name + " without properties", first + " { 0001 " + code + " {} }", failure, role, V5);
        Properties properties = Properties.builder()
                .text(Property.REASON_STRING, "why")
                .user("n", "v")
                .user("n", "v")
                .build();
        table.good(
                name + " with properties",
                first + " { 0001 00 { 1F 'why' 26 'n' 'v' 26 'n' 'v' } }",
                ack.of(1, ReasonCode.SUCCESS, properties),
                role,
                V5);
        table.protocolError(name + " 0", first + " { 0000 }", role, V3_1, V3_1_1, V5); // [MQTT-2.2.1-5]
        table.malformed(name + " without its identifier", first + " {}", role, V3_1, V3_1_1, V5);
        table.malformed(name + " with half an identifier", first + " { 01 }", role, V3_1, V3_1_1, V5);
        table.malformed(name + " with a reason", first + " { 0001 00 }", role, V3_1, V3_1_1);
        table.protocolError(name + " with a wrong reason", first + " { 0001 " + wrongReason + " }", role, V5);
        table.protocolError(name + " with an unknown reason", first + " { 0001 FF }", role, V5);
        table.malformed(name + " with a wrong property", first + " { 0001 00 { 01 00 } }", role, V5);
        table.protocolError(name + " with two reasons", first + " { 0001 00 { 1F 'a' 1F 'b' } }", role, V5);
        table.malformed(name + " with a byte too many", first + " { 0001 00 {} 00 }", role, V5);
        table.malformed(name + " with half its properties", first + " { 0001 00 05 1F }", role, V5);
    }
}
