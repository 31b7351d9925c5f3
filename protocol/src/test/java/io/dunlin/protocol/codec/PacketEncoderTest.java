package io.dunlin.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.topic.TopicName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PacketEncoderTest {
    private static final ProtocolVersion V5 = ProtocolVersion.V5;
    private static final ReasonCode ERROR = ReasonCode.UNSPECIFIED_ERROR;

    private static final Properties WORDY = Properties.builder()
            .text(Property.REASON_STRING, "because of something")
            .user("name", "value")
            .user("another", "value")
            .build();

    static List<Packet> wordy() {
        return List.of(
                new Connack(false, ERROR, WORDY),
                new Puback(1, ERROR, WORDY),
                new Pubrec(1, ERROR, WORDY),
                new Pubrel(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, WORDY),
                new Pubcomp(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, WORDY),
                new Suback(1, WORDY, List.of(ERROR)),
                new Unsuback(1, WORDY, List.of(ERROR)),
                new Disconnect(ERROR, WORDY),
                new Auth(ReasonCode.CONTINUE_AUTHENTICATION, WORDY));
    }

    // [MQTT-3.2.2-19] [MQTT-3.2.2-20] [MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.5.2-2] [MQTT-3.5.2-3] [MQTT-3.6.2-2]
    // [MQTT-3.6.2-3] [MQTT-3.7.2-2] [MQTT-3.7.2-3] [MQTT-3.9.2-1] [MQTT-3.9.2-2] [MQTT-3.11.2-1] [MQTT-3.11.2-2]
    // [MQTT-3.14.2-3] [MQTT-3.14.2-4] [MQTT-3.15.2-2] [MQTT-3.15.2-3]
    @ParameterizedTest
    @MethodSource("wordy")
    void leavesOutWordsThatThePeerHasNoRoomFor(Packet packet) {
        int whole = PacketEncoder.size(packet, V5);
        int reasonString = 3 + "because of something".length();
        assertThat(PacketEncoder.fit(packet, V5, whole)).isSameAs(packet);
        Packet fitting = PacketEncoder.fit(packet, V5, whole - 1);
        assertThat(PacketEncoder.size(fitting, V5)).isEqualTo(whole - reasonString);
        assertThat(fitting.toString()).doesNotContain("REASON_STRING").contains("another");
        assertThat(PacketEncoder.fit(packet, V5, whole - reasonString)).isEqualTo(fitting);
        Packet bare = PacketEncoder.fit(packet, V5, whole - reasonString - 1);
        assertThat(bare.toString()).doesNotContain("REASON_STRING").doesNotContain("another");
        assertThat(PacketEncoder.fit(packet, V5, 1)).as("cannot get smaller").isEqualTo(bare);
    }

    @Test
    void neverCutsAMessage() {
        Publish publish = new Publish(false, QoS.AT_MOST_ONCE, false, TopicName.of("t"), 0, WORDY, new byte[9]);
        assertThat(PacketEncoder.fit(publish, V5, 2)).isSameAs(publish);
        Connect connect = new Connect(V5, "c", true, 0, WORDY, null, null, null);
        assertThat(PacketEncoder.fit(connect, V5, 2)).isSameAs(connect);
        assertThat(PacketEncoder.fit(Pingreq.INSTANCE, V5, 1)).isSameAs(Pingreq.INSTANCE);
    }

    @ParameterizedTest
    @CsvSource({
        "UNSUPPORTED_PROTOCOL_VERSION, 1",
        "CLIENT_IDENTIFIER_NOT_VALID, 2",
        "SERVER_UNAVAILABLE, 3",
        "SERVER_BUSY, 3",
        "QUOTA_EXCEEDED, 3",
        "CONNECTION_RATE_EXCEEDED, 3",
        "UNSPECIFIED_ERROR, 3",
        "BAD_USER_NAME_OR_PASSWORD, 4",
        "NOT_AUTHORIZED, 5",
        "BANNED, 5",
        "BAD_AUTHENTICATION_METHOD, 5"
    })
    void mapsReasonsToReturnCodes(ReasonCode reason, byte returnCode) {
        for (ProtocolVersion version : List.of(ProtocolVersion.V3_1, ProtocolVersion.V3_1_1)) {
            byte[] bytes = PacketEncoder.encode(new Connack(false, reason, WORDY), version);
            assertThat(bytes).isEqualTo(new byte[] {0x20, 2, 0, returnCode});
        }
    }

    // [MQTT-3.2.2-6] [MQTT311-3.2.2-4]
    @Test
    void neverSaysThatASessionIsPresentWithARefusal() {
        Connack wrong = new Connack(true, ReasonCode.NOT_AUTHORIZED, Properties.NONE);
        for (ProtocolVersion version : ProtocolVersion.values()) {
            assertThat(PacketEncoder.encode(wrong, version)[2]).isZero();
        }
        Connack right = new Connack(true, ReasonCode.SUCCESS, Properties.NONE);
        assertThat(PacketEncoder.encode(right, ProtocolVersion.V3_1)[2])
                .as("reserved in 3.1")
                .isZero();
    }

    // [MQTT311-3.9.3-2]
    @Test
    void saysAnyFailureOfASubscriptionAs80() {
        Suback suback = new Suback(
                1,
                WORDY,
                List.of(ReasonCode.NOT_AUTHORIZED, ReasonCode.GRANTED_QOS_1, ReasonCode.TOPIC_FILTER_INVALID));
        assertThat(PacketEncoder.encode(suback, ProtocolVersion.V3_1_1))
                .isEqualTo(PacketCase.bytes("90 { 0001 80 01 80 }"));
    }

    @Test
    void leavesOutWhatTheVersionDoesNotHave() {
        assertThat(PacketEncoder.encode(new Puback(1, ERROR, WORDY), ProtocolVersion.V3_1_1))
                .isEqualTo(PacketCase.bytes("40 { 0001 }"));
        assertThat(PacketEncoder.encode(new Disconnect(ERROR, WORDY), ProtocolVersion.V3_1_1))
                .isEqualTo(PacketCase.bytes("E0 00"));
        assertThat(PacketEncoder.encode(new Unsuback(1, WORDY, List.of(ERROR)), ProtocolVersion.V3_1))
                .isEqualTo(PacketCase.bytes("B0 { 0001 }"));
        Publish publish = new Publish(true, QoS.AT_MOST_ONCE, false, TopicName.of("t"), 0, WORDY, new byte[1]);
        assertThat(PacketEncoder.encode(
                        publish, ProtocolVersion.V3_1)) // [MQTT-3.3.1-2] [MQTT-4.3.1-1] [MQTT311-4.3.1-1]
                .isEqualTo(PacketCase.bytes("30 { 't' 00 }"));
    }

    @Test
    void refusesWhatCannotBeWritten() {
        String tooLong = "x".repeat(65_536);
        Connect connect = new Connect(V5, tooLong, true, 0, Properties.NONE, null, null, null);
        assertThatThrownBy(() -> PacketEncoder.size(connect, V5)).isInstanceOf(IllegalArgumentException.class);
        Disconnect disconnect = new Disconnect(ERROR, Properties.of(Property.REASON_STRING, tooLong));
        assertThatThrownBy(() -> PacketEncoder.encode(disconnect, V5)).isInstanceOf(IllegalArgumentException.class);
        Auth auth = new Auth(ReasonCode.CONTINUE_AUTHENTICATION, Properties.NONE);
        assertThatThrownBy(() -> PacketEncoder.size(auth, ProtocolVersion.V3_1_1))
                .isInstanceOf(IllegalArgumentException.class);
        // [MQTT311-3.1.2-22]
        Connect noName = new Connect(ProtocolVersion.V3_1_1, "c", true, 0, Properties.NONE, null, null, new byte[] {1});
        assertThatThrownBy(() -> PacketEncoder.size(noName, ProtocolVersion.V3_1_1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
