package io.dunlin.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each library that a module names stands on docs/dependencies.md, with its licence. */
class DependenciesPageTest {
    private static final Pattern DEPENDENCY =
            Pattern.compile("<dependency>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>");
    private static final List<String> SAYS_NOTHING =
            List.of("org", "com", "net", "core", "api", "github", "tools", "java", "commons", "maven");

    private static List<String> libraries() throws IOException {
        List<String> libraries = new ArrayList<>();
        try (Stream<Path> folders = Files.list(Repository.root())) {
            for (Path pom : folders.map(folder -> folder.resolve("pom.xml"))
                    .filter(Files::exists)
                    .toList()) {
                DEPENDENCY
                        .matcher(Files.readString(pom))
                        .results()
                        .map(found -> found.group(1) + ":" + found.group(2))
                        .filter(name -> !name.startsWith("io.dunlin:"))
                        .forEach(libraries::add);
            }
        }
        return libraries.stream().distinct().sorted().toList();
    }

    private static List<String> missing(List<String> libraries, String page) {
        String text = page.toLowerCase(Locale.ROOT);
        return libraries.stream()
                .filter(library -> Arrays.stream(
                                library.toLowerCase(Locale.ROOT).split("[.:-]"))
                        .filter(word -> word.length() >= 3 && !SAYS_NOTHING.contains(word))
                        .noneMatch(text::contains))
                .toList();
    }

    @Test
    void eachLibraryStandsOnThePage() throws IOException {
        List<String> libraries = libraries();
        assertThat(libraries).contains("info.picocli:picocli").hasSizeGreaterThan(10);
        assertThat(missing(libraries, Files.readString(Repository.root().resolve("docs/dependencies.md"))))
                .isEmpty();
    }

    @Test
    void oneThatIsNotThereIsFound() {
        assertThat(missing(List.of("com.example:unheard-of", "info.picocli:picocli"), "| picocli |"))
                .containsExactly("com.example:unheard-of");
    }
}
