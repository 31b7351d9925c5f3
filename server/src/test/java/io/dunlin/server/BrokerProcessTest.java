package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.ReasonCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The broker as a process of its own: what it writes, its signals and its exit codes. */
@EnabledOnOs(
        value = {OS.LINUX, OS.MAC},
        disabledReason = "signals")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BrokerProcessTest {
    static final Pattern READY = Pattern.compile("dunlin: ready: mqtt://127\\.0\\.0\\.1:(\\d+) .*");

    /** What the tests start. */
    static final class Launcher {
        private Launcher() {}

        public static void main(String[] args) {
            System.exit(Main.run(args));
        }
    }

    static final class Broker implements AutoCloseable {
        private final Process process;
        private final BufferedReader lines;

        Broker(String... args) throws IOException {
            List<String> command = new ArrayList<>();
            if (OS.LINUX.isCurrentOs()) { // a build in the background ignores signals, and its children would, too
                command.addAll(List.of("env", "--default-signal"));
            }
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Launcher.class.getName(),
                    "broker"));
            command.addAll(List.of(args));
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            lines = process.inputReader();
        }

        /** Reads on until a line matches; what is not there fails with all that was. */
        Matcher expect(Pattern pattern) throws IOException {
            List<String> seen = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                seen.add(line);
                Matcher matcher = pattern.matcher(line);
                if (matcher.matches()) {
                    return matcher;
                }
            }
            throw new AssertionError("no line " + pattern + " but " + seen);
        }

        void signal(String name) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        }

        int exitCode() throws InterruptedException {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Test
    void trialBrokerSaysWhereItIsAndEndsCleanlyOnTerm(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("data");
        try (Broker broker = new Broker("-p", "0", "--data", data.toString())) {
            Matcher ready = broker.expect(READY);
            assertThat(ready.group())
                    .endsWith("(anonymous, loopback only, storing in " + data + ")")
                    .doesNotContain("ws://");
            try (RawClient client = new RawClient(Integer.parseInt(ready.group(1)))) {
                client.connect("a");
                broker.signal("TERM");
                assertThat(client.receive())
                        .isInstanceOfSatisfying(
                                Disconnect.class,
                                goodbye -> assertThat(goodbye.reason()).isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN));
            }
            assertThat(broker.exitCode()).isZero();
            assertThat(data).isDirectory();
        }
    }

    @Test
    void hupReloadsAndAnErrorKeepsTheOldConfiguration(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("dunlin.conf");
        String listener = "listeners.tcp.bind = \"127.0.0.1:0\"\nconsole.enabled = false\n";
        Files.writeString(file, listener + "mqtt.receive-maximum = 7\nshards = 1\n");
        try (Broker broker = new Broker("--memory", "-c", file.toString())) {
            broker.expect(READY);
            Files.writeString(file, listener + "mqtt.receive-maximum = 8\nshards = 2\n");
            broker.signal("HUP");
            broker.expect(Pattern.compile(Pattern.quote("dunlin: reload: mqtt.receive-maximum: 7 -> 8")));
            broker.expect(Pattern.compile(Pattern.quote("dunlin: reload: shards: 1 -> 2 (at the next start)")));
            Files.writeString(file, listener + "mqtt.receive-maximum = 0\n");
            broker.signal("HUP");
            broker.expect(Pattern.compile("dunlin: reload: the configuration has errors, .*"));
            broker.expect(
                    Pattern.compile("dunlin: " + Pattern.quote(file.toString()) + ":3: mqtt\\.receive-maximum.*"));
            broker.signal("INT");
            assertThat(broker.exitCode()).isZero();
        }
    }

    @Test
    void aPortInUseEndsItWithOneSentence() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Broker broker = new Broker("--memory", "-p", String.valueOf(taken.getLocalPort()))) {
            broker.expect(Pattern.compile("dunlin: .*" + taken.getLocalPort() + ".* in use.*"));
            assertThat(broker.lines.readLine()).as("nothing else").isNull();
            assertThat(broker.exitCode()).isEqualTo(1);
        }
    }
}
