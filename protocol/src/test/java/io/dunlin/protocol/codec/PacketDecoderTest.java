package io.dunlin.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PacketDecoderTest {
    private static final int BYTES_MAX = 100;

    private final PacketDecoder decoder = new PacketDecoder(Role.SERVER, BYTES_MAX, new TopicCache(16));

    private ReasonCode refusal(String notation) {
        ByteBuffer in = ByteBuffer.wrap(PacketCase.bytes(notation));
        ProtocolError error = catchThrowableOfType(ProtocolError.class, () -> decoder.packetBytes(in));
        assertThat(error).isNotNull();
        return error.reason();
    }

    // [MQTT-3.1.0-1] [MQTT311-3.1.0-1]
    @Test
    void wantsConnectFirst() {
        assertThat(refusal("C0")).isEqualTo(ReasonCode.PROTOCOL_ERROR);
        assertThat(refusal("30 FF FF FF 7F")).isEqualTo(ReasonCode.PROTOCOL_ERROR);
        assertThat(refusal("<GET / HTTP/1.1>")).isEqualTo(ReasonCode.MALFORMED_PACKET);
        assertThat(refusal("16 03 01")).as("TLS").isEqualTo(ReasonCode.MALFORMED_PACKET);
    }

    // [MQTT-3.1.0-2] [MQTT311-3.1.0-2]
    @Test
    void wantsConnectOnce() {
        byte[] bytes = PacketCase.bytes("10 { 'MQTT' 05 02 003C {} 'c' } 10 { 'MQTT' 04 02 003C 'c' }");
        ByteBuffer in = ByteBuffer.wrap(bytes);
        assertThat(decoder.decode(in)).isInstanceOf(Connect.class);
        ProtocolError error = catchThrowableOfType(ProtocolError.class, () -> decoder.decode(in));
        assertThat(error).isNotNull();
        assertThat(error.reason()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
        assertThat(decoder.version()).as("the answer's").isEqualTo(ProtocolVersion.V5);
    }

    @Test
    void judgesTheLengthBeforeTheBodyComes() {
        decoder.version(ProtocolVersion.V5);
        assertThat(refusal("30 FF FF FF 7F")).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
        assertThat(refusal("30 63")).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
        assertThat(decoder.packetBytes(ByteBuffer.wrap(PacketCase.bytes("30 62"))))
                .isEqualTo(BYTES_MAX);
        assertThat(refusal("30 80 80 80 80")).isEqualTo(ReasonCode.MALFORMED_PACKET);
        assertThat(refusal("30 FF FF FF FF 7F")).isEqualTo(ReasonCode.MALFORMED_PACKET);
    }

    @Test
    void saysTheSizeOnceTheHeaderIsThere() {
        decoder.version(ProtocolVersion.V3_1_1);
        assertThat(decoder.packetBytes(ByteBuffer.allocate(0))).isEqualTo(-1);
        assertThat(decoder.packetBytes(ByteBuffer.wrap(PacketCase.bytes("30")))).isEqualTo(-1);
        assertThat(decoder.packetBytes(ByteBuffer.wrap(PacketCase.bytes("30 80"))))
                .isEqualTo(-1);
        ByteBuffer in = ByteBuffer.wrap(PacketCase.bytes("FF 30 05 0001"), 1, 4);
        assertThat(decoder.packetBytes(in)).isEqualTo(7);
        assertThat(in.position()).isEqualTo(1);
        PacketDecoder large = new PacketDecoder(Role.CLIENT, Integer.MAX_VALUE, new TopicCache(16));
        assertThat(large.packetBytes(ByteBuffer.wrap(PacketCase.bytes("30 FFFFFF7F"))))
                .isEqualTo(268_435_460);
    }

    @Test
    void takesOnePacketAtATime() {
        decoder.version(ProtocolVersion.V3_1_1);
        ByteBuffer in = ByteBuffer.wrap(PacketCase.bytes("C000 30 { 't' <1> } C0"));
        assertThat(decoder.decode(in)).isEqualTo(Pingreq.INSTANCE);
        assertThat(in.position()).isEqualTo(2);
        assertThat(decoder.decode(in)).isInstanceOf(Publish.class);
        assertThat(decoder.decode(in)).isNull();
        assertThat(in.remaining()).isEqualTo(1);
    }

    /** The buffer is used again as soon as the packet is taken. */
    @Test
    void copiesWhatItKeeps() {
        decoder.version(ProtocolVersion.V3_1_1);
        byte[] bytes = PacketCase.bytes("30 { 'topic' <payload> }");
        Publish publish = (Publish) RoundTripTest.whole(decoder, bytes);
        Arrays.fill(bytes, (byte) 'x');
        assertThat(publish.topic().text()).isEqualTo("topic");
        assertThat(publish.topic().utf8()).isEqualTo("topic".getBytes(StandardCharsets.UTF_8));
        assertThat(publish.payload()).isEqualTo("payload".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void usesTheCacheOfTheThreadItMovedTo() {
        decoder.version(ProtocolVersion.V3_1_1);
        byte[] bytes = PacketCase.bytes("30 { 'topic' }");
        Publish before = (Publish) RoundTripTest.whole(decoder, bytes);
        Publish again = (Publish) RoundTripTest.whole(decoder, bytes);
        TopicCache other = new TopicCache(16);
        decoder.topics(other);
        Publish after = (Publish) RoundTripTest.whole(decoder, bytes);
        assertThat(again.topic()).isSameAs(before.topic());
        assertThat(after.topic()).isNotSameAs(before.topic());
        assertThat(after.topic()).isSameAs(other.intern(StandardCharsets.UTF_8.encode("topic")));
    }
}
