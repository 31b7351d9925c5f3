package io.dunlin.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The order in which a client speaks (4.6), in 3.1.1 as in MQTT 5, over TCP [MQTT311-7.1.2-1]. */
@Timeout(30)
class OrderTest {
    private static Conversation start(ProtocolVersion version) throws Exception {
        return Conversation.start(
                builder -> builder.version(version).cleanStart(false).onMessage(delivery -> {}));
    }

    private static Publish message(int qos, int packetId) {
        byte[] payload = "x".getBytes(StandardCharsets.UTF_8);
        return new Publish(false, QoS.of(qos), false, TopicName.of("t"), packetId, Properties.NONE, payload);
    }

    private static void publish(Conversation talk, int qos) {
        talk.client.publishAsync(Message.of("t", "x").withQos(QoS.of(qos)));
    }

    // [MQTT-4.5.0-2] [MQTT311-4.5.0-2] [MQTT311-4.6.0-2] [MQTT311-4.6.0-3]
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "V3_1")
    void acknowledgesEverythingInTheOrderOfReceipt(ProtocolVersion version) throws Exception {
        try (Conversation talk = start(version)) {
            for (int id = 1; id <= 20; id++) {
                talk.peer.send(message(1 + id % 2, id));
            }
            for (int id = 1; id <= 20; id++) {
                if (id % 2 == 0) {
                    assertThat(talk.peer.expect(Puback.class).packetId()).isEqualTo(id);
                } else {
                    assertThat(talk.peer.expect(Pubrec.class).packetId()).isEqualTo(id);
                }
            }
        }
    }

    // [MQTT-4.6.0-4] [MQTT311-4.6.0-4]
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "V3_1")
    void releasesInTheOrderOfThePubrecs(ProtocolVersion version) throws Exception {
        try (Conversation talk = start(version)) {
            int[] ids = new int[4];
            for (int i = 0; i < ids.length; i++) {
                publish(talk, 2);
                ids[i] = talk.peer.expect(Publish.class).packetId();
            }
            List<Integer> order = List.of(ids[2], ids[0], ids[3], ids[1]);
            for (int id : order) {
                talk.peer.send(new Pubrec(id));
            }
            for (int id : order) {
                assertThat(talk.peer.expect(Pubrel.class).packetId()).isEqualTo(id);
            }
        }
    }

    // [MQTT311-4.6.0-1] [MQTT311-4.4.0-1] [MQTT311-2.3.1-2] [MQTT311-2.3.1-3]
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "V3_1")
    void resendsInTheOriginalOrder(ProtocolVersion version) throws Exception {
        try (Conversation talk = start(version)) {
            int[] ids = new int[6];
            Set<Integer> different = new HashSet<>();
            for (int i = 0; i < ids.length; i++) {
                publish(talk, 1 + i % 2);
                ids[i] = talk.peer.expect(Publish.class).packetId();
                assertThat(different.add(ids[i])).isTrue();
            }
            talk.peer.close();
            Awaitility.await().until(() -> talk.client.state() == ConnectionState.DISCONNECTED);

            talk.connect(true, Properties.NONE);

            for (int id : ids) {
                Publish again = talk.peer.expect(Publish.class);
                assertThat(again.packetId()).isEqualTo(id);
                assertThat(again.dup()).isTrue();
            }
        }
    }

    // [MQTT311-3.14.4-1] [MQTT311-3.14.4-2] [MQTT-3.14.4-1] [MQTT-3.14.4-2]
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "V3_1")
    void saysNothingAfterDisconnectAndCloses(ProtocolVersion version) throws Exception {
        try (Conversation talk = start(version)) {
            talk.client.disconnect();
            talk.peer.expect(Disconnect.class);
            talk.peer.expectEnd();
        }
    }
}
