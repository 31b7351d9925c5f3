package io.dunlin.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.protocol.packet.ProtocolError;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

// [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT-1.5.4-3] [MQTT311-1.5.3-1] [MQTT311-1.5.3-2] [MQTT311-1.5.3-3]
class Utf8Test {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "eight by",
                "nine byte",
                "ä",
                "€uro",
                "𝄞",
                "\uFEFFx",
                "x\uFEFF",
                "12345678ü",
                "\u007F\uFFFF"
            })
    void takesWellFormedText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Utf8.isValid(bytes)).isTrue();
        assertThat(Utf8.isValid(text)).isTrue();
        assertThat(Utf8.decode(bytes, 0, bytes.length)).isEqualTo(text);
        byte[] inTheMiddle = new byte[bytes.length + 4];
        Arrays.fill(inTheMiddle, (byte) 0xFF);
        System.arraycopy(bytes, 0, inTheMiddle, 3, bytes.length);
        assertThat(Utf8.decode(inTheMiddle, 3, bytes.length)).isEqualTo(text);
        ByteBuffer out = ByteBuffer.allocate(bytes.length);
        Utf8.put(text, bytes.length, out);
        assertThat(out.array()).isEqualTo(bytes);
        assertThat(Utf8.bytes(text)).isEqualTo(bytes.length);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 3).position(3);
        Utf8.put(text, bytes.length, direct);
        assertThat(direct.position(3)).isEqualTo(ByteBuffer.wrap(bytes));
        ByteBuffer slice =
                ByteBuffer.allocate(bytes.length + 9).position(4).slice().position(3);
        Utf8.put(text, bytes.length, slice);
        assertThat(slice.flip().position(3)).isEqualTo(ByteBuffer.wrap(bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "C0",
                "C080",
                "C1BF",
                "C2",
                "C27F",
                "C2C0",
                "E0",
                "E080",
                "E08080",
                "E09FBF",
                "E0A0",
                "E2827F",
                "EDA080",
                "EDBFBF",
                "EDA0BDEDB080",
                "F0",
                "F0808080",
                "F08FBFBF",
                "F09D84",
                "F09D847F",
                "F4908080",
                "F5808080",
                "F8888080",
                "FE",
                "FF",
                "6161616161616161FF",
                "61616161616161C3"
            })
    void refusesIllFormedBytes(String hex) {
        byte[] bytes = PacketCase.bytes(hex);
        assertThat(Utf8.isValid(bytes)).isFalse();
        assertThatThrownBy(() -> Utf8.decode(bytes, 0, bytes.length)).isInstanceOf(ProtocolError.class);
    }

    /** Each first byte with the bounds of what may follow, and random pieces, judged as the JDK's strict decoder does. */
    @Test
    void agreesWithTheJdk() {
        int disagreements = 0;
        byte[] seconds = PacketCase.bytes("00 7F 80 8F 90 9F A0 BF C0 FF");
        byte[] others = PacketCase.bytes("7F 80 BF C0");
        for (int first = 0; first < 256; first++) {
            for (byte second : seconds) {
                for (byte third : others) {
                    for (byte fourth : others) {
                        byte[] four = {(byte) first, second, third, fourth};
                        disagreements += Utf8.isValid(four) == jdkAccepts(four) ? 0 : 1;
                    }
                }
            }
        }
        Random random = new Random(RoundTripTest.seed());
        byte[] pieces = PacketCase.bytes("61 00 C3BC E282AC F09D849E EFBBBF ED9FBF EE8080 F48FBFBF 7F");
        for (int i = 0; i < 20_000; i++) {
            int from = random.nextInt(pieces.length);
            byte[] bytes = Arrays.copyOfRange(pieces, from, from + random.nextInt(pieces.length - from + 1));
            disagreements += Utf8.isValid(bytes) == jdkAccepts(bytes) ? 0 : 1;
        }
        assertThat(disagreements).isZero();
    }

    private static boolean jdkAccepts(byte[] bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return text != null;
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    @Test
    void refusesNulInStringsButNotInPayloads() {
        for (int length = 1; length < 20; length++) {
            for (int at = 0; at < length; at++) {
                byte[] bytes = new byte[length];
                Arrays.fill(bytes, (byte) 'x');
                bytes[at] = 0;
                assertThat(Utf8.isValid(bytes)).isTrue();
                int all = length;
                assertThatThrownBy(() -> Utf8.decode(bytes, 0, all)).isInstanceOf(ProtocolError.class);
            }
        }
    }

    @Test
    void writesAReplacementForHalfACharacter() {
        String[] texts = {"\uD834", "\uDD1E", "\uD834x", "x\uDD1E\uD834", "x\uD834\uD834\uDD1E"};
        String[] written = {"\uFFFD", "\uFFFD", "\uFFFDx", "x\uFFFD\uFFFD", "x\uFFFD\uD834\uDD1E"};
        for (int i = 0; i < texts.length; i++) {
            String text = texts[i];
            byte[] bytes = written[i].getBytes(StandardCharsets.UTF_8);
            ByteBuffer out = ByteBuffer.allocate(bytes.length);
            Utf8.put(text, bytes.length, out);
            assertThat(out.array()).isEqualTo(bytes);
            assertThat(Utf8.bytes(text)).isEqualTo(bytes.length);
            assertThat(Utf8.isValid(text)).isFalse();
        }
        assertThat(Utf8.isValid("\uD834\uDD1E")).isTrue();
        assertThat(Utf8.isValid("a\0")).isFalse();
        assertThat(Utf8.isValid("x".repeat(65_535))).isTrue();
        assertThat(Utf8.isValid("x".repeat(65_536))).isFalse();
        assertThat(Utf8.isValid("ä".repeat(32_768))).isFalse();
    }
}
