package io.dunlin.server.trace;

import static io.dunlin.server.trace.TraceSamples.bytes;
import static io.dunlin.server.trace.TraceSamples.everything;
import static io.dunlin.server.trace.TraceSamples.piece;
import static io.dunlin.server.trace.TraceSamples.publish;
import static io.dunlin.server.trace.TraceSamples.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Wiretap.Tapped;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of bytes in a trace: packets, without secrets, of the topics that are wanted. */
class TranscriberTest {
    private static final byte[] SECRET = "open sesame".getBytes(StandardCharsets.UTF_8);
    private static final Tapped WHO = TraceSamples.connection(1, "10.0.0.7", 4711);
    private static final Properties PROVEN = Properties.builder()
            .text(Property.AUTHENTICATION_METHOD, "SCRAM-SHA-256")
            .binary(Property.AUTHENTICATION_DATA, SECRET)
            .build();

    private final Transcriber transcriber = new Transcriber(everything());

    private static Subscribe subscribe(String filter) {
        return new Subscribe(3, Properties.NONE, List.of(new SubscriptionRequest(filter, QoS.AT_LEAST_ONCE)));
    }

    private static List<String> texts(Transcriber transcriber, TraceRun.Piece... pieces) {
        List<String> texts = new ArrayList<>();
        for (TraceRun.Piece each : pieces) {
            for (TracedPacket packet : transcriber.packets(each, 0)) {
                texts.add(packet.type() + " " + PacketText.summary(packet, packet.packet()));
            }
        }
        return texts;
    }

    private static TraceRun.Piece broken(byte[] rest, String message) {
        return new TraceRun.Piece(
                WHO,
                true,
                0,
                rest,
                TraceRun.Kind.BROKEN,
                Optional.of(new ProtocolError(ReasonCode.MALFORMED_PACKET, message)));
    }

    @Test
    void noSecretIsKept() {
        Connect connect = new Connect(ProtocolVersion.V5, "press-7", true, 60, PROVEN, null, "ann", SECRET);
        Auth auth = new Auth(ReasonCode.CONTINUE_AUTHENTICATION, PROVEN);
        List<TracedPacket> all = new ArrayList<>(transcriber.packets(piece(WHO, true, connect, auth), 0));
        all.addAll(transcriber.packets(piece(WHO, false, auth, new Connack(false, ReasonCode.SUCCESS, PROVEN)), 0));
        assertThat(all).extracting(TracedPacket::type).containsExactly("CONNECT", "AUTH", "AUTH", "CONNACK");
        for (TracedPacket each : all) {
            assertThat(new String(each.bytes(), StandardCharsets.ISO_8859_1))
                    .contains("***")
                    .doesNotContain("sesame");
            assertThat(TraceRows.row(each, 4096).toString()).contains("***").doesNotContain("sesame", hex("sesame"));
        }
        assertThat(new String(TraceSamples.file(TraceFile.pcapng("t", all)), StandardCharsets.ISO_8859_1))
                .doesNotContain("sesame");
        assertThat(PacketText.summary(all.getFirst(), all.getFirst().packet()))
                .isEqualTo("MQTT 5 client=press-7 user=ann password=*** clean keepalive=60"
                        + " authentication_method=SCRAM-SHA-256 authentication_data=***");
    }

    private static String hex(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return PacketFields.hex(bytes, bytes.length);
    }

    @Test
    void whatCannotBeReadLosesWhatMayBeASecret() {
        byte[] connect =
                bytes(new Connect(ProtocolVersion.V5, "press-7", true, 60, Properties.NONE, null, "ann", SECRET));
        TracedPacket cut = transcriber
                .packets(
                        broken(Arrays.copyOf(connect, connect.length - 1), "the packet ends in the middle of a field"),
                        0)
                .getFirst();
        assertThat(new String(cut.bytes(), StandardCharsets.ISO_8859_1))
                .contains("MQTT")
                .doesNotContain("open", "press");
        TracedPacket garbage = transcriber
                .packets(broken(SECRET, "flags of the fixed header that this packet cannot have"), 0)
                .getFirst();
        assertThat(new String(garbage.bytes(), StandardCharsets.ISO_8859_1)).isEqualTo("open ******");
        byte[] subscribe = bytes(subscribe("a/b"));
        TracedPacket shown = transcriber
                .packets(broken(subscribe, "a packet identifier is never 0"), 0)
                .getFirst();
        assertThat(shown.bytes()).isEqualTo(subscribe);
        assertThat(PacketText.summary(shown, shown.packet()))
                .isEqualTo(
                        subscribe.length + " bytes, Malformed packet: a packet identifier is never 0 [MQTT-2.2.1-3]");
    }

