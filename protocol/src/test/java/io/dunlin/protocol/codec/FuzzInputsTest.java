package io.dunlin.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.topic.TopicFilterFuzz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The inputs that the fuzzers keep beside them, without the fuzzers. */
class FuzzInputsTest {
    @Test
    void decoder() {
        repeat(DecoderFuzz.class, new DecoderFuzz()::keepsItsRules);
    }

    @Test
    void topicFilter() {
        repeat(TopicFilterFuzz.class, new TopicFilterFuzz()::keepsItsRules);
    }

    private static void repeat(Class<?> fuzz, Consumer<byte[]> target) {
        List<Path> inputs = inputs(fuzz);
        assertThat(inputs).isNotEmpty();
        for (Path input : inputs) {
            try {
                target.accept(Files.readAllBytes(input));
            } catch (AssertionError | RuntimeException | IOException failure) {
                throw new AssertionError(input.toString(), failure);
            }
        }
    }

    private static List<Path> inputs(Class<?> fuzz) {
        URL folder = fuzz.getResource(fuzz.getSimpleName() + "Inputs/keepsItsRules");
        assertThat(folder).isNotNull();
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
