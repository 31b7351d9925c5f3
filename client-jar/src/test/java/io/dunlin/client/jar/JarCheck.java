package io.dunlin.client.jar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packed jar as its users get it; runs after the packaging. */
@Timeout(120)
class JarCheck {
    private static final Path JAR = Path.of(System.getProperty("dunlin.client.jar", ""));

    @BeforeAll
    static void packed() {
        assumeTrue(Files.isRegularFile(JAR), "the jar is not packed in this phase of the build");
    }

    private static ModuleDescriptor module() {
        return ModuleFinder.of(JAR).findAll().iterator().next().descriptor();
    }

    @Test
    void holdsOurClassesAlone() throws Exception {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream()
                            .filter(entry -> !entry.isDirectory())
                            .map(entry -> entry.getName())
                            .filter(name -> !name.startsWith("META-INF/") && !name.equals("module-info.class")))
                    .isNotEmpty()
                    .allMatch(name -> name.startsWith("io/dunlin/client/") || name.startsWith("io/dunlin/protocol/"));
        }
    }

    @Test
    void isAModuleWithoutDependencies() {
        ModuleDescriptor module = module();

        assertThat(module.name()).isEqualTo("io.dunlin.client");
        assertThat(module.isAutomatic()).isFalse();
        assertThat(module.requires())
                .filteredOn(required -> !required.modifiers().contains(Modifier.STATIC))
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactly("java.base");
        assertThat(module.exports())
                .filteredOn(exported -> !exported.isQualified())
                .extracting(ModuleDescriptor.Exports::source)
                .containsExactlyInAnyOrder(
                        "io.dunlin.client",
                        "io.dunlin.client.store",
                        "io.dunlin.client.transport",
                        "io.dunlin.protocol.packet",
                        "io.dunlin.protocol.topic");
    }

    @Test
    void needsNoModuleButTheBase() {
        StringWriter said = new StringWriter();
        int status = java.util.spi.ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        new PrintWriter(said),
                        new PrintWriter(said),
                        "--ignore-missing-deps",
                        "--print-module-deps",
                        "--multi-release",
                        "17",
                        JAR.toString());
        assertThat(said.toString().trim()).isEqualTo("java.base");
        assertThat(status).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 21, 25})
    void runsOnTheModulePath(int feature, @TempDir Path folder) throws Exception {
        Optional<Path> java = Jdks.find(feature);
        assumeTrue(java.isPresent(), "there is no Java " + feature + " here");
        compile(folder);
        try (LocalServer server = LocalServer.start()) {
            Path out = folder.resolve("out");
            Process process = new ProcessBuilder(
                            java.orElseThrow().toString(),
                            "-p",
                            JAR + File.pathSeparator + folder.resolve("classes"),
                            "-m",
                            "hello/hello.Hello",
                            server.url())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            process.destroyForcibly();

            assertThat(ended).isTrue();
            assertThat(out).hasContent("Java " + feature + ": sensors/a 21.5");
            assertThat(process.exitValue()).isZero();
        }
    }

    /** As a user does who has the jar and nothing else. */
    private static void compile(Path folder) throws Exception {
        Path sources = Files.createDirectories(folder.resolve("sources/hello"));
        Path module = Files.writeString(
                sources.resolveSibling("module-info.java"), "module hello { requires io.dunlin.client; }");
        Path hello = Files.writeString(sources.resolve("Hello.java"), """
                package hello;

                import io.dunlin.client.Message;
                import io.dunlin.client.MqttClient;
                import java.time.Duration;

                public final class Hello {
                    public static void main(String[] args) throws Exception {
                        try (var client = MqttClient.connect(args[0])) {
                            var queue = client.queue("sensors/#", 10);
                            client.publish(Message.of("sensors/a", "21.5").withQos(1));
                            var message = queue.take(Duration.ofSeconds(20));
                            System.out.println("Java " + Runtime.version().feature() + ": " + message.topic() + " "
                                    + message.text());
                        }
                    }
                }
                """);
        List<String> arguments = List.of(
                "--release",
                "17",
                "-Xlint:all,-path",
                "-Werror",
                "-p",
                JAR.toString(),
                "-d",
                folder.resolve("classes").toString(),
                module.toString(),
                hello.toString());
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler().run(null, said, said, arguments.toArray(String[]::new));
        assertThat(status).as(said.toString(StandardCharsets.UTF_8)).isZero();
    }
}
