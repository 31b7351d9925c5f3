package io.dunlin.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dunlin.server.config.ConfigSources.Given;
import io.dunlin.server.config.ServerConfig.TransportKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading, precedence, and every kind of mistake with the place where it stands. */
class ConfigLoaderTest {
    @TempDir
    Path folder = Path.of("");

    private Path file(String... lines) throws IOException {
        return Files.write(folder.resolve("dunlin.conf"), List.of(lines));
    }

    private Bound<ServerConfig> load(Path file, Map<String, String> environment, String... sets) throws InvalidConfig {
        List<Given> overrides = Arrays.stream(sets)
                .map(set -> set.split("=", 2))
                .map(set -> new Given(set[0], set[1], "--set " + set[0] + "=" + set[1]))
                .toList();
        return ConfigLoader.load(new ConfigSources(Optional.of(file), environment, overrides));
    }

    private Bound<ServerConfig> load(String... lines) throws InvalidConfig, IOException {
        return load(file(lines), Map.of());
    }

    /** The problems of a file, without the folder that they stand in. */
    private List<String> problems(String... lines) throws IOException {
        return problems(file(lines), Map.of());
    }

    private List<String> problems(Path file, Map<String, String> environment, String... sets) {
        InvalidConfig invalid = catchThrowableOfType(InvalidConfig.class, () -> load(file, environment, sets));
        assertThat(invalid).isNotNull();
        return invalid.problems().stream()
                .map(problem -> problem.toString().replace(folder + "/", ""))
                .toList();
    }

    private static <T> T named(Map<String, T> map, String name) {
        return Objects.requireNonNull(map.get(name), name);
    }

    @Test
    void withoutSourcesAllHasItsDefault() throws InvalidConfig {
        ServerConfig config = ConfigLoader.load(ConfigSources.NONE).value();
        assertThat(config.transport()).isEqualTo(TransportKind.AUTO);
        assertThat(config.sys().interval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.listeners()).containsOnlyKeys("tcp", "ws").allSatisfy((name, listener) -> {
            assertThat(listener.bind().isLoopback()).isTrue();
            assertThat(Listeners.anonymous(listener, config.authentication())).isTrue();
        });
    }

    @Test
    void readsAWholeFile() throws InvalidConfig, IOException {
        Files.writeString(folder.resolve("cert.pem"), "x");
        Files.writeString(folder.resolve("key.pem"), "x");
        ServerConfig config = load(
                        "node.name = gull",
                        "listeners {",
                        "  lan { bind = \"127.0.0.1:1884\", max-connections = 7 }",
                        "  web { type = wss, bind = \"[::1]:8084\", websocket.origins = [\"https://a.example\"]",
                        "    tls { certfile = cert.pem, keyfile = key.pem, versions = [\"1.3\"] } }",
                        "  local { bind = \"unix:/run/dunlin.sock\" }",
                        "}",
                        "mqtt { max-packet-size = 2MiB, session-expiry-interval = 1h }",
                        "authentication.users { bob { password = s3cret } }",
                        "transport = io_uring, shards = 3, log.level = debug")
                .value();
        assertThat(config.node().name()).isEqualTo("gull");
        assertThat(config.listeners()).containsOnlyKeys("lan", "local", "web");
        ListenerSettings web = named(config.listeners(), "web");
        assertThat(web.bind()).isEqualTo(new Bind("::1", 8084));
        assertThat(web.tls().orElseThrow().certfile()).isEqualTo(folder.resolve("cert.pem"));
        assertThat(web.tls().orElseThrow().versions()).containsExactly("1.3");
        assertThat(config.mqtt().maxPacketSize()).isEqualTo(new Size(2 << 20));
        assertThat(config.mqtt().sessionExpiryInterval()).isEqualTo(Duration.ofHours(1));
        assertThat(named(config.authentication().users(), "bob").password().value())
                .isEqualTo("s3cret");
        assertThat(config.transport()).isEqualTo(TransportKind.IO_URING);
        assertThat(config.shards()).contains(3);
    }

