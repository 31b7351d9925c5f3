package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.server.config.Shape.Leaf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No setting that holds a secret shows it, however wrongly it is written: all of them, those of tomorrow too. */
class SecretSettingsTest {
    private static final String MARK = "Zq7Marked";

    @TempDir
    private Path folder;

    private static List<String> secretPaths() {
        return Tree.entries(Shape.of(ServerConfig.class)).stream()
                .filter(entry -> entry.shape().bare() instanceof Leaf leaf && leaf.type() == Secret.class)
                .map(entry -> entry.path().replace("<name>", "x"))
                .toList();
    }

    /** The problems, or the configuration as it is printed. */
    private String shown(ConfigSources sources) {
        try {
            Bound<ServerConfig> bound = ConfigLoader.load(sources);
            return ConfigText.print(bound, true, true)
                    + bound.toString()
                    + ConfigText.changes(ConfigLoader.load(ConfigSources.NONE).value(), bound.value());
        } catch (InvalidConfig e) {
            return e.problems() + e.toString();
        }
    }

    private String ofFile(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("dunlin.conf"), text);
        return shown(new ConfigSources(Optional.of(file), Map.of(), List.of()));
    }

    @Test
    void noneIsShownHoweverItIsWritten() throws IOException {
        List<String> leaks = new ArrayList<>();
        for (String path : secretPaths()) {
            String group = path.substring(0, path.lastIndexOf('.'));
            for (String text : List.of(
                    path + " = " + MARK,
                    path + " = [" + MARK + "]",
                    path + " { a = " + MARK + " }",
                    path + " = \"" + MARK,
                    path + " = " + MARK + "$x",
                    path + " = ${" + MARK + "}",
                    path + " = \"" + MARK + "\\q\"",
                    path + " = " + MARK + "\ncolour = red",
                    group + " = " + MARK,
                    group + " = [" + MARK + "]",
                    group.contains(".") ? group.substring(0, group.lastIndexOf('.')) + " = " + MARK : "")) {
                if (ofFile(text).contains(MARK)) {
                    leaks.add(text + " shows " + ofFile(text));
                }
            }
        }
        assertThat(secretPaths()).contains("authentication.users.x.password", "listeners.x.tls.key-password");
        assertThat(leaks).isEmpty();
    }

    @Test
    void noneIsShownOutOfTheEnvironment() {
        List<String> leaks = new ArrayList<>();
        for (String path : secretPaths()) {
            String variable = EnvironmentOverlay.variable(path);
            for (String value : List.of(MARK, "[" + MARK, "{a=" + MARK + "}", "[" + MARK + "]")) {
                String shown = shown(new ConfigSources(Optional.empty(), Map.of(variable, value), List.of()));
                if (shown.contains(MARK)) {
                    leaks.add(variable + "=" + value + " shows " + shown);
                }
            }
        }
        assertThat(leaks).isEmpty();
    }

    @Test
    void whatIsNoSecretIsShown() throws IOException {
        assertThat(ofFile("mqtt.receive-maximum = [" + MARK + "]")).contains(MARK);
    }
}
