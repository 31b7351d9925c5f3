package io.dunlin.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ArchitecturePageTest {
    @Test
    void everyClassThatThePageNamesExists() {
        var page = Repository.root().resolve("ARCHITECTURE.md");
        var types = ClassReferences.all().stream()
                .map(type -> type.name().replaceAll(".*[.$]", ""))
                .collect(Collectors.toSet());
        Repository.sources().forEach(source -> types.add(source.path().replaceAll(".*/|\\.java$", "")));
        var text = Files.exists(page) ? Repository.read(page) : "";
        assertThat(ArchitecturePage.unknownTypes("ARCHITECTURE.md", text, types))
                .isEmpty();
    }

    @Test
    void aClassThatDoesNotExistIsFound() {
        var page = "`Router.route` asks the `RouteKeeper`, not `./Made-Up.md`, a `ByteBuffer` or `QoS`";
        assertThat(ArchitecturePage.unknownTypes("page", page, Set.of("Router", "QoS")))
                .singleElement()
                .asString()
                .contains("RouteKeeper");
    }
}
