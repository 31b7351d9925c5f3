package io.dunlin.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of RFC 8949, appendix A, and of the description of MessagePack. */
class BinaryViewTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "00 ! 0",
                "1864 ! 100",
                "1bffffffffffffffff ! 18446744073709551615",
                "c249010000000000000000 ! 18446744073709551616",
                "3bffffffffffffffff ! -18446744073709551616",
                "c349010000000000000000 ! -18446744073709551617",
                "3903e7 ! -1000",
                "f93c00 ! 1.0",
                "f97bff ! 65504.0",
                "fa47c35000 ! 100000.0",
                "fa40490fdb ! 3.1415927",
                "fb3ff199999999999a ! 1.1",
                "f97e00 ! \"NaN\"",
                "f97c00 ! \"Infinity\"",
                "f4 ! false",
                "f6 ! null",
                "f0 ! \"simple(16)\"",
                "c074323031332d30332d32315432303a30343a30305a ! \"2013-03-21T20:04:00Z\"",
                "4401020304 ! \"AQIDBA==\"",
                "62c3bc ! \"ü\"",
                "83010203 ! [1,2,3]",
                "8301820203820405 ! [1,[2,3],[4,5]]",
                "a201020304 ! {\"1\":2,\"3\":4}",
                "a26161016162820203 ! {\"a\":1,\"b\":[2,3]}",
                "5f42010243030405ff ! \"AQIDBAU=\"",
                "7f657374726561646d696e67ff ! \"streaming\"",
                "9f018202039f0405ffff ! [1,[2,3],[4,5]]",
                "bf61610161629f0203ffff ! {\"a\":1,\"b\":[2,3]}",
            })
    void cbor(String hex, String json) throws BinaryView.Malformed {
        assertThat(new CborView(HexFormat.of().parseHex(hex)).json()).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "82a7636f6d70616374c3a6736368656d6100 ! {\"compact\":true,\"schema\":0}",
                "7f ! 127",
                "e0 ! -32",
                "cce8 ! 232",
                "cfffffffffffffffff ! 18446744073709551615",
                "d1ff00 ! -256",
                "d3ffffffffffffffff ! -1",
                "ca3fc00000 ! 1.5",
                "cb400921fb54442d18 ! 3.141592653589793",
                "c0 ! null",
                "c403010203 ! \"AQID\"",
                "d90161 ! \"a\"",
                "dc0002c2c3 ! [false,true]",
                "de000101a161 ! {\"1\":\"a\"}",
                "d4052a ! {\"type\":5,\"data\":\"Kg==\"}",
            })
    void msgpack(String hex, String json) throws BinaryView.Malformed {
        assertThat(new MsgpackView(HexFormat.of().parseHex(hex)).json()).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource({
        "8201, middle of a value",
        "0000, 1 bytes follow",
        "ff, no beginning",
        "1c, does not exist",
        "7f41, kind"
    })
    void cborThatIsNone(String hex, String sentence) {
        assertThatThrownBy(() -> new CborView(HexFormat.of().parseHex(hex)).json())
                .isInstanceOf(BinaryView.Malformed.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void deepNestingIsRefusedWithoutOverflow() {
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x81);

        assertThatThrownBy(() -> new CborView(deep).json()).hasMessageContaining("nested");
        Arrays.fill(deep, (byte) 0x91);
        assertThatThrownBy(() -> new MsgpackView(deep).json()).hasMessageContaining("nested");
    }

    /** Any bytes give JSON or a sentence, and nothing else. */
    @Test
    void anyBytes() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            for (BinaryView view : new BinaryView[] {new CborView(bytes), new MsgpackView(bytes)}) {
                try {
                    String json = view.json();
                    assertThat(new Json(false).copy(json.getBytes(StandardCharsets.UTF_8)))
                            .as("seed %d: %s of %s", seed, json, HexFormat.of().formatHex(bytes))
                            .isTrue();
                } catch (BinaryView.Malformed e) {
                    assertThat(e.getMessage()).isNotEmpty();
                }
            }
        }
    }
}
