package io.dunlin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.fleet.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulateTest {
    @Test
    void namesAndShowsWhatComesAlong() {
        Shell.Result shell = new Shell().run("simulate", "ls");
        assertThat(shell.out())
                .contains("furnace", "meters")
                .hasLineCount(Scenario.builtIn().size());
        assertThat(new Shell().run("simulate", "show", "home").out()).contains("kind = home");
        assertThat(new Shell().run("simulate", "show", "hone").err())
                .isEqualTo("Error: There is no scenario 'hone': did you mean 'home'?\n");
    }

    @Test
    void printsTheSameEachTimeInADryRun() {
        Shell.Result first = new Shell().run("simulate", "-sc", "drones", "--dry-run", "--duration", "1min");
        Shell.Result again = new Shell().run("simulate", "-sc", "drones", "--dry-run", "--duration", "60");
        assertThat(first.code()).isZero();
        assertThat(first.out()).contains("drones/drone-01/state  online").isEqualTo(again.out());
        assertThat(new Shell()
                        .run("simulate", "-sc", "drones", "--dry-run", "--seed", "2")
                        .out())
                .isNotEqualTo(first.out());
        assertThat(new Shell().run("simulate", "-sc", "pipeline", "--dry-run").out())
                .contains("spBv1.0/Pipeline/NBIRTH/station-01  08");
    }

    @Test
    void livesAgainstABrokerAndSumsUp(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("s.conf"), """
                start-ramp = 0 s
                devices { d {
                  count = 5
                  state { topic = "s/{id}" }
                  publish { a { topic = "t/{id}", every = 100 ms, qos = 1 }, b { topic = refused/x, every = 300 ms, qos = 1 } }
                } }
                """);
        try (MiniBroker broker = MiniBroker.start()) {
            Shell.Result shell = new Shell()
                    .run(
                            "simulate",
                            "-f",
                            file.toString(),
                            "-p",
                            broker.port(),
                            "--duration",
                            "1s",
                            "--progress",
                            "0.4");
            assertThat(shell.out()).contains("5 of 5 online", "5 devices for 0:01", "5 connections, 0 lost, 0 failed");
            assertThat(shell.out()).doesNotContain(" 0 refused");
            assertThat(shell.code()).as("messages were refused").isEqualTo(1);
        }
    }

    @Test
    void saysWhatIsWrong(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("s.conf"), "devices { d {\n cuont = 5 } }");
        assertThat(new Shell().run("simulate", "-f", file.toString()).err())
                .isEqualTo("Error: " + file + ":2: There is no setting 'cuont' in 'd': did you mean 'count'?\n");
        assertThat(new Shell().run("simulate").err()).startsWith("Error: Which scenario?");
        assertThat(new Shell()
                        .run("simulate", "-sc", "home", "--duration", "soon")
                        .err())
                .contains("--duration is a time such as 90");
        assertThat(new Shell()
                        .run("simulate", "-sc", "home", "--dry-run", "--start", "noon")
                        .err())
                .contains("--start is written");
    }

    @Test
    void theDemoNeedsABrokerThatIsNotAmongTheTools() {
        Shell.Result shell = new Shell().run("demo", "--duration", "1s");
        assertThat(shell.err())
                .isEqualTo("Error: This installation has no broker: 'demo' needs the whole of Dunlin.\n");
        assertThat(shell.code()).isEqualTo(1);
    }

    /** Each block of HOCON in the documentation can be read; those without devices stand inside a device there. */
    @Test
    void theExamplesOfTheDocumentationAreScenarios() throws IOException {
        String page = Files.readString(Path.of("../docs/simulate.md"));
        List<String> examples = Stream.of(page.split("```hocon\n"))
                .skip(1)
                .map(part -> part.substring(0, part.indexOf("```")))
                .toList();
        assertThat(examples).hasSizeGreaterThan(5);
        for (String example : examples) {
            String text = example.contains("\ndevices")
                    ? example
                    : "devices { d { "
                            + (example.contains("publish") || example.contains("sparkplug")
                                    ? ""
                                    : "publish { p { topic = t, every = 1 s } }\n")
                            + example + "\n} }";
            assertThat(Scenario.parse("docs/simulate.md", text).groups())
                    .as(example)
                    .isNotEmpty();
        }
    }
}
