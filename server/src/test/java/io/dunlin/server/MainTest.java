package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exit codes and messages of commands that end by themselves. */
class MainTest {
    private record Outcome(int code, String out, String err) {}

    private static Outcome run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static void failsWithOneLine(String line, String... args) {
        Outcome outcome = run(args);
        assertThat(outcome.err()).isEqualTo("dunlin: " + line + System.lineSeparator());
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.code()).isEqualTo(1);
    }

    @Test
    void wrongFlags() {
        failsWithOneLine("Unknown option: '--prot'; see dunlin broker --help", "broker", "--prot");
        failsWithOneLine(
                "-p 70000 is no port: expected is 0 to 65535; see dunlin broker --help", "broker", "-p", "70000");
        failsWithOneLine(
                "Invalid value for option '--port': 'x' is not an int; see dunlin broker --help", "broker", "-p", "x");
        failsWithOneLine(
                "--set x is no KEY=VALUE, such as --set mqtt.max-keepalive=60s; see dunlin broker --help",
                "broker",
                "--set",
                "x");
        failsWithOneLine(
                "-p is for a broker without a configuration file: set listeners.NAME.bind in the file instead;"
                        + " see dunlin broker --help",
                "broker",
                "-p",
                "1",
                "-c",
                "x");
        failsWithOneLine("say what to do: dunlin config check, print, show or dry-run", "config");
        failsWithOneLine("Missing required subcommand; see dunlin --help");
    }

    @ParameterizedTest
    @CsvSource({
        "clients list -n -1, -1 is no number of rows: expected is 1 or more",
        "clients list -n 0, 0 is no number of rows: expected is 1 or more",
        "log -n 0, 0 is no number of rows: expected is 1 or more",
        "audit log -n -1, -1 is no number of rows: expected is 1 or more",
        "top -n -1, -1 is no number of pictures: expected is 1 or more",
        "top -i 0, 0 is no number of seconds: expected is 1 or more",
        "trace -n -1, -1 is no number of packets: expected is 1 or more",
        "history --step -5, -5 is no number of seconds for --step: expected is 1 to 604800",
        "history --step 604801, 604801 is no number of seconds for --step: expected is 1 to 604800",
        "certs init --days -5, -5 is no number of days: expected is 1 or more",
        "certs init --days 0, 0 is no number of days: expected is 1 or more",
        "retained list --payload -5, -5 is no number of bytes for --payload: expected is 0 to 1048576",
        "clients queue c --payload -5, -5 is no number of bytes for --payload: expected is 0 to 1048576",
        "clients subscriptions --qos 7, 7 is no QoS: expected is 0 to 2",
        "clients subscribe c t -q 3, 3 is no QoS: expected is 0 to 2",
        "clients explain c publish t -q 3, 3 is no QoS: expected is 0 to 2",
        "roles add r rule --at 0, 0 is no place of a rule: expected is 1 or more"
    })
    void numbersOutsideTheirBoundsAreRefused(String command, String sentence) {
        String[] words = command.split(" ");
        Outcome outcome = run(words);
        assertThat(outcome.err())
                .startsWith("dunlin: " + sentence + "; see dunlin " + words[0])
                .endsWith(" --help" + System.lineSeparator());
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.code()).isEqualTo(1);
    }

    @Test
    void helpGoesToStandardOutput() {
        for (String[] args : new String[][] {{"broker", "--help"}, {"config", "-h"}, {"config", "check", "-h"}}) {
            Outcome outcome = run(args);
            assertThat(outcome.code()).isZero();
            assertThat(outcome.out()).startsWith("Usage: dunlin " + args[0]);
            assertThat(outcome.err()).isEmpty();
        }
    }

    @Test
    void checkSaysAllThatIsWrong(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("d.conf"), "mqtt.receive-maximum = 0\ncolour = red\n");
        for (String[] args : new String[][] {
            {"config", "check", "-c", file.toString()},
            {"config", "check", file.toString()},
            {"broker", "--test-config", "-c", file.toString()},
            {"broker", "-c", file.toString()}
        }) {
            Outcome outcome = run(args);
            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.err().lines())
                    .hasSize(2)
                    .anySatisfy(line -> assertThat(line).startsWith("dunlin: " + file + ":1: mqtt.receive-maximum = 0"))
                    .anySatisfy(line -> assertThat(line).startsWith("dunlin: " + file + ":2: colour is not a setting"));
        }
    }

    @Test
    void checkReadsTheUsers(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("d.conf"), "authentication.password-file = users.txt\n");
        Files.writeString(folder.resolve("users.txt"), "# comment\nal:plain\n");
        Outcome outcome = run("config", "check", file.toString());
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).startsWith("dunlin: " + folder.resolve("users.txt") + " line 2: ");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void checkReadsTheTlsFiles(@TempDir Path folder) throws Exception {
        X509Bundle ended = new CertificateBuilder()
                .ecp256()
                .subject("CN=old")
                .setIsCertificateAuthority(true)
                .notBefore(Instant.now().minus(Duration.ofDays(9)))
                .notAfter(Instant.now().minus(Duration.ofDays(2)))
                .buildSelfSigned();
        Path certificate = Files.writeString(folder.resolve("old.pem"), ended.getCertificatePEM());
        Files.writeString(folder.resolve("old.key"), ended.getPrivateKeyPEM());
        Path file = Files.writeString(folder.resolve("d.conf"), """
                listeners.tls { type = tls, bind = "127.0.0.1:0", tls { certfile = old.pem, keyfile = old.key } }
                console.tls { certfile = old.pem, keyfile = old.key }
                """);

        Outcome warned = run("config", "check", file.toString());
        assertThat(warned.code()).isZero();
        assertThat(warned.err())
                .startsWith("dunlin: warning: listeners.tls.tls.certfile: CN=old has ended at ")
                .contains("dunlin: warning: console.tls.certfile: CN=old has ended at ");
        assertThat(warned.out()).startsWith("OK: ");
        Outcome looked = run("certs", "check", file.toString());
        assertThat(looked.code()).isEqualTo(1);
        assertThat(looked.out())
                .startsWith("listeners.tls.tls.certfile: CN=old until ")
                .contains("console.tls.certfile: CN=old until ");
        assertThat(looked.err()).startsWith("dunlin: listeners.tls.tls.certfile: CN=old has ended at ");

        Files.writeString(certificate, "no certificate");
        for (String command : new String[] {"config", "certs"}) {
            Outcome refused = run(command, "check", file.toString());
            assertThat(refused.code()).as(command).isEqualTo(1);
            assertThat(refused.out()).as(command).isEmpty();
            assertThat(refused.err())
                    .as(command)
                    .startsWith("dunlin: ")
                    .contains(certificate.toString())
                    .contains("dunlin: console.tls.certfile = ");
        }
    }

    @Test
    void checkSaysOk(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("d.conf"), "mqtt.receive-maximum = 5\n");
        assertThat(run("config", "check", file.toString()))
                .isEqualTo(new Outcome(0, "OK: " + file + System.lineSeparator(), ""));
        assertThat(run("broker", "--test-config"))
                .isEqualTo(new Outcome(0, "OK: the defaults" + System.lineSeparator(), ""));
    }

    @Test
    void printRedactsUnlessToldNotTo() {
        String set = "authentication.users.al.password=hunter2";
        assertThat(run("config", "print", "--set", set).out())
                .contains("******")
                .doesNotContain("hunter2\"  ");
        assertThat(run("config", "print", "--redact", "--set", set).out()).contains("= \"******\"");
        assertThat(run("config", "print", "--no-redact", "--set", set).out()).contains("= \"hunter2\"");
        assertThat(run("config", "print", "--effective").out()).contains("mqtt.max-packet-size = 16MiB");
    }

    @Test
    void aFileThatIsNotThere() {
        failsWithOneLine("the configuration file nowhere.conf does not exist", "broker", "-c", "nowhere.conf");
    }
}