    @Test
    void packetsAreTakenApart() {
        assertThat(texts(
                        transcriber,
                        piece(WHO, true, publish("a/b", 5, "21.5"), Pingreq.INSTANCE, subscribe("x/#")),
                        piece(WHO, false, new Puback(5), new Puback(6, ReasonCode.NOT_AUTHORIZED))))
                .containsExactly(
                        "PUBLISH a/b q1 id=5, 4 bytes: 21.5",
                        "PINGREQ ",
                        "SUBSCRIBE id=3 x/# q1",
                        "PUBACK id=5",
                        "PUBACK id=6 0x87 Not authorized");
    }

    @Test
    void whatIsNoPacketEndsOnlyItself() {
        byte[] both = bytes(publish("a", 0, "1"), publish("b", 0, "2"));
        both[3] = 'x';
        both[2] = 9; // a topic that is longer than its packet
        List<TracedPacket> found =
                transcriber.packets(new TraceRun.Piece(WHO, true, 0, both, TraceRun.Kind.PACKETS, Optional.empty()), 0);
        assertThat(found).extracting(TracedPacket::type).containsExactly("UNREADABLE", "PUBLISH");
    }

    @Test
    void aTopicBehindAnAliasIsFound() {
        Properties alias = Properties.of(Property.TOPIC_ALIAS, 1);
        Packet first = publish("a/b", 0, "1", alias);
        Packet second = publish("", 0, "2", alias);
        assertThat(texts(new Transcriber(topic("a/+")), piece(WHO, true, first, second)))
                .containsExactly(
                        "PUBLISH a/b q0, 1 bytes: 1 topic_alias=1", "PUBLISH a/b q0, 1 bytes: 2 topic_alias=1");
        assertThat(texts(transcriber, piece(WHO, true, second)))
                .containsExactly("PUBLISH (a topic alias from before the trace) q0, 1 bytes: 2 topic_alias=1");
    }

    @Test
    void ofATopicThereAreItsMessagesTheirAnswersAndItsSubscriptions() {
        assertThat(texts(
                        new Transcriber(topic("a/+")),
                        piece(WHO, true, publish("a/1", 1, "yes"), publish("b", 2, "no"), publish("a/1/2", 3, "no")),
                        piece(WHO, false, new Puback(2), new Puback(1), new Puback(1)),
                        piece(WHO, true, subscribe("a/+"), subscribe("a/7"), subscribe("b"), subscribe("a/#/x")),
                        piece(WHO, true, Pingreq.INSTANCE)))
                .containsExactly(
                        "PUBLISH a/1 q1 id=1, 3 bytes: yes",
                        "PUBACK id=1",
                        "SUBSCRIBE id=3 a/+ q1",
                        "SUBSCRIBE id=3 a/7 q1");
        assertThat(texts(
                        new Transcriber(topic("a/1")),
                        piece(WHO, true, subscribe("a/#"), subscribe("$share/g/a/1"), subscribe("a/2"))))
                .containsExactly("SUBSCRIBE id=3 a/# q1", "SUBSCRIBE id=3 $share/g/a/1 q1");
        assertThat(texts(
                        new Transcriber(topic("a/+/c")),
                        piece(WHO, true, subscribe("#"), subscribe("+/b/+"), subscribe("a/b"), subscribe("a/b/c/#")),
                        piece(WHO, true, subscribe("a/b/c/d"), subscribe("a/b/d"))))
                .containsExactly("SUBSCRIBE id=3 # q1", "SUBSCRIBE id=3 +/b/+ q1", "SUBSCRIBE id=3 a/b/c/# q1");
    }

    @Test
    void longPayloadsAreCutAtACharacter() {
        byte[] text = "ä".repeat(10).getBytes(StandardCharsets.UTF_8);
        assertThat(PacketFields.bytes(text, 5)).isEqualTo("ää...");
        assertThat(PacketFields.bytes(text, 20)).isEqualTo("ä".repeat(10));
        assertThat(PacketFields.bytes(new byte[] {1, 2, (byte) 0xFF}, 2)).isEqualTo("0x0102...");
    }
}
