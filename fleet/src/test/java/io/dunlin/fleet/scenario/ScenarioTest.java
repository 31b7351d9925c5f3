package io.dunlin.fleet.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioTest {
    private static Scenario device(String text) {
        return Scenario.parse("my.conf", "devices {\n d {\n" + text + "\n }\n}\n");
    }

    private static String payload(String signals, String payload) {
        Group group = device("signals { " + signals + " }\n publish { a { topic = t, every = 1 s\n payload = " + payload
                        + " } }")
                .groups()
                .get(0);
        DeviceValues values = group.instruments().device(1, 1, 0);
        values.look(0, 7);
        return new String(group.messages().get(0).content().bytes(values::value), StandardCharsets.UTF_8);
    }

    @Test
    void whatComesWithDunlinCanBeRead() {
        for (String name : Scenario.builtIn()) {
            Scenario scenario = Scenario.builtIn(name);
            assertThat(scenario.name()).isEqualTo(name);
            assertThat(scenario.description()).isNotEmpty();
            assertThat(scenario.devices(1)).isPositive();
        }
        assertThat(Scenario.builtIn("mixed").groups()).hasSize(8);
    }

    @Test
    void fieldsKeepTheOrderInWhichTheyAreWritten() {
        String signals = "k { kind = constant, value = 5 }";
        assertThat(payload(
                        signals,
                        "{ zoo = 1, apple = \"{k}\", mid { q = true, b = \"x {k:2}\" }, l = [1, \"{n:03}\"] }"))
                .isEqualTo("{\"zoo\":1,\"apple\":5,\"mid\":{\"q\":true,\"b\":\"x 5.00\"},\"l\":[1,\"001\"]}");
        StringBuilder many = new StringBuilder("{ ");
        StringBuilder expected = new StringBuilder("{");
        for (int i = 0; i < 40; i++) {
            many.append("f").append(i * 7 % 40).append(" = ").append(i).append(i % 5 == 0 ? "\n" : ", ");
            expected.append("\"f").append(i * 7 % 40).append("\":").append(i).append(',');
        }
        assertThat(payload(signals, many + "}")).isEqualTo(expected.substring(0, expected.length() - 1) + "}");
    }

    @Test
    void aTextMayBeJsonItself() {
        assertThat(payload(
                        "k { kind = constant, value = 5 }",
                        "\"\"\"{\"a\": {k}, \"t\": \"{time}\", \"s\": {seq}}\"\"\""))
                .isEqualTo("{\"a\": 5, \"t\": \"1970-01-01T00:00:00Z\", \"s\": 7}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cuont = 3 | my.conf:3: There is no setting 'cuont' in 'd': did you mean 'count'?
            count = many | my.conf:3: 'count' is a number or a range of numbers (count = 5, 5 .. 10), not 'many'.
            count = 3, id = x | my.conf:3: Each device needs an id of its own: put {n} into it, for instance id = "d-{n:03}".
            publish { a { every = 1 s } } | my.conf:3: 'a' has no topic: write topic = "site/{id}/a".
            publish { a { topic = t } } | my.conf:3: 'a' needs a rate: write every = 10 s, or every = 5 .. 15 s.
            publish { a { topic = t, every = 5 } } | my.conf:3: 'every' is a duration: write it with its unit (every = 30 s, 5 .. 10 min), not '5'.
            publish { a { topic = t, every = 9 .. 5 s } } | my.conf:3: The range '9 .. 5 s' runs backwards: exchange its ends.
            publish { a { topic = t, every = 5 s, qos = 3 } } | my.conf:3: 'qos' is a whole number from 0 to 2.
            publish { a { topic = "t/#", every = 5 s } } | my.conf:3: 't/#' is no topic:
            publish { a { topic = "t/{tmp}", every = 5 s } }, signals { temp { kind = sine } } | my.conf:3: There is no value 'tmp' here: did you mean 'temp'?
            signals { f { kind = furnace, set-point = 900 } }, publish { a { topic = t, every = 5 s } } | my.conf:3: There is no setting 'set-point' in 'f': did you mean 'setpoint'?
            signals { f { kind = furnance } } | my.conf:3: There is no kind 'furnance': did you mean 'furnace'?
            signals { f { kind = state-machine, states { a { next = [c] }, b { } } } } | my.conf:3: There is no state 'c': the states are a, b.
            network { loss = 50 } | my.conf:3: 'loss' is a share: write 0.5 % or 0.005, not '50'.
            drops { every = 10 min } | my.conf:3: 'drops' needs both times: drops { every = 5 .. 15 min, away = 30 s }.
            cut-while = car.tunnel | my.conf:3: There is no value 'car.tunnel' here:
            publish = 5 | my.conf:3: 'publish' takes a block: write publish { ... }.
            count = 2 | my.conf:2: 'd' says nothing: write publish { reading { topic = "...", every = 10 s } }.
            publish { a | my.conf:4: This is no HOCON:
            """)
    void complainsWithFileLineAndWhatToDo(String text, String message) {
        assertThatThrownBy(() -> device(text)).isInstanceOf(ScenarioError.class).hasMessageStartingWith(message);
    }

    @Test
    void includesWhatComesWithDunlinAndFilesBeside(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("more.conf"), "devices { x { publish { a { topic = t, every = 1 s } } } }");
        Path file = Files.writeString(
                folder.resolve("mine.conf"), "include \"furnace\"\ninclude \"more.conf\"\ndevices.furnace.count = 3\n");
        Scenario scenario = Scenario.read(file);
        assertThat(scenario.groups()).extracting(Group::name).contains("furnace", "x");
        assertThat(scenario.devices(1)).isEqualTo(4);
        assertThat(scenario.devices(10)).isEqualTo(40);
        Files.writeString(folder.resolve("more.conf"), "\n\ndevices { x { publish { a { topic = t, evry = 1 s } } } }");
        assertThatThrownBy(() -> Scenario.read(file)).hasMessageStartingWith(folder.resolve("more.conf") + ":3: ");
        Files.writeString(folder.resolve("more.conf"), "include \"mine.conf\"");
        assertThatThrownBy(() -> Scenario.read(file)).hasMessageContaining("includes itself");
        Files.writeString(folder.resolve("more.conf"), "include \"nowhere\"");
        assertThatThrownBy(() -> Scenario.read(file)).hasMessageContaining("'nowhere' cannot be included");
    }

    @Test
    void saysWhichScenariosThereAre() {
        assertThatThrownBy(() -> Scenario.builtIn("furnce"))
                .hasMessage("There is no scenario 'furnce': did you mean 'furnace'?");
        assertThatThrownBy(() -> Scenario.builtIn("weather")).hasMessageContaining("take one of furnace, vehicles");
        assertThatThrownBy(() -> Scenario.read(Path.of("/nowhere/a.conf")))
                .hasMessageContaining("there is no such file");
    }
}
