package io.dunlin.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketReaderTest {
    private static Packet read(ProtocolVersion version, String hex) {
        ByteBuffer in = ByteBuffer.wrap(Bytes.hex(hex));
        return Objects.requireNonNull(new PacketReader(version).read(in)).packet();
    }

    @Test
    void readsConnackOfEachVersion() {
        assertThat(read(ProtocolVersion.V3_1_1, "20 02 01 00"))
                .isEqualTo(new Connack(true, ReasonCode.SUCCESS, Properties.NONE));
        assertThat(read(ProtocolVersion.V5, "20 06 00 00 03 21 00 0A"))
                .isEqualTo(new Connack(false, ReasonCode.SUCCESS, Properties.of(Property.RECEIVE_MAXIMUM, 10)));
    }

    @Test
    void readsWhatTheWriterWrites() {
        Publish publish =
                Pub.of("a/b", "x").qos(1).id(7).retain().user("k", "v").build();
        byte[] bytes = PacketWriter.write(publish, ProtocolVersion.V5);
        assertThat(read(ProtocolVersion.V5, Bytes.hex(bytes))).isEqualTo(publish);
    }

    @Test
    void waitsForTheRest() {
        ByteBuffer in = ByteBuffer.wrap(Bytes.hex("30 05 00 01 61"));
        assertThat(new PacketReader(ProtocolVersion.V3_1_1).read(in)).isNull();
        assertThat(in.position()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "20 03 02 00 00", // reserved CONNACK flag
                "20 03 00 8B 00", // reason that CONNACK has not
                "21 03 00 00 00", // reserved header flag
                "36 04 00 01 61 00", // QoS 3
                "38 04 00 01 61 00", // DUP at QoS 0
                "40 02 00 00", // identifier 0
                "40 03 00 01 92", // reason that PUBACK has not
                "E0 07 81 05 11 00 00 00 01", // session expiry from a server
                "30 84 00 00 01 61 00", // length not the shortest
                "82 06 00 01 00 00 01 61" // a client's packet
            })
    void refusesWhatAServerNeverSends(String hex) {
        assertThatThrownBy(() -> read(ProtocolVersion.V5, hex)).isInstanceOf(AssertionError.class);
    }
}
