package io.dunlin.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.ProtocolVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The clauses exist, and the words by which they are found are those of the errors. */
class ClausesTest {
    private static String sources(String module) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    @Test
    void theWordsAreThoseOfErrors() throws IOException {
        String code = sources("protocol") + sources("broker");
        for (Clauses.Clause each : Clauses.ALL) {
            assertThat(code).containsPattern("\"[^\"\n]*" + java.util.regex.Pattern.quote(each.words()));
        }
    }

    @Test
    void theNumbersAreThoseOfTheSpecifications() throws IOException {
        List<String> five = Files.readAllLines(Path.of("../docs/conformance/mqtt5.tsv"));
        List<String> before = Files.readAllLines(Path.of("../docs/conformance/mqtt311.tsv"));
        for (Clauses.Clause each : Clauses.ALL) {
            assertThat(each.five() + each.before()).isNotEmpty();
            assertThat(five).anyMatch(line -> each.five().isEmpty() || line.startsWith(each.five() + "\t"));
            assertThat(before).anyMatch(line -> each.before().isEmpty() || line.startsWith(each.before() + "\t"));
        }
    }

    @Test
    void eachVersionHasItsNumber() {
        String message = "a SUBSCRIBE has at least one topic filter";
        assertThat(Clauses.of(message, ProtocolVersion.V5, new byte[0])).contains("MQTT-3.8.3-2");
        assertThat(Clauses.of(message, ProtocolVersion.V3_1_1, new byte[0])).contains("MQTT-3.8.3-3");
        assertThat(Clauses.of("something else", ProtocolVersion.V5, new byte[0]))
                .isEmpty();
        String flags = "flags of the fixed header that this packet cannot have";
        assertThat(Clauses.of(flags, ProtocolVersion.V5, new byte[] {0x36})).contains("MQTT-3.3.1-4");
        assertThat(Clauses.of(flags, ProtocolVersion.V5, new byte[] {(byte) 0x80}))
                .contains("MQTT-2.1.3-1");
    }
}
