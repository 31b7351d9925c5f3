package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assembled broker over real sockets: listeners that come and go, logins, reloads, the $SYS topics. */
class ServerTest {
    private static ServerConfig config(String... settings) throws InvalidConfig {
        String[] all = Arrays.copyOf(settings, settings.length + 1);
        all[settings.length] =
                "store.enabled=" + Arrays.stream(settings).anyMatch(setting -> setting.startsWith("node.data-dir"));
        List<ConfigSources.Given> given = Arrays.stream(all)
                .map(setting -> setting.split("=", 2))
                .map(setting -> new ConfigSources.Given(setting[0], setting[1], setting[0]))
                .toList();
        return ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), given))
                .value();
    }

    private static ServerConfig tcp(String... settings) throws InvalidConfig {
        String[] all = Arrays.copyOf(settings, settings.length + 2);
        all[settings.length] = "listeners.tcp.bind=127.0.0.1:0";
        all[settings.length + 1] = "shards=2";
        return config(all);
    }

    private static ReasonCode goodbye(RawClient client) throws IOException {
        Packet packet = client.receive();
        assertThat(packet).isInstanceOf(Disconnect.class);
        return ((Disconnect) packet).reason();
    }

    @Test
    void servesClientsAndTellsThemWhenItEnds() throws Exception {
        RawClient client;
        try (Server server = Server.start(tcp())) {
            client = new RawClient(server.port("tcp"));
            assertThat(client.connect("a").reason()).isEqualTo(ReasonCode.SUCCESS);
        }
        assertThat(goodbye(client)).isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN);
        client.close();
    }

    @Test
    void whereNoLoginIsConfiguredAUserNameIsNotChecked() throws Exception {
        try (Server server = Server.start(tcp());
                RawClient client = new RawClient(server.port("tcp"))) {
            assertThat(client.connect("a", "somebody", "something").reason()).isEqualTo(ReasonCode.SUCCESS);
        }
    }

    @Test
    void loginsAreChecked() throws Exception {
        ServerConfig config = tcp("authentication.users.al.password=secret");
        try (Server server = Server.start(config);
                RawClient right = new RawClient(server.port("tcp"));
                RawClient wrong = new RawClient(server.port("tcp"));
                RawClient nobody = new RawClient(server.port("tcp"))) {
            assertThat(right.connect("a", "al", "secret").reason()).isEqualTo(ReasonCode.SUCCESS);
            assertThat(wrong.connect("b", "al", "guess").reason()).isEqualTo(ReasonCode.BAD_USER_NAME_OR_PASSWORD);
            assertThat(nobody.connect("c").reason()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        }
    }

    @Test
    void listenersStopAndStartOneByOne() throws Exception {
        ServerConfig config = config("listeners.a.bind=127.0.0.1:0", "listeners.b.bind=127.0.0.1:0", "shards=1");
        try (Server server = Server.start(config);
                RawClient atA = new RawClient(server.port("a"));
                RawClient atB = new RawClient(server.port("b"))) {
            atA.connect("a");
            atB.connect("b");
            int port = server.port("a");
            server.listener("a").stop();
            assertThat(goodbye(atA)).isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION);
            assertThatThrownBy(() -> new RawClient(port)).isInstanceOf(IOException.class);
            assertThat(server.listeners()).extracting(OpenListeners.Entry::name).containsExactly("b");
            server.listener("a").start();
            try (RawClient again = new RawClient(server.port("a"))) {
                assertThat(again.connect("a").reason()).isEqualTo(ReasonCode.SUCCESS);
            }
            atB.subscribe("x");
            assertThatThrownBy(() -> server.port("c")).hasMessageContaining("there is no listener c");
        }
    }

    @Test
    void aPortInUseIsToldAsASentence() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerConfig config = config("listeners.tcp.bind=127.0.0.1:" + taken.getLocalPort());
            assertThatThrownBy(() -> Server.start(config))
                    .isInstanceOf(StartFailed.class)
                    .hasMessageContaining(":" + taken.getLocalPort())
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void aPasswordFileThatIsNoneIsToldAsASentence(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("users.txt"), "al:plain\n");
        ServerConfig config = tcp("authentication.password-file=" + file);
        assertThatThrownBy(() -> Server.start(config))
                .isInstanceOf(StartFailed.class)
                .hasMessageContaining("users.txt line 1");
    }

    @Test
    void aDataFolderIsMade(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("a/b");
        Server.start(tcp("node.data-dir=" + data)).close();
        assertThat(Files.getPosixFilePermissions(data)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        Path file = Files.writeString(folder.resolve("file"), "");
        ServerConfig under = tcp("node.data-dir=" + file.resolve("x"));
        assertThatThrownBy(() -> Server.start(under)).hasMessageContaining("cannot be made");
    }

    @Test
    void reloadChangesWhatCanChange() throws Exception {
        try (Server server = Server.start(tcp("mqtt.receive-maximum=7"));
                RawClient client = new RawClient(server.port("tcp"))) {
            client.connect("a");
            int port = server.port("tcp");
            ServerConfig next = config(
                    "listeners.tcp.bind=127.0.0.1:0",
                    "listeners.more.bind=127.0.0.1:0",
                    "mqtt.receive-maximum=8",
                    "shards=3");
            Server.Reloaded reloaded = server.reload(next);
            assertThat(reloaded.live())
                    .extracting(Object::toString)
                    .contains("mqtt.receive-maximum: 7 -> 8", "listeners.more.bind: (unset) -> \"127.0.0.1:0\"");
            assertThat(reloaded.restart()).extracting(Object::toString).containsExactly("shards: 2 -> 3");
            assertThat(reloaded.failures()).isEmpty();
            assertThat(server.broker().options().connections().receiveMaximum()).isEqualTo(8);
            assertThat(server.port("tcp")).as("untouched listener").isEqualTo(port);
            try (RawClient more = new RawClient(server.port("more"))) {
                more.connect("b");
                client.subscribe("still/here");
                Server.Reloaded back = server.reload(tcp("mqtt.receive-maximum=8"));
                assertThat(goodbye(more)).isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION);
                assertThat(back.restart()).isEmpty();
            }
            assertThat(server.reload(tcp("mqtt.receive-maximum=8")).live()).isEmpty();
        }
    }

    @Test
    void reloadReopensAListenerThatDiffersAndKeepsItsConnections() throws Exception {
        try (Server server = Server.start(tcp());
                RawClient client = new RawClient(server.port("tcp"))) {
            client.connect("a");
            int port = server.port("tcp");
            server.reload(tcp("listeners.tcp.backlog=7"));
            client.subscribe("still/here");
            try (RawClient other = new RawClient(server.port("tcp"))) {
                assertThat(other.connect("b").reason()).isEqualTo(ReasonCode.SUCCESS);
            }
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Server.Reloaded reloaded =
                        server.reload(config("listeners.tcp.bind=127.0.0.1:" + taken.getLocalPort(), "shards=2"));
                assertThat(reloaded.failures()).singleElement().asString().contains("in use");
            }
            assertThat(port).isPositive();
            try (RawClient other = new RawClient(server.port("tcp"))) {
                assertThat(other.connect("c").reason()).as("the old one stays").isEqualTo(ReasonCode.SUCCESS);
            }
        }
    }

    @Test
    void reloadThatClosesADoorEndsWhoCameThroughIt() throws Exception {
        try (Server server = Server.start(tcp());
                RawClient anonymous = new RawClient(server.port("tcp"))) {
            anonymous.connect("a");
            server.reload(tcp("authentication.users.al.password=secret"));
            assertThat(goodbye(anonymous)).isEqualTo(ReasonCode.NOT_AUTHORIZED);
            try (RawClient al = new RawClient(server.port("tcp"))) {
                assertThat(al.connect("b", "al", "secret").reason()).isEqualTo(ReasonCode.SUCCESS);
            }
        }
    }

    @Test
    void aListenerThatCannotBeReplacedKeepsItsLoginsToo() throws Exception {
        try (Server server = Server.start(tcp("authentication.users.al.password=secret"))) {
            ServerConfig open;
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                String elsewhere = "listeners.tcp.bind=127.0.0.1:" + taken.getLocalPort();
                open = config(elsewhere, "listeners.tcp.allow-anonymous=true", "shards=2");
                for (int turn = 0; turn < 2; turn++) { // what it keeps outlives a second reload
                    keepsItsLogins(server, open);
                }
            }
            assertThat(server.reload(open).failures()).isEmpty();
            try (RawClient anonymous = new RawClient(server.port("tcp"))) {
                assertThat(anonymous.connect("a").reason()).isEqualTo(ReasonCode.SUCCESS);
            }
        }
    }

    private static void keepsItsLogins(Server server, ServerConfig open) throws Exception {
        assertThat(server.reload(open).failures()).singleElement().asString().contains("in use");
        try (RawClient anonymous = new RawClient(server.port("tcp"));
                RawClient al = new RawClient(server.port("tcp"))) {
            assertThat(anonymous.connect("a").reason()).isNotEqualTo(ReasonCode.SUCCESS);
            assertThat(al.connect("b", "al", "secret").reason()).isEqualTo(ReasonCode.SUCCESS);
        }
    }

    @Test
    void publishesTheSysTopics() throws Exception {
        try (Server server = Server.start(tcp("sys.client-events=true", "node.name=gull"));
                RawClient client = new RawClient(server.port("tcp"));
                RawClient other = new RawClient(server.port("tcp"))) {
            client.connect("watcher");
            client.subscribe("$SYS/#");
            Map<String, String> retained = client.receiveUntil(List.of(
                    "$SYS/broker/uptime", "$SYS/broker/retained messages/count", "$SYS/broker/load/sockets/15min"));
            assertThat(retained.get("$SYS/broker/uptime")).matches("\\d+ seconds");
            other.connect("other");
            String connected = "$SYS/brokers/gull/clients/other/connected";
            assertThat(client.receiveUntil(List.of(connected)).get(connected)).startsWith("{\"clientid\":\"other\"");
            server.broker().disconnect("other", ReasonCode.ADMINISTRATIVE_ACTION, "test");
            client.receiveUntil(List.of("$SYS/brokers/gull/clients/other/disconnected"));
            await().until(() -> server.broker().totals().connected() == 1);
        }
    }

    @Test
    void sysTopicsCanBeSwitchedOff() throws Exception {
        try (Server server = Server.start(tcp("sys.interval=0s"));
                RawClient client = new RawClient(server.port("tcp"))) {
            client.connect("watcher");
            client.subscribe("$SYS/#");
            assertThat(server.broker().totals().retainedMessages()).isZero();
            server.reload(tcp("sys.interval=1s"));
            client.receiveUntil(List.of("$SYS/broker/uptime"));
        }
    }
}
