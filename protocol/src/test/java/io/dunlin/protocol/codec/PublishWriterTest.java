package io.dunlin.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishWriterTest {
    private static final byte[] PAYLOAD = {1, 2, 3};
    private static final int[] NO_IDS = {};

    private final PublishWriter writer = new PublishWriter();

    @Test
    void writesTheSameBytesAsTheEncoder() {
        TopicName topic = TopicName.of("a/ü");
        for (ProtocolVersion version : ProtocolVersion.values()) {
            for (QoS qos : QoS.values()) {
                int id = qos == QoS.AT_MOST_ONCE ? 0 : 0xFFFF;
                int size = writer.prepare(
                        version, topic, true, 0, qos, id != 0, true, id, Properties.NONE, -1, NO_IDS, PAYLOAD);
                Publish same = new Publish(id != 0, qos, true, topic, id, Properties.NONE, PAYLOAD);
                assertThat(written(size)).isEqualTo(PacketEncoder.encode(same, version));
            }
        }
    }

    // [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20] [MQTT-3.3.4-4]
    @Test
    void writesThePropertiesOfVersion5() {
        Properties forwarded = Properties.builder()
                .number(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .text(Property.RESPONSE_TOPIC, "reply/€")
                .binary(Property.CORRELATION_DATA, new byte[] {9})
                .text(Property.CONTENT_TYPE, "text/plain")
                .user("b", "1")
                .user("a", "2")
                .build();
        int size = writer.prepare(
                ProtocolVersion.V5,
                TopicName.of("t"),
                false,
                7,
                QoS.AT_LEAST_ONCE,
                false,
                false,
                5,
                forwarded,
                0xFFFF_FFFFL,
                new int[] {1, 268_435_455},
                PAYLOAD);
        Properties all = Properties.builder()
                .number(Property.TOPIC_ALIAS, 7)
                .number(Property.MESSAGE_EXPIRY_INTERVAL, 0xFFFF_FFFFL)
                .number(Property.SUBSCRIPTION_IDENTIFIER, 1)
                .number(Property.SUBSCRIPTION_IDENTIFIER, 268_435_455)
                .number(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .text(Property.RESPONSE_TOPIC, "reply/€")
                .binary(Property.CORRELATION_DATA, new byte[] {9})
                .text(Property.CONTENT_TYPE, "text/plain")
                .user("b", "1")
                .user("a", "2")
                .build();
        PacketDecoder decoder = new PacketDecoder(PacketDecoder.Role.CLIENT, 1000, new TopicCache(16));
        decoder.version(ProtocolVersion.V5);
        Packet packet = decoder.decode(ByteBuffer.wrap(written(size)));
        assertThat(packet).isEqualTo(new Publish(false, QoS.AT_LEAST_ONCE, false, TopicName.EMPTY, 5, all, PAYLOAD));
    }

    /** The same properties to several subscribers, others in between, and some that are too large to keep. */
    @Test
    void writesPropertiesAgainAndAgain() {
        Properties small = Properties.builder().user("n", "v").build();
        Properties other =
                Properties.builder().user("name", "value").user("n", "v").build();
        Properties large = Properties.builder().user("n", "x".repeat(5_000)).build();
        for (Properties properties : List.of(small, small, other, large, other, small, Properties.NONE, small, large)) {
            TopicName topic = TopicName.of("t");
            QoS qos = QoS.AT_MOST_ONCE;
            ProtocolVersion v5 = ProtocolVersion.V5;
            int size = writer.prepare(v5, topic, true, 0, qos, false, false, 0, properties, -1, NO_IDS, PAYLOAD);
            Publish same = new Publish(false, qos, false, topic, 0, properties, PAYLOAD);
            assertThat(written(size)).isEqualTo(PacketEncoder.encode(same, v5));
        }
    }

    // [MQTT-2.2.1-4] [MQTT311-2.3.1-4]
    @Test
    void refusesQos1WithoutAPacketIdentifier() {
        for (int packetId : new int[] {-1, 0, 0x10000}) {
            assertThatThrownBy(() -> writer.prepare(
                            ProtocolVersion.V5,
                            TopicName.of("t"),
                            true,
                            0,
                            QoS.AT_LEAST_ONCE,
                            false,
                            false,
                            packetId,
                            Properties.NONE,
                            -1,
                            NO_IDS,
                            PAYLOAD))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void writesTheHeadAloneForSharedPayloads() {
        int size = writer.prepare(
                ProtocolVersion.V5,
                TopicName.of("t"),
                true,
                0,
                QoS.AT_MOST_ONCE,
                false,
                false,
                0,
                Properties.NONE,
                -1,
                NO_IDS,
                new byte[200]);
        byte[] whole = written(size);
        ByteBuffer head = ByteBuffer.allocate(writer.headBytes());
        writer.writeHead(head);
        assertThat(head.remaining()).isZero();
        assertThat(size).isEqualTo(writer.headBytes() + 200);
        assertThat(whole).startsWith(head.array());
    }

    private byte[] written(int size) {
        ByteBuffer out = ByteBuffer.allocate(size);
        writer.write(out);
        assertThat(out.remaining()).isZero();
        return out.array();
    }
}
