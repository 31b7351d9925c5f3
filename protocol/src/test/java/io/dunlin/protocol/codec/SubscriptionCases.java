package io.dunlin.protocol.codec;

import static io.dunlin.protocol.codec.PacketCases.V3_1;
import static io.dunlin.protocol.codec.PacketCases.V3_1_1;
import static io.dunlin.protocol.codec.PacketCases.V5;
import static io.dunlin.protocol.codec.PacketDecoder.Role.CLIENT;
import static io.dunlin.protocol.codec.PacketDecoder.Role.SERVER;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import java.util.List;

/** SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK. */
final class SubscriptionCases {
    private SubscriptionCases() {}

    static void addTo(PacketCases table) {
        subscribe(table);
        subscribeErrors(table);
        suback(table);
        unsubscribe(table);
        unsuback(table);
    }

    private static Subscribe subscribe(int packetId, Properties properties, SubscriptionRequest... requests) {
        return new Subscribe(packetId, properties, List.of(requests));
    }

    // [MQTT-3.8.3-1] [MQTT311-3.8.3-1]
    private static void subscribe(PacketCases table) {
        SubscriptionRequest a = new SubscriptionRequest("a/+", QoS.AT_LEAST_ONCE);
        SubscriptionRequest b = new SubscriptionRequest("ü/#", QoS.EXACTLY_ONCE);
        SubscriptionRequest c = new SubscriptionRequest("not#valid", QoS.AT_MOST_ONCE); // for the receiver to judge
        Subscribe three = subscribe(1, Properties.NONE, a, b, c);
        table.good("three", "82 { 0001 'a/+' 01 'ü/#' 02 'not#valid' 00 }", three, SERVER, V3_1, V3_1_1);
        table.good("three", "82 { 0001 {} 'a/+' 01 'ü/#' 02 'not#valid' 00 }", three, SERVER, V5);
        table.accepted("with DUP", "8A { 0001 'a/+' 01 }", subscribe(1, Properties.NONE, a), SERVER, V3_1);
        table.accepted("unused bits", "82 { 0001 'a/+' FD }", subscribe(1, Properties.NONE, a), SERVER, V3_1);
        Properties properties = Properties.builder()
                .number(Property.SUBSCRIPTION_IDENTIFIER, 128)
                .user("n", "v")
                .build();
        Subscribe options = subscribe(
                0xFFFF,
                properties,
                new SubscriptionRequest("x", QoS.AT_MOST_ONCE, true, false, RetainHandling.SEND),
                new SubscriptionRequest("x", QoS.AT_LEAST_ONCE, false, true, RetainHandling.SEND_IF_NEW),
                new SubscriptionRequest("$share/g/x", QoS.EXACTLY_ONCE, true, true, RetainHandling.DO_NOT_SEND));
        table.good(
                "options and properties",
                "82 { FFFF { 0B 8001 26 'n' 'v' } 'x' 04 'x' 19 '$share/g/x' 2E }",
                options,
                SERVER,
                V5);
    }

    private static void subscribeErrors(PacketCases table) {
        // [MQTT-3.8.3-2] [MQTT311-3.8.3-3]
        table.protocolError("SUBSCRIBE without a filter", "82 { 0001 }", SERVER, V3_1, V3_1_1);
        table.protocolError("SUBSCRIBE without a filter", "82 { 0001 {} }", SERVER, V5);
        // [MQTT-3.8.3-5] [MQTT311-3.8.3-4]
        table.malformed("a reserved bit", "82 { 0001 'a' 80 }", SERVER, V3_1_1);
        table.malformed("a reserved bit", "82 { 0001 'a' 04 }", SERVER, V3_1_1);
        table.malformed("a reserved bit", "82 { 0001 {} 'a' 40 }", SERVER, V5);
        table.malformed("a reserved bit", "82 { 0001 {} 'a' 81 }", SERVER, V5);
        table.malformed("QoS 3", "82 { 0001 'a' 03 }", SERVER, V3_1, V3_1_1);
        table.protocolError("QoS 3", "82 { 0001 {} 'a' 03 }", SERVER, V5);
        table.protocolError("retain handling 3", "82 { 0001 {} 'a' 30 }", SERVER, V5);
        // [MQTT-2.2.1-3] [MQTT311-2.3.1-1]
        table.protocolError("SUBSCRIBE 0", "82 { 0000 'a' 00 }", SERVER, V3_1, V3_1_1);
        table.protocolError("SUBSCRIBE 0", "82 { 0000 {} 'a' 00 }", SERVER, V5);
        table.malformed("a filter without options", "82 { 0001 'a' }", SERVER, V3_1, V3_1_1);
        table.malformed("a filter without options", "82 { 0001 {} 'a' 00 'b' }", SERVER, V5);
        table.malformed("a filter that is no text", "82 { 0001 0001 FF 00 }", SERVER, V3_1, V3_1_1);
        table.malformed("a filter with U+0000", "82 { 0001 {} 0001 00 00 }", SERVER, V5); // [MQTT-4.7.3-2]
        table.malformed("nothing", "82 {}", SERVER, V3_1, V3_1_1, V5);
        table.protocolError("subscription identifier 0", "82 { 0001 { 0B 00 } 'a' 00 }", SERVER, V5);
        table.protocolError("two subscription identifiers", "82 { 0001 { 0B 01 0B 02 } 'a' 00 }", SERVER, V5);
        table.malformed("a reason string in SUBSCRIBE", "82 { 0001 { 1F 'r' } 'a' 00 }", SERVER, V5);
    }

