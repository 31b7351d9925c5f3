package io.dunlin.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dunlin.security.audit.Actor;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(30)
class ControlSocketTest {
    @TempDir
    private Path folder;

    private final List<Actor> actors = new CopyOnWriteArrayList<>();

    private final ControlCommands commands = new ControlCommands()
            .add("echo", request -> {
                actors.add(request.who());
                return Map.of("said", request.text("what"), "times", request.number("times", 1));
            })
            .add("fault", request -> {
                throw new IllegalStateException("marked-secret");
            });

    private Path path() {
        return folder.resolve("control.sock");
    }

    private static ControlClient client(Path path) {
        return ControlClient.connect(path).orElseThrow();
    }

    @Test
    void aCommandIsAnsweredAndTheKernelSaysWhoAsked() throws IOException {
        try (ControlSocket socket = ControlSocket.open(path(), commands);
                ControlClient client = client(socket.path())) {
            JsonNode answer = client.call("echo", Map.of("what", "a\nb", "times", 3));
            assertThat(answer.path("said").asString()).isEqualTo("a\nb");
            assertThat(answer.path("times").asInt()).isEqualTo(3);
            assertThat(client.call("echo", Map.of("what", "x".repeat(500_000)))
                            .path("said")
                            .asString())
                    .hasSize(500_000);
        }
        assertThat(actors).contains(new Actor(System.getProperty("user.name"), "control socket"));
    }

    @Test
    void theOwnerIsKnownByNumberWhereHeHasNoName() throws IOException {
        String name = System.getProperty("user.name");
        System.setProperty("user.name", "?");
        try (ControlSocket socket = ControlSocket.open(path(), commands);
                ControlClient client = client(socket.path())) {
            assertThat(client.call("echo", Map.of("what", "a")).path("said").asString())
                    .isEqualTo("a");
        } finally {
            System.setProperty("user.name", name);
        }
    }

    @Test
    void onlyTheOwnerReachesTheSocketAndItGoesWithTheBroker() throws IOException {
        try (ControlSocket socket = ControlSocket.open(path(), commands)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.path())))
                    .isEqualTo("rw-------");
            try (var files = Files.list(folder)) {
                assertThat(files).containsExactly(path());
            }
        }
        assertThat(path()).doesNotExist();
        assertThat(ControlClient.connect(path())).isEmpty();
    }

    @Test
    void whatAKilledBrokerLeftIsReplacedAndALiveOneIsNot() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path()));
        }
        assertThat(path()).exists();
        assertThat(ControlClient.connect(path())).isEmpty();
        try (ControlSocket socket = ControlSocket.open(path(), commands);
                ControlClient client = client(path())) {
            assertThat(client.call("help", Map.of()).size()).isEqualTo(3);
            assertThatThrownBy(() -> ControlSocket.open(path(), commands))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another broker answers at the control socket " + socket.path());
            assertThat(client.call("help", Map.of()).size()).isEqualTo(3);
        }
    }

    @Test
    void aFileInItsPlaceIsNeverRemoved() throws IOException {
        Files.writeString(path(), "precious");
        assertThatThrownBy(() -> ControlSocket.open(path(), commands)).hasMessageContaining("move it away");
        assertThat(path()).hasContent("precious");
    }

    @Test
    void wrongRequestsAreAnsweredWithASentenceAndNeverWithWhatWasSent() throws IOException {
        for (String line : List.of("marked-secret", "[1]", "{\"command\":7}", "{\"command\":\"echo\"", "")) {
            assertThat(commands.answer(line, Actor.SIGNAL))
                    .startsWith("{\"ok\":false,\"code\":\"BAD_REQUEST\",\"error\":\"")
                    .doesNotContain("marked-secret");
        }
        assertThat(commands.answer("{\"command\":\"echo\"}", Actor.SIGNAL)).contains("echo needs what");
        assertThat(commands.answer("{\"command\":\"echo\",\"what\":[]}", Actor.SIGNAL))
                .contains("what is no text");
        assertThat(commands.answer("{\"command\":\"echo\",\"what\":\"a\",\"times\":1.5}", Actor.SIGNAL))
                .contains("times is no whole number");
        assertThat(commands.answer("{\"command\":\"nothing\"}", Actor.SIGNAL)).contains("echo, fault, help");
        assertThat(commands.answer("{\"command\":\"fault\"}", Actor.SIGNAL))
                .contains("failed inside the broker")
                .doesNotContain("marked-secret");
        try (ControlSocket socket = ControlSocket.open(path(), commands);
                ControlClient client = client(socket.path())) {
            assertThatThrownBy(() -> client.call("nothing", Map.of()))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("no command nothing");
        }
    }

    @Test
    void connectionsThatOnlyStayGiveWay() throws IOException {
        try (ControlSocket socket = ControlSocket.open(path(), commands)) {
            List<ControlClient> silent = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                silent.add(client(socket.path()));
            }
            try (ControlClient last = client(socket.path())) {
                assertThat(last.call("help", Map.of()).size()).isEqualTo(3);
            }
            silent.forEach(ControlClient::close);
        }
    }

    @Test
    void aLongFolderGetsAShortSocketThatBothSidesFind() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("d".repeat(90)).resolve("e".repeat(60)));
        Path path = SocketPath.of(deep);
        assertThat(SocketPath.fits(path)).isTrue();
        assertThat(path).isEqualTo(SocketPath.of(deep.resolve("../" + deep.getFileName())));
        assertThat(SocketPath.prepare(path, deep).orElseThrow()).contains("too long", path.toString());
        Path own = path.getParent();
        try (ControlSocket socket = ControlSocket.open(path, commands);
                ControlClient client = client(path)) {
            assertThat(client.call("help", Map.of()).size()).isEqualTo(3);
            assertThat(socket.path()).isEqualTo(path);
        }
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> SocketPath.prepare(path, deep)).hasMessageContaining("open to others");
        Files.delete(own);
        assertThatThrownBy(() -> ControlSocket.open(deep.resolve("control.sock"), commands))
                .hasMessageContaining("set control.socket to a shorter one");
        assertThat(SocketPath.prepare(SocketPath.of(folder), folder)).isEmpty();
    }
}
