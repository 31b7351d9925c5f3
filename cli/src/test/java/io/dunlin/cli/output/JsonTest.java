package io.dunlin.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static boolean copies(Json json, String text) {
        return json.copy(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "{ } ! {}",
                "[ ] ! []",
                " [ 1 , -2.50e+10 , 0 ] ! [1,-2.50e+10,0]",
                "{ 'a' : { 'b' : [ true , false , null ] } } ! {'a':{'b':[true,false,null]}}",
                "'\\u00e9\\n\\/' ! 'é\\n/'",
            })
    void copiesWithoutWhiteSpace(String text, String copied) {
        Json json = new Json(false);
        assertThat(copies(json, text.replace('\'', '"'))).isTrue();
        assertThat(json).hasToString(copied.replace('\'', '"'));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "[1,]",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "\"x",
                "\"\\x\"",
                "\"\\u12\"",
                "01",
                "1.",
                "1e",
                "-",
                "tru",
                "1 2",
                "[1 2]",
                "{\"a\":1,}",
                "\"a\nb\"",
                "nan"
            })
    void refusesWhatIsNoJson(String text) {
        Json json = new Json(false).open().key("k");
        assertThat(copies(json, text)).isFalse();
        assertThat(json).hasToString("{\"k\":");
    }

    @Test
    void deepNestingIsRefusedNotFatal() {
        assertThat(copies(new Json(false), "[".repeat(100_000))).isFalse();
    }

    @Test
    void bytesThatAreNoUtf8AreNoJson() {
        assertThat(new Json(false).copy(new byte[] {'"', (byte) 0xFF, '"'})).isFalse();
    }
}
