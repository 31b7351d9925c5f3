package io.dunlin.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that choose the JDK and start the program. */
class LauncherTest {
    /** A version that no machine has, so that only the folders made here count. */
    private static final String FIND = "source bin/jdk.sh; DUNLIN_JDK=98; find_jdk && echo \"found $JAVA_HOME\"";

    @TempDir
    private Path folder;

    @Test
    void theTestsRunWithTheFlagsOfTheLauncher() {
        var ofLauncher = between("DUNLIN_JVM_FLAGS=\\(([^)]*)\\)", "bin/jdk.sh");
        var ofTests = between("<dunlin.jvm>([^<]*)</dunlin.jvm>", "pom.xml");
        assertThat(ofTests).isEqualTo(ofLauncher).contains("-XX:+UseCompactObjectHeaders");
    }

    @Test
    void theLauncherKnowsEachCommandThatNeedsTheWholeProgram() {
        var commands = between("BROKER_NAMES = List.of\\(([^;]*)\\);", "cli/src/main/java/io/dunlin/cli/Commands.java");
        var names = Pattern.compile("\"([a-z]+)\"")
                .matcher(commands)
                .results()
                .map(found -> found.group(1))
                .toList();
        var launcher =
                List.of(between("\n    (broker \\| [^)]*)\\)", "bin/launch.sh").split(" \\| "));
        assertThat(names).contains("broker", "certs");
        assertThat(launcher).containsAll(names);
    }

    @Test
    void theJdkOfJavaHomeIsTaken() throws IOException, InterruptedException {
        var jdk = jdk("a", "98.0.1");
        assertThat(bash(FIND, Map.of("JAVA_HOME", jdk.toString()))).isEqualTo("0: found " + jdk);
        var early = jdk("b", "98-ea");
        assertThat(bash(FIND, Map.of("JAVA_HOME", early.toString()))).isEqualTo("0: found " + early);
    }

    @Test
    void theJdkOfThePathIsTakenThroughALink() throws IOException, InterruptedException {
        var jdk = jdk("a", "98");
        var links = Files.createDirectory(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("javac"), jdk.resolve("bin/javac"));
        var path = links + ":" + System.getenv("PATH");
        assertThat(bash(FIND, Map.of("JAVA_HOME", jdk("old", "17.0.2").toString(), "PATH", path)))
                .isEqualTo("0: found " + jdk.toRealPath());
    }

    @Test
    void withoutAJdkOneSentenceSaysWhatToInstall() throws IOException, InterruptedException {
        assertThat(bash(FIND, Map.of("JAVA_HOME", jdk("other", "980.1").toString())))
                .startsWith("1: Dunlin needs a JDK 98 and found none: install one")
                .doesNotContain("\n");
    }

    @Test
    void withoutMavenOneSentenceSaysWhatToInstall() throws IOException, InterruptedException {
        assertThat(bash("source bin/jdk.sh; PATH=/nowhere; find_maven", Map.of()))
                .startsWith("1: Dunlin is built with Apache Maven")
                .doesNotContain("\n");
    }

    private Path jdk(String name, String version) throws IOException {
        var jdk = Files.createDirectories(folder.resolve(name));
        var bin = Files.createDirectory(jdk.resolve("bin"));
        for (var program : List.of("java", "javac")) {
            assertThat(Files.createFile(bin.resolve(program)).toFile().setExecutable(true))
                    .isTrue();
        }
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return jdk;
    }

    /** The exit code, a colon, and what was printed, errors included. */
    private static String bash(String script, Map<String, String> environment)
            throws IOException, InterruptedException {
        var bash = new ProcessBuilder("bash", "-c", script)
                .directory(Repository.root().toFile())
                .redirectErrorStream(true);
        bash.environment().putAll(environment);
        var process = bash.start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + ": " + printed.strip();
    }

    private static String between(String pattern, String file) {
        var match = Pattern.compile(pattern)
                .matcher(Repository.read(Repository.root().resolve(file)));
        assertThat(match.find()).isTrue();
        return match.group(1);
    }
}
