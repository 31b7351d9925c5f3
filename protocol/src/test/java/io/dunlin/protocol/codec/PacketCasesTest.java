package io.dunlin.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dunlin.protocol.codec.PacketDecoder.Role;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each packet of the table against decoder and encoder. */
class PacketCasesTest {
    private static final int BYTES_MAX = 1 << 20;

    static List<PacketCase> cases() {
        return PacketCases.all();
    }

    static PacketDecoder decoder(PacketCase it) {
        PacketDecoder decoder = new PacketDecoder(it.to(), BYTES_MAX, new TopicCache(16));
        if (!it.isConnect() || it.to() == Role.CLIENT) {
            decoder.version(it.version());
        }
        return decoder;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodes(PacketCase it) {
        for (ByteBuffer in : List.of(ByteBuffer.wrap(it.bytes()), direct(it.bytes()), slice(it.bytes()))) {
            PacketDecoder decoder = decoder(it);
            if (it.packet() != null) {
                assertThat(decoder.decode(in)).isEqualTo(it.packet());
                assertThat(in.remaining()).isZero();
            } else {
                ProtocolError error = catchThrowableOfType(ProtocolError.class, () -> decoder.decode(in));
                assertThat(error).as("is refused").isNotNull();
                assertThat(error.reason()).as(error.getMessage()).isEqualTo(it.error());
            }
        }
    }

    @Test
    void encodes() {
        each(PacketCasesTest::encodes);
    }

    private static void encodes(PacketCase it) {
        if (it.packet() != null && it.canonical()) {
            Packet packet = Objects.requireNonNull(it.packet());
            assertThat(PacketEncoder.encode(packet, it.version())).isEqualTo(it.bytes());
        } else if (it.packet() != null) {
            byte[] written = PacketEncoder.encode(it.packet(), it.version());
            assertThat(decoder(it).decode(ByteBuffer.wrap(written))).isEqualTo(it.packet());
        }
    }

    // [MQTT-6.0.0-2] [MQTT311-6.0.0-2] [MQTT-4.2-1]
    @Test
    void waitsForTheWholePacket() {
        each(PacketCasesTest::waitsForTheWholePacket);
    }

    private static void waitsForTheWholePacket(PacketCase it) {
        if (it.packet() != null && it.bytes().length < 1000) {
            for (int length = 0; length < it.bytes().length; length++) {
                PacketDecoder decoder = decoder(it);
                ByteBuffer part = ByteBuffer.wrap(Arrays.copyOf(it.bytes(), length));
                assertThat(decoder.decode(part)).isNull();
                assertThat(part.position()).isZero();
                assertThat(decoder.decode(ByteBuffer.wrap(it.bytes()))).isEqualTo(it.packet());
            }
        }
    }

    /** What is cut off is refused or not complete, never something else, and never read beyond its end. */
    @Test
    void refusesAShorterBodyOrAcceptsIt() {
        each(PacketCasesTest::refusesAShorterBodyOrAcceptsIt);
    }

    private static void refusesAShorterBodyOrAcceptsIt(PacketCase it) {
        byte[] bytes = it.bytes();
        if (bytes.length < 128 && bytes.length > 2 && (bytes[1] & 0xFF) == bytes.length - 2) {
            for (int length = 2; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                cut[1] = (byte) (length - 2);
                ByteBuffer in = ByteBuffer.allocate(length + 10).put(cut).position(0);
                try {
                    assertThat(decoder(it).decode(in)).isNotNull();
                    assertThat(in.position()).isEqualTo(length);
                } catch (ProtocolError refused) {
                    assertThat(refused.getMessage()).isNotBlank();
                }
            }
        }
    }

    /** After an error inside CONNECT the answer goes out in the version that CONNECT asked for. */
    @Test
    void knowsTheVersionOnceConnectGaveIt() {
        each(PacketCasesTest::knowsTheVersionOnceConnectGaveIt);
    }

    private static void knowsTheVersionOnceConnectGaveIt(PacketCase it) {
        if (it.isConnect() && it.to() == Role.SERVER) {
            PacketDecoder decoder = decoder(it);
            assertThat(decoder.versionKnown()).isFalse();
            assertThat(decoder.version()).isEqualTo(ProtocolVersion.V3_1_1);
            ProtocolError error =
                    catchThrowableOfType(ProtocolError.class, () -> decoder.decode(ByteBuffer.wrap(it.bytes())));
            assertThat(error == null).isEqualTo(it.packet() != null);
            assertThat(decoder.version()).isEqualTo(decoder.versionKnown() ? it.version() : ProtocolVersion.V3_1_1);
            assertThat(decoder.versionKnown() || it.error() != null).isTrue();
        }
    }

    private static void each(Consumer<PacketCase> check) {
        for (PacketCase it : cases()) {
            try {
                check.accept(it);
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError(it.toString(), failure);
            }
        }
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static ByteBuffer slice(byte[] bytes) {
        ByteBuffer larger = ByteBuffer.allocate(bytes.length + 7);
        larger.position(5).put(bytes).position(3);
        ByteBuffer slice = larger.slice();
        return slice.position(2).limit(2 + bytes.length);
    }
}