    @Test
    void laterSourcesWin() throws InvalidConfig, IOException {
        Path file = file("mqtt.max-keepalive = 1s", "mqtt.receive-maximum = 1", "mqtt.max-topic-alias = 1");
        Bound<ServerConfig> bound = load(
                file,
                Map.of("DUNLIN_MQTT__RECEIVE_MAXIMUM", "2", "DUNLIN_MQTT__MAX_TOPIC_ALIAS", "2"),
                "mqtt.max-topic-alias=3");
        assertThat(bound.value().mqtt().maxKeepalive()).isEqualTo(Duration.ofSeconds(1));
        assertThat(bound.value().mqtt().receiveMaximum()).isEqualTo(2);
        assertThat(bound.value().mqtt().maxTopicAlias()).isEqualTo(3);
        assertThat(bound.value().mqtt().maxTopicAliasOut()).isEqualTo(16);
        assertThat(bound.origin("mqtt.max-keepalive")).isEqualTo(file + ":1");
        assertThat(bound.origin("mqtt.receive-maximum")).isEqualTo("environment DUNLIN_MQTT__RECEIVE_MAXIMUM");
        assertThat(bound.origin("mqtt.max-topic-alias")).isEqualTo("--set mqtt.max-topic-alias=3");
    }

    @Test
    void environmentReachesNamesOfTheFileInWhateverCase() throws InvalidConfig, IOException {
        Path file = file("listeners.My-Lan { bind = \"127.0.0.1:1884\" }");
        ServerConfig config = load(
                        file,
                        Map.of(
                                "DUNLIN_LISTENERS__MY_LAN__MAX_CONNECTIONS", "9",
                                "DUNLIN_LISTENERS__OTHER__BIND", "127.0.0.1:1885",
                                "DUNLIN_LISTENERS__OTHER__WEBSOCKET", "{ path = \"/x\" }"))
                .value();
        assertThat(config.listeners()).containsOnlyKeys("My-Lan", "other");
        assertThat(named(config.listeners(), "My-Lan").maxConnections()).isEqualTo(9);
        assertThat(named(config.listeners(), "other").websocket().path()).isEqualTo("/x");
    }

    @Test
    void environmentThatIsNoSetting() throws InvalidConfig, IOException {
        Path file = file("");
        assertThat(problems(file, Map.of("DUNLIN_MQTT__MAX_PAKET_SIZE", "1")))
                .containsExactly("environment DUNLIN_MQTT__MAX_PAKET_SIZE: no setting has this name:"
                        + " did you mean DUNLIN_MQTT__MAX_PACKET_SIZE?");
        assertThat(load(file, Map.of("DUNLIN_SERVICE_HOST", "10.0.0.1")).warnings())
                .extracting(Problem::origin)
                .containsExactly("environment DUNLIN_SERVICE_HOST");
        assertThat(load(file, Map.of("OTHER__X", "1", "DUNLIN_", "")).warnings())
                .isEmpty();
    }

    @Test
    void secretsComeFromFiles() throws InvalidConfig, IOException {
        Path secret = Files.writeString(folder.resolve("bob.txt"), "hunter2\n");
        Path file = file("authentication.users.bob.password-file = bob.txt");
        assertThat(named(load(file, Map.of()).value().authentication().users(), "bob")
                        .password()
                        .value())
                .isEqualTo("hunter2");
        Path empty = file("");
        Map<String, String> environment = Map.of("DUNLIN_AUTHENTICATION__USERS__AL__PASSWORD_FILE", secret.toString());
        assertThat(named(load(empty, environment).value().authentication().users(), "al")
                        .password()
                        .value())
                .isEqualTo("hunter2");
    }

    @Test
    void secretsThatAreMissingDoubleOrUnreadable() throws IOException {
        assertThat(problems("authentication.users {", "bob {}", "}"))
                .containsExactly(
                        "dunlin.conf:2: authentication.users.bob.password is missing: give it, or password-file"
                                + " with the path of a file that holds it");
        assertThat(problems("authentication.users.bob {", "password = a", "password-file = b", "}"))
                .containsExactly("dunlin.conf:3: authentication.users.bob.password and"
                        + " authentication.users.bob.password-file are both given: keep one of them");
        assertThat(problems("authentication.users.bob.password-file = nowhere"))
                .containsExactly(
                        "dunlin.conf:1: authentication.users.bob.password-file = nowhere cannot be read: give a"
                                + " file that this user can read");
    }

