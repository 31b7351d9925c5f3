package io.dunlin.fleet.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.fleet.payload.SparkplugPayload.Metric;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EncodersTest {
    private static Value tree(Object... namesAndValues) {
        Map<String, Value> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], (Value) namesAndValues[i + 1]);
        }
        return new Value.Tree(fields);
    }

    @Test
    void jsonWritesNumbersWithTheDecimalsAskedFor() {
        Value value = tree(
                "a",
                new Value.Real(21.456, 1),
                "b",
                new Value.Real(-0.04, 1),
                "c",
                new Value.Real(-1.05, 2),
                "d",
                new Value.Real(3.999, 0),
                "e",
                Value.of(2.5),
                "f",
                Value.of(Double.NaN),
                "g",
                new Value.Real(1e17, 2));
        assertThat(Json.text(value))
                .isEqualTo(
                        "{\"a\":21.5,\"b\":0.0,\"c\":-1.05,\"d\":4,\"e\":2.5,\"f\":null,\"g\":100000000000000000.00}");
    }

    @Test
    void jsonEscapesAndReadsBackWhatItWrites() {
        Value value = tree(
                "text", Value.of("a \"b\" \\ \n \u0001 ü"),
                "row", new Value.Row(List.of(Value.of(1), Value.of(true), new Value.Row(List.of()))),
                "empty", tree());
        assertThat(Json.parse(Json.text(value))).isEqualTo(value);
        assertThat(Json.parse(" { \"a\" : [ 1 , -2.5e3, null ] } ").text()).isEqualTo("{\"a\":[1,-2500,\"\"]}");
    }

    @Test
    void jsonSaysWhereItStopsBeingJson() {
        assertThatThrownBy(() -> Json.parse("{\"a\":}")).hasMessage("No JSON: expected a value at character 6.");
        assertThatThrownBy(() -> Json.parse("{\"a\":1")).hasMessageContaining("',' or '}'");
        assertThatThrownBy(() -> Json.parse("[".repeat(10_000))).hasMessageContaining("expected a value");
    }

    /** Examples of RFC 8949, appendix A. */
    @Test
    void cborIsThatOfTheStandard() {
        assertCbor(Value.of(0), "00");
        assertCbor(Value.of(23), "17");
        assertCbor(Value.of(24), "1818");
        assertCbor(Value.of(1000), "1903e8");
        assertCbor(Value.of(1_000_000), "1a000f4240");
        assertCbor(Value.of(1_000_000_000_000L), "1b000000e8d4a51000");
        assertCbor(Value.of(-1), "20");
        assertCbor(Value.of(-1000), "3903e7");
        assertCbor(Value.of(1.5), "f93e00");
        assertCbor(Value.of(100_000.0), "fa47c35000");
        assertCbor(Value.of(1.1), "fb3ff199999999999a");
        assertCbor(Value.of(Double.NaN), "f97e00");
        assertCbor(Value.of(true), "f5");
        assertCbor(Value.of("ü"), "62c3bc");
        assertCbor(tree("a", Value.of(1), "b", new Value.Row(List.of(Value.of(2), Value.of(3)))), "a26161016162820203");
    }

    private static void assertCbor(Value value, String hex) {
        assertThat(HexFormat.of().formatHex(Cbor.bytes(value))).isEqualTo(hex);
    }

    @Test
    void cborRoundsToTheDecimalsAskedFor() {
        assertThat(Cbor.bytes(new Value.Real(1.49999, 1))).isEqualTo(Cbor.bytes(Value.of(1.5)));
    }

    @Test
    void sparkplugReadsBackWhatItWrites() {
        var payload = new SparkplugPayload(
                1_700_000_000_123L,
                List.of(
                        new Metric("bdSeq", Value.of(7), 1_700_000_000_120L),
                        new Metric("Pump/Running", Value.of(true), 1),
                        new Metric("Pressure", Value.of(-61.25), 2),
                        new Metric("Alarm", Value.of("leak"), 3)),
                255);
        assertThat(SparkplugPayload.parse(payload.bytes())).isEqualTo(payload);
    }

    /** Field by field by the published definition: timestamp 1, metrics 2 (name 1, timestamp 3, datatype 4, long 11), seq 3. */
    @Test
    void sparkplugIsTheWireFormatOfTheDefinition() {
        var payload = new SparkplugPayload(5, List.of(new Metric("a", Value.of(300), 6)), 2);
        assertThat(HexFormat.of().formatHex(payload.bytes()))
                .isEqualTo("0805" + "120a" + "0a0161" + "1806" + "2004" + "58ac02" + "1802");
        var death = new SparkplugPayload(5, List.of(), -1);
        assertThat(HexFormat.of().formatHex(death.bytes())).isEqualTo("0805");
        assertThat(SparkplugPayload.parse(death.bytes()).seq()).isEqualTo(-1);
    }

    @Test
    void sparkplugPassesOverWhatItDoesNotKnowAndRefusesWhatIsCut() {
        byte[] withUuid = HexFormat.of().parseHex("0805" + "220161" + "1802");
        assertThat(SparkplugPayload.parse(withUuid)).isEqualTo(new SparkplugPayload(5, List.of(), 2));
        assertThatThrownBy(() -> SparkplugPayload.parse(HexFormat.of().parseHex("1209")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SparkplugPayload.parse(HexFormat.of().parseHex("12ffffffffff")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
