package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of settings in docs/configuration.md is written from the records: {@code -Ddunlin.docs=write} writes it. */
class ReferencePageTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");
    private static final String BEGIN = "<!-- settings: begin, written by ReferencePageTest -->\n";
    private static final String END = "<!-- settings: end -->";
    private static final String EXAMPLE_BEGIN = "```hocon\n";

    @Test
    void tableIsCurrent() throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        String current = page.substring(0, from)
                + "\n" + String.join("\n", ConfigText.reference()) + "\n\n"
                + page.substring(page.indexOf(END));
        if ("write".equals(System.getProperty("dunlin.docs"))) {
            Files.writeString(PAGE, current);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(current);
    }

    @Test
    void examplesOfThePageAreValid(@TempDir Path folder) throws IOException, InvalidConfig {
        for (String name : List.of("cert.pem", "key.pem", "ca.pem", "users.txt", "alice.txt")) {
            Files.writeString(folder.resolve(name), "x");
        }
        String page = Files.readString(PAGE);
        int examples = 0;
        for (int at = page.indexOf(EXAMPLE_BEGIN); at >= 0; at = page.indexOf(EXAMPLE_BEGIN, at + 1)) {
            String example = page.substring(at + EXAMPLE_BEGIN.length(), page.indexOf("```", at + 3));
            Path file = Files.writeString(folder.resolve("dunlin.conf"), example);
            assertThat(ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of())))
                    .isNotNull();
            examples++;
        }
        assertThat(examples).isPositive();
    }
}