    @Test
    void unknownSettingsNameTheNearest() throws IOException {
        assertThat(problems("", "mqtt {", "  max-packet-siz = 1MiB", "}"))
                .containsExactly(
                        "dunlin.conf:3: mqtt.max-packet-siz is not a setting: did you mean mqtt.max-packet-size?");
        assertThat(problems("max_inflight_messages = 20"))
                .containsExactly("dunlin.conf:1: max_inflight_messages is not a setting: did you mean"
                        + " mqtt.max-inflight-messages?");
        assertThat(problems("listener.tcp.bind = 1883"))
                .containsExactly("dunlin.conf:1: listener is not a setting: did you mean listeners?");
        assertThat(problems("log.zzzzzzzz = 1"))
                .containsExactly("dunlin.conf:1: log.zzzzzzzz is not a setting: known in log are level, connections");
        assertThat(problems("listeners.a {", "bind = \"127.0.0.1:1\"", "brnd = 2 }"))
                .containsExactly("dunlin.conf:3: listeners.a.brnd is not a setting: did you mean listeners.a.bind?");
        assertThat(problems(file(""), Map.of(), "mqtt.max-keepaliv=1s"))
                .containsExactly("--set mqtt.max-keepaliv=1s: mqtt.max-keepaliv is not a setting: did you mean"
                        + " mqtt.max-keepalive?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            mqtt.receive-maximum = many        | mqtt.receive-maximum = "many" does not fit: expected is a whole number
            mqtt.receive-maximum = 1.5         | mqtt.receive-maximum = 1.5 does not fit: expected is a whole number
            mqtt.receive-maximum = 99999999999 | mqtt.receive-maximum = 99999999999 does not fit: expected is a whole number
            mqtt.receive-maximum = [1]         | mqtt.receive-maximum = [1] does not fit: expected is a whole number
            mqtt.receive-maximum = 70000       | mqtt.receive-maximum = 70000 is out of bounds: expected is 1 to 65535
            mqtt.receive-maximum = 0           | mqtt.receive-maximum = 0 is out of bounds: expected is 1 to 65535
            mqtt.max-packet-size = big         | mqtt.max-packet-size = "big" does not fit: expected is a size in bytes, such as 4096, 64KiB, 16MiB or 1GiB
            mqtt.max-packet-size = 1GiB        | mqtt.max-packet-size = "1GiB" is out of bounds: expected is 128 to 268435460
            mqtt.max-keepalive = 60            | mqtt.max-keepalive = 60 does not fit: expected is a time with its unit, such as 500ms, 30s, 10m, 2h or 7d
            mqtt.max-keepalive = 60 bananas    | mqtt.max-keepalive = "60 bananas" does not fit: expected is a time with its unit, such as 500ms, 30s, 10m, 2h or 7d
            mqtt.max-keepalive = 2d            | mqtt.max-keepalive = "2d" is out of bounds: expected is 0s to 65535s
            mqtt.retain-available = perhaps    | mqtt.retain-available = "perhaps" does not fit: expected is true or false
            mqtt.max-sessions = 0              | mqtt.max-sessions = 0 is out of bounds: expected is at least 1
            transport = kqueue                 | transport = "kqueue" does not fit: expected is auto, epoll, io-uring or nio
            mqtt = 5                           | mqtt = 5 does not fit: expected is a group
            listeners = none                   | listeners = ****** does not fit: expected is a group { ... } of names
            listeners.a { type = tcp }         | listeners.a.bind is missing: expected is an address to listen on
            listeners.a.bind = "localhost:x"   | listeners.a.bind = "localhost:x" does not fit: expected is an address to listen on
            listeners.a.bind = "1.2.3.4:65536" | listeners.a.bind = "1.2.3.4:65536" does not fit: expected is an address
            listeners.a { bind = "127.0.0.1:1", websocket.origins = x } | listeners.a.websocket.origins = "x" does not fit: expected is a list [ ... ]
            shards = 0                         | shards = 0 is out of bounds: expected is 1 to 1024
            """)
    void valuesThatDoNotFit(String line, String problem) throws IOException {
        assertThat(problems("", line)).singleElement().asString().startsWith("dunlin.conf:2: " + problem);
    }

    @Test
    void oneRunNamesAllProblems() throws IOException {
        assertThat(problems("mqtt.receive-maximum = 0", "shards = x", "colour = red", "log.level = loud"))
                .hasSize(4)
                .anySatisfy(problem -> assertThat(problem).startsWith("dunlin.conf:1: "))
                .anySatisfy(problem -> assertThat(problem).startsWith("dunlin.conf:2: "))
                .anySatisfy(problem -> assertThat(problem).startsWith("dunlin.conf:3: "))
                .anySatisfy(problem -> assertThat(problem).startsWith("dunlin.conf:4: "));
    }

    @Test
    void brokenSyntaxNamesTheLine() throws IOException {
        assertThat(problems("mqtt {", "  x = [1,", "}"))
                .singleElement()
                .asString()
                .startsWith("dunlin.conf:3: ");
        assertThat(problems("a = ${nowhere}"))
                .singleElement()
                .asString()
                .startsWith("dunlin.conf:1: ")
                .contains("nowhere");
        assertThat(problems("include \"missing.conf\""))
                .singleElement()
                .asString()
                .contains("missing.conf");
        assertThat(problems("include url(\"http://127.0.0.1:1/\")"))
                .singleElement()
                .asString()
                .contains("not supported");
        assertThat(problems("a = " + "[".repeat(200_000))).isNotEmpty();
    }

    @Test
    void includedFilesKeepTheirOwnLinesAndFolders() throws IOException {
        Path other = Files.createDirectory(folder.resolve("sub")).resolve("more.conf");
        Files.writeString(other, "\nauthentication.password-file = users.txt\n");
        assertThat(problems("include \"sub/more.conf\""))
                .containsExactly("sub/more.conf:2: authentication.password-file = sub/users.txt does not exist");
    }

    @Test
    void filesThatCannotBeRead() {
        Path missing = folder.resolve("nowhere.conf");
        assertThatThrownBy(() -> load(missing, Map.of()))
                .hasMessage("the configuration file " + missing + " does not exist");
        assertThatThrownBy(() -> load(folder, Map.of()))
                .hasMessage("the configuration file " + folder + " is no file that this user can read");
    }

    @Test
    void overridesThatAreNoSettings() throws IOException {
        assertThat(problems(file(""), Map.of(), "a..b=1"))
                .singleElement()
                .asString()
                .startsWith("--set a..b=1: ");
        assertThat(problems(file(""), Map.of(), "shards=[1"))
                .singleElement()
                .asString()
                .startsWith("--set shards=[1: ");
    }

    @Test
    void nobodyOpensABrokerToTheNetworkByForgettingALine() throws InvalidConfig, IOException {
        assertThat(problems("listeners.lan.bind = 1883"))
                .containsExactly("dunlin.conf:1: listeners.lan.bind = *:1883 is open to the network and no login is"
                        + " configured: give authentication.password-file or authentication.users, or set"
                        + " listeners.lan.allow-anonymous = true to let everybody in");
        assertThat(load("listeners.lan { bind = 1883, allow-anonymous = true }")
                        .value()
                        .listeners())
                .hasSize(1);
        assertThat(load("listeners.lan.bind = 1883", "authentication.allow-anonymous = true")
                        .value()
                        .listeners())
                .hasSize(1);
        ServerConfig login = load("listeners.lan.bind = 1883", "authentication.users.al.password = x")
                .value();
        assertThat(Listeners.anonymous(named(login.listeners(), "lan"), login.authentication()))
                .isFalse();
        assertThat(problems("listeners.lan { bind = \"127.0.0.1:1883\"", " allow-anonymous = false }"))
                .singleElement()
                .asString()
                .startsWith("dunlin.conf:1: listeners.lan lets nobody in");
        ServerConfig loginOnLoopback =
                load("authentication.users.al.password = x").value();
        assertThat(Listeners.anonymous(named(loginOnLoopback.listeners(), "tcp"), loginOnLoopback.authentication()))
                .isFalse();
    }

    @Test
    void settingsThatContradictEachOther() throws IOException {
        assertThat(problems("listeners.s { type = tls, bind = \"127.0.0.1:8883\" }"))
                .containsExactly(
                        "dunlin.conf:1: listeners.s has type tls but no tls { certfile, keyfile }: give both, or"
                                + " change its type");
        Files.writeString(folder.resolve("p.pem"), "x");
        assertThat(problems("listeners.s { bind = \"127.0.0.1:1883\", tls { certfile = p.pem, keyfile = p.pem } }"))
                .singleElement()
                .asString()
                .contains("listeners.s.tls has no effect on type tcp: set type = tls");
        assertThat(problems(
                        "listeners.s { type = tls, bind = \"127.0.0.1:8883\"",
                        " tls { certfile = p.pem, keyfile = k.pem",
                        "  require-certificate = true } }"))
                .containsExactly(
                        "dunlin.conf:2: listeners.s.tls.keyfile = k.pem does not exist",
                        "dunlin.conf:3: listeners.s.tls.require-certificate needs cafile: the authorities that sign the"
                                + " clients' certificates");
        assertThat(problems("listeners { a.bind = \"127.0.0.1:1\"", "b.bind = \"127.0.0.1:1\" }"))
                .containsExactly("dunlin.conf:2: listeners.b.bind = 127.0.0.1:1 is taken by the listener a");
        assertThat(problems("node.name = \"a/b\"")).singleElement().asString().contains("cannot be a topic level");
        assertThat(problems("authentication.password-file = none.txt"))
                .containsExactly("dunlin.conf:1: authentication.password-file = none.txt does not exist");
    }
}
