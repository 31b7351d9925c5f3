package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.UnmatchedArgumentException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the console's pages give to be copied is what the command line takes. */
class CopiedCommandsTest {
    private static final String PAGE = "/io/dunlin/console/pages/js/commands.js";
    private static final String BEGIN = "export const COMMANDS = ";
    private static final List<String> OF_THE_TOOLS = List.of("pub", "sub"); // the module checks asks these
    private static final Map<String, String> SAMPLES = Map.of("qos", "1", "sort", "-clientid");

    private static Stream<String> names() {
        return commands().propertyNames().stream()
                .filter(name -> !OF_THE_TOOLS.contains(
                        commands().path(name).path("words").path(0).asString()));
    }

    private static JsonNode commands() {
        try (InputStream page = CopiedCommandsTest.class.getResourceAsStream(PAGE)) {
            assertThat(page).isNotNull();
            String text = new String(page.readAllBytes(), StandardCharsets.UTF_8);
            int begin = text.indexOf(BEGIN) + BEGIN.length();
            return JsonMapper.shared().readTree(text.substring(begin, text.indexOf("\n};", begin) + 2));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** With all options at once, as each may be there. */
    private static List<String> words(JsonNode command) {
        List<String> words = new ArrayList<>();
        command.path("words").forEach(word -> words.add(word.asString()));
        command.path("options").properties().forEach(option -> {
            String value = command.path("values")
                    .path(option.getKey())
                    .path("5")
                    .asString(SAMPLES.getOrDefault(option.getKey(), "some"));
            if (option.getValue().isString()) {
                words.add(option.getValue().asString() + "=" + value);
            } else {
                option.getValue().forEach(word -> words.add(word.asString()));
            }
        });
        command.path("operands").forEach(operand -> words.add("some"));
        return words;
    }

    private static void parse(List<String> words) {
        Main.commands().parseArgs(words.toArray(String[]::new));
    }

    @ParameterizedTest
    @MethodSource("names")
    void theCommandLineTakesIt(String name) {
        List<String> words = words(commands().path(name));
        assertThat(words.size()).isPositive();
        parse(words);
    }

    @Test
    void anotherWordWouldBeSeen() {
        assertThat(names()).contains("clients.list", "why").hasSizeGreaterThan(15);
        List<String> words = words(commands().path("clients.list"));
        assertThat(words).contains("--mqtt=5.0", "--like=some");
        words.add("--like-clientid=some");
        assertThatThrownBy(() -> parse(words)).isInstanceOf(UnmatchedArgumentException.class);
    }
}
