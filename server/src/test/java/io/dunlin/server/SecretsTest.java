package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.SocketPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A real broker with marked secrets in its file, its environment and in files, that is made to complain: the marks are nowhere. */
@EnabledOnOs(
        value = {OS.LINUX},
        disabledReason = "/proc")
@Timeout(value = 240)
class SecretsTest {
    private static final String MARK = "Zq7Marked";
    private static final Pattern READY = Pattern.compile("dunlin: ready: mqtt://127\\.0\\.0\\.1:(\\d+) .*");

    @TempDir
    private Path folder;

    private final Map<String, String> seen = new LinkedHashMap<>();

    private Path data() {
        return folder.resolve("data");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Process start(Path file) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcessTest.Launcher.class.getName(),
                "broker",
                "-v",
                "-c",
                file.toString(),
                "--data",
                data().toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("DUNLIN_AUTHENTICATION__USERS__EVE__PASSWORD", MARK + "Eve");
        builder.environment()
                .put(
                        "DUNLIN_AUTHENTICATION__USERS__DAN__PASSWORD_FILE",
                        write("dan.txt", MARK + "Dan\n").toString());
        return builder.start();
    }

    private String config(String more) throws IOException {
        Files.setPosixFilePermissions(write("bob.txt", MARK + "Bob\n"), PosixFilePermissions.fromString("rw-r--r--"));
        return """
                listeners.tcp.bind = "127.0.0.1:0"
                sys { interval = 1s, client-events = true }
                authentication.users {
                  al { password = "%sAl" }
                  bob { password-file = bob.txt }
                }
                %s
                """.formatted(MARK, more);
    }

    private int port() {
        return await().atMost(60, TimeUnit.SECONDS)
                .until(this::readyPort, Optional::isPresent)
                .orElseThrow();
    }

    private Optional<Integer> readyPort() throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("log"))) {
            return lines.map(READY::matcher)
                    .filter(Matcher::matches)
                    .map(ready -> Integer.parseInt(ready.group(1)))
                    .findFirst();
        }
    }

    @Test
    void nothingThatTheBrokerSaysHoldsASecret() throws Exception {
        Path file = write("dunlin.conf", config(""));
        Process broker = start(file);
        try {
            int port = port();
            logins(port);
            seen.put("process arguments", Files.readString(Path.of("/proc/" + broker.pid() + "/cmdline")));
            control("status", "clients.list", "audit.facts", "audit", "help", "no-such");
            reload(file, "authentication.users.al.password = [\"" + MARK + "New\"]\n", false);
            reload(file, "authentication.users.al.password = \"" + MARK + "New\n", false);
            reload(file, "authentication.users.zoe = " + MARK + "Zoe\n", false);
            reload(file, "authentication.users.al.password = \"" + MARK + "New\"\n", true);
            sys(port);
            commands(file);
        } finally {
            broker.destroy();
            assertThat(broker.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        seen.put("log", Files.readString(folder.resolve("log")));
        seen.put("audit log", Files.readString(data().resolve("audit.jsonl")));
        theTestLooksAtSomething();
        seen.forEach((what, text) -> assertThat(text).as(what).doesNotContain(MARK));
    }

    private void logins(int port) throws IOException {
        for (String user : List.of("al", "bob", "dan", "eve", "nobody")) {
            for (String password :
                    List.of(MARK + Character.toUpperCase(user.charAt(0)) + user.substring(1), MARK + "No")) {
                try (RawClient client = new RawClient(port)) {
                    seen.merge(
                            "connacks",
                            client.connect("c-" + user, user, password).toString() + "\n",
                            String::concat);
                }
            }
        }
    }

    private void control(String... commands) {
        try (ControlClient client = ControlClient.connect(SocketPath.of(data())).orElseThrow()) {
            for (String command : commands) {
                seen.put("control " + command, answer(client, command));
            }
        }
    }

    private static String answer(ControlClient client, String command) {
        try {
            return client.call(command, Map.of("password", MARK + "Sent")).toString();
        } catch (CommandFailed e) {
            return e.sentence();
        }
    }

    private void reload(Path file, String more, boolean works) throws IOException {
        Files.writeString(file, config(more));
        try (ControlClient client = ControlClient.connect(SocketPath.of(data())).orElseThrow()) {
            var outcome = client.call("reload", Map.of());
            assertThat(outcome.path("done").asBoolean()).as(outcome.toString()).isEqualTo(works);
            seen.merge("reload", outcome.toString(), String::concat);
        }
    }

    private void sys(int port) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.connect("watcher", "bob", MARK + "Bob");
            client.subscribe("$SYS/#");
            seen.put(
                    "$SYS",
                    client.receiveUntil(List.of("$SYS/broker/uptime", "$SYS/broker/heap/current"))
                            .toString());
        }
    }

    private void commands(Path file) {
        seen.put("config print", run("config", "print", file.toString()));
        seen.put("config print --effective", run("config", "print", "--effective", file.toString()));
        seen.put(
                "config print --set",
                run("config", "print", file.toString(), "--set", "authentication.users.al.password=" + MARK + "Set"));
        seen.put("audit", run("audit", "-c", file.toString(), "--data", data().toString()));
        seen.put("audit --json", run("audit", "--json", "--data", data().toString()));
        seen.put("status", run("status", "--data", data().toString()));
    }

    private static String run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(out, true, StandardCharsets.UTF_8);
        Main.run(args, both, both);
        return out.toString(StandardCharsets.UTF_8);
    }

    private void theTestLooksAtSomething() {
        Path open = folder.resolve("bob.txt");
        assertThat(seen.get("log"))
                .contains("reload: the configuration has errors")
                .contains(open + " (mode 0644) can be read by every user of this machine: chmod 600 " + open);
        assertThat(seen.get("audit log"))
                .contains("\"event\":\"login.refused\"", "\"event\":\"reload\"", "\"event\":\"broker.stopped\"");
        assertThat(seen.get("audit")).contains("plain-password");
        assertThat(seen.get("status")).contains("clients");
        assertThat(seen.get("connacks")).contains("SUCCESS", "BAD_USER_NAME_OR_PASSWORD");
        assertThat(seen.get("config print")).contains("authentication.users.al.password = \"******\"");
    }
}