    // [MQTT-2.2.1-6] [MQTT-3.9.3-1] [MQTT-3.9.3-2] [MQTT311-2.3.1-7] [MQTT311-3.9.3-1] [MQTT311-3.9.3-2]
    private static void suback(PacketCases table) {
        List<ReasonCode> granted = List.of(
                ReasonCode.GRANTED_QOS_2, ReasonCode.UNSPECIFIED_ERROR, ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_1);
        Suback suback = new Suback(1, Properties.NONE, granted);
        table.good("SUBACK", "90 { 0001 02 80 00 01 }", suback, CLIENT, V3_1, V3_1_1);
        table.good("SUBACK", "90 { 0001 {} 02 80 00 01 }", suback, CLIENT, V5);
        table.good(
                "SUBACK with properties",
                "90 { 0001 { 1F 'r' 26 'n' 'v' } A2 }",
                new Suback(
                        1,
                        Properties.builder()
                                .text(Property.REASON_STRING, "r")
                                .user("n", "v")
                                .build(),
                        List.of(ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED)),
                CLIENT,
                V5);
        table.protocolError("SUBACK with 3", "90 { 0001 03 }", CLIENT, V3_1, V3_1_1);
        table.protocolError("SUBACK with 0x87", "90 { 0001 87 }", CLIENT, V3_1, V3_1_1);
        table.protocolError("SUBACK with 3", "90 { 0001 {} 03 }", CLIENT, V5);
        table.protocolError("SUBACK with a reason of UNSUBACK", "90 { 0001 {} 11 }", CLIENT, V5);
        table.protocolError("SUBACK 0", "90 { 0000 00 }", CLIENT, V3_1, V3_1_1);
        table.malformed("SUBACK without properties", "90 { 0001 }", CLIENT, V5);
    }

    // [MQTT-3.10.3-1] [MQTT-3.10.3-2] [MQTT311-3.10.3-1] [MQTT311-3.10.3-2]
    private static void unsubscribe(PacketCases table) {
        Unsubscribe two = new Unsubscribe(7, Properties.NONE, List.of("a/#", "+"));
        table.good("UNSUBSCRIBE", "A2 { 0007 'a/#' '+' }", two, SERVER, V3_1, V3_1_1);
        table.good("UNSUBSCRIBE", "A2 { 0007 {} 'a/#' '+' }", two, SERVER, V5);
        Properties properties = Properties.builder().user("n", "v").build();
        table.good(
                "UNSUBSCRIBE with a user property",
                "A2 { 0007 { 26 'n' 'v' } 'a' }",
                new Unsubscribe(7, properties, List.of("a")),
                SERVER,
                V5);
        table.protocolError("UNSUBSCRIBE without a filter", "A2 { 0001 }", SERVER, V3_1, V3_1_1);
        table.protocolError("UNSUBSCRIBE without a filter", "A2 { 0001 {} }", SERVER, V5);
        table.protocolError("UNSUBSCRIBE 0", "A2 { 0000 'a' }", SERVER, V3_1, V3_1_1); // [MQTT-2.2.1-3]
        table.malformed("half a filter", "A2 { 0001 0002 61 }", SERVER, V3_1, V3_1_1);
        table.malformed("a filter that is no text", "A2 { 0001 {} 0001 80 }", SERVER, V5);
        table.malformed("a subscription identifier in UNSUBSCRIBE", "A2 { 0001 { 0B 01 } 'a' }", SERVER, V5);
    }

    // [MQTT-3.11.3-1] [MQTT-3.11.3-2]
    private static void unsuback(PacketCases table) {
        table.good("UNSUBACK", "B0 { 0007 }", new Unsuback(7, Properties.NONE, List.of()), CLIENT, V3_1, V3_1_1);
        List<ReasonCode> reasons = List.of(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED);
        table.good("UNSUBACK", "B0 { 0007 {} 00 11 }", new Unsuback(7, Properties.NONE, reasons), CLIENT, V5);
        table.malformed("UNSUBACK with a reason", "B0 { 0007 00 }", CLIENT, V3_1, V3_1_1);
        table.protocolError("UNSUBACK with a reason of SUBACK", "B0 { 0007 {} 02 }", CLIENT, V5);
        table.malformed("UNSUBACK without properties", "B0 { 0007 }", CLIENT, V5);
        table.malformed("UNSUBACK with a wrong property", "B0 { 0007 { 0B 01 } 00 }", CLIENT, V5);
    }
}
