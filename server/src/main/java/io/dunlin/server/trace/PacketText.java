package io.dunlin.server.trace;

import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.packet.Will;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Packets as lines for people. */
final class PacketText {
    private static final int PAYLOAD_BYTES = 60;

    private PacketText() {}

    /** Such as {@code PUBLISH}. */
    static String type(Packet packet) {
        return packet.getClass().getSimpleName().toUpperCase(Locale.ROOT);
    }

    /** One line without its type, of a packet decoded; control characters may stand in it. */
    static String summary(TracedPacket traced, Optional<Packet> packet) {
        String said = packet.isPresent()
                ? said(packet.get(), traced.topic())
                : traced.bytes().length > 0 ? traced.bytes().length + " bytes" : "";
        String problem = traced.problem().map(TracedPacket.Problem::text).orElse("");
        return said.isEmpty() || problem.isEmpty() ? said + problem : said + ", " + problem;
    }

    private static String said(Packet packet, String topic) {
        return switch (packet) {
            case Connect it -> connect(it) + properties(it.properties());
            case Connack it ->
                reason(it.reason()) + (it.sessionPresent() ? ", session present" : "") + properties(it.properties());
            case Publish it -> publish(it, topic) + properties(it.properties());
            case Puback it -> answer(it.packetId(), List.of(it.reason())) + properties(it.properties());
            case Pubrec it -> answer(it.packetId(), List.of(it.reason())) + properties(it.properties());
            case Pubrel it -> answer(it.packetId(), List.of(it.reason())) + properties(it.properties());
            case Pubcomp it -> answer(it.packetId(), List.of(it.reason())) + properties(it.properties());
            case Subscribe it ->
                "id=" + it.packetId()
                        + it.subscriptions().stream().map(PacketText::request).collect(Collectors.joining())
                        + properties(it.properties());
            case Suback it -> answer(it.packetId(), it.reasons()) + properties(it.properties());
            case Unsubscribe it ->
                "id=" + it.packetId() + " " + String.join(", ", it.filters()) + properties(it.properties());
            case Unsuback it -> answer(it.packetId(), it.reasons()) + properties(it.properties());
            case Pingreq _, Pingresp _ -> "";
            case Disconnect it -> reason(it.reason()) + properties(it.properties());
            case Auth it -> reason(it.reason()) + properties(it.properties());
        };
    }

    private static String connect(Connect it) {
        return "MQTT " + PacketFields.version(it.version()) + " client=" + it.clientId()
                + (it.username() == null ? "" : " user=" + it.username())
                + (it.password() == null ? "" : " password=***")
                + (it.cleanStart() ? " clean" : "")
                + " keepalive=" + it.keepAliveSeconds() + will(it.will());
    }

    private static String will(@Nullable Will will) {
        return will == null ? "" : " will=" + will.topic().text() + qos(will.qos()) + (will.retain() ? " retain" : "");
    }

    private static String publish(Publish it, String topic) {
        String about = topic.isEmpty() ? "(a topic alias from before the trace)" : topic;
        return about + qos(it.qos())
                + (it.packetId() == 0 ? "" : " id=" + it.packetId())
                + (it.retain() ? " retain" : "")
                + (it.dup() ? " dup" : "")
                + ", " + it.payload().length + " bytes"
                + (it.payload().length == 0 ? "" : ": " + PacketFields.bytes(it.payload(), PAYLOAD_BYTES));
    }

    private static String request(SubscriptionRequest it) {
        return " " + it.filter() + qos(it.maxQos())
                + (it.noLocal() ? " no-local" : "")
                + (it.retainAsPublished() ? " retain-as-published" : "");
    }

    private static String qos(QoS qos) {
        return " q" + qos.value();
    }

    private static String answer(int packetId, List<ReasonCode> reasons) {
        boolean plain = reasons.stream().allMatch(each -> each == ReasonCode.SUCCESS) && reasons.size() == 1;
        return "id=" + packetId
                + (plain ? "" : reasons.stream().map(PacketText::reason).collect(Collectors.joining(", ", " ", "")));
    }

    private static String reason(ReasonCode reason) {
        return String.format("0x%02X %s", reason.value(), PacketFields.words(reason));
    }

    private static String properties(Properties properties) {
        return PacketFields.properties(properties, PAYLOAD_BYTES).entrySet().stream()
                .map(each -> " " + each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining());
    }
}
