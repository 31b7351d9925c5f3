package io.dunlin.client.jar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every program of docs/examples/client: compiled for Java 17, and run against a broker. */
@Timeout(120)
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "docs", "examples", "client");

    @TempDir
    private static Path classes;

    private static List<Path> sources() throws Exception {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    @BeforeAll
    static void compile() throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--release",
                "17",
                "-Xlint:all,-path",
                "-Werror",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString()));
        sources().forEach(source -> arguments.add(source.toString()));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler().run(null, said, said, arguments.toArray(String[]::new));
        assertThat(status).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }

    /** Runs it until it has said that, which its listeners may do after the end of main. */
    private static void runs(String name, String url, String expected) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {classes.toUri().toURL()});
                PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) new String[] {url});
            await().untilAsserted(() ->
                    assertThat(said.toString(StandardCharsets.UTF_8)).contains(expected));
        } finally {
            System.setOut(before);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FiveLines|sensors/a 21.5",
                "FullBuilder|CONNECTED",
                "Queue|paint it",
                "RequestResponse|HELLO",
                "Reactive|value 3",
                "ManyMessages|failed: 0",
                "ManualAck|doing weld (text/plain)",
            })
    void runs(String name, String expected) throws Exception {
        try (LocalServer server = LocalServer.start()) {
            runs(name, server.url(), expected);
        }
    }

    @Test
    void allAreRun() throws Exception {
        CsvSource cases = ExamplesTest.class
                .getDeclaredMethod("runs", String.class, String.class)
                .getAnnotation(CsvSource.class);
        assertThat(sources())
                .extracting(source -> source.getFileName().toString().replace(".java", ""))
                .containsExactlyInAnyOrderElementsOf(Stream.of(cases.value())
                        .map(line -> line.substring(0, line.indexOf('|')))
                        .toList());
    }
}
