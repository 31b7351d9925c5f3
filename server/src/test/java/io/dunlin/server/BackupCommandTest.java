package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.SocketPath;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Backups of a running broker and their way back, by the command line and over HTTP. */
@EnabledOnOs(
        value = {OS.LINUX, OS.MAC},
        disabledReason = "the control socket")
@Timeout(120)
class BackupCommandTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String[] USERS = {
        "authentication.built-in = true", "authentication.hashing.memory = 7MiB", "authentication.hashing.passes = 1"
    };

    @TempDir
    private Path folder;

    private record Outcome(int code, String out, String err) {}

    private Outcome run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private String does(String... args) {
        Outcome outcome = run(args);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        return outcome.out();
    }

    private String fails(String... args) {
        Outcome outcome = run(args);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.code()).isEqualTo(1);
        return outcome.err();
    }

    private Server start(Path data, String... settings) throws IOException, InvalidConfig {
        Path file = Files.writeString(
                folder.resolve("dunlin.conf"),
                "listeners.tcp.bind = \"127.0.0.1:0\"\nconsole.bind = \"127.0.0.1:0\"\nnode.data-dir = " + data + "\n"
                        + String.join("\n", settings));
        return Server.start(ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of())));
    }

    private static RawClient client(Server server) throws IOException {
        return new RawClient(server.port("tcp"));
    }

    /** Takes part in a session that outlives it. */
    private static Connack resume(RawClient client, String id) throws IOException {
        client.send(new Connect(
                ProtocolVersion.V5,
                id,
                false,
                60,
                Properties.of(Property.SESSION_EXPIRY_INTERVAL, 600),
                null,
                null,
                null));
        return (Connack) client.receive();
    }

    private static void subscribe(RawClient client, String filter) throws IOException {
        client.send(new Subscribe(
                1,
                Properties.NONE,
                List.of(new SubscriptionRequest(filter, QoS.EXACTLY_ONCE, true, true, RetainHandling.SEND))));
        assertThat(client.receive()).isInstanceOf(Suback.class);
    }

    private static Publish message(String topic, QoS qos, boolean retain, int packetId, String text) {
        return new Publish(
                false,
                qos,
                retain,
                TopicName.of(topic),
                packetId,
                Properties.NONE,
                text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Packet packet) {
        return new String(((Publish) packet).payload(), StandardCharsets.UTF_8);
    }

    @Test
    void aBackupIsWholeOrNotThere() throws Exception {
        Path data = folder.resolve("data");
        Path file = folder.resolve("all.tar");
        assertThat(fails("backup", "" + file, "--data", "" + data)).contains("no broker runs");
        try (Server server = start(data, USERS)) {
            Path secret = Files.writeString(folder.resolve("secret"), "pässwörd\n");
            does("users", "create", "alice", "--password-file", "" + secret, "--data", "" + data);
            byte[] password = "pässwörd".getBytes(StandardCharsets.UTF_8);
            for (int expirySeconds :
                    new int[] {0, 600}) { // the first one's session ends with its connection, and is not stored
                client(server)
                        .send(new Connect(
                                ProtocolVersion.V5,
                                "client-" + expirySeconds,
                                true,
                                60,
                                Properties.of(Property.SESSION_EXPIRY_INTERVAL, expirySeconds),
                                null,
                                "alice",
                                password));
            }
            await().until(() -> server.broker().totals().connected() == 2);
            assertThat(does("backup", "" + file, "--data", "" + data))
                    .startsWith("OK: 1 sessions, 0 queued and 0 retained messages, 1 users in " + file)
                    .contains("bytes, SHA-256 ");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(fails("backup", "" + file, "--data", "" + data)).contains("is there already", "--overwrite");
            JsonNode made = JSON.readTree(does("backup", "" + file, "--overwrite", "--json", "--data", "" + data));
            assertThat(made.path("bytes").asLong()).isEqualTo(Files.size(file));
            assertThat(made.path("users").asLong()).isEqualTo(1);
            assertThat(fails("backup", "" + folder.resolve("none/x.tar"), "--data", "" + data))
                    .contains("there is no folder");
            assertThat(does("restore", "--dry-run", "" + file))
                    .contains("1 sessions", "1 users", "OK: the backup is whole; nothing was changed");
            assertThat(fails("restore", "" + file, "--data", "" + data)).contains("a broker runs", "stop it first");
            assertThat(Files.readString(data.resolve("audit.jsonl"))).contains("\"event\":\"backup.taken\"");
        }
        assertThat(fails("restore", "" + file, "--data", "" + data)).contains("holds data of a broker", "--replace");
        assertThat(fails("restore", "" + folder.resolve("no.tar"), "--data", "" + data))
                .contains("there is no file");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(one -> one.toString().contains(".part"))).isEmpty();
        }
    }

    @Test
    void aDamagedBackupIsRefusedAndNothingChanges() throws Exception {
        Path file = folder.resolve("all.tar");
        try (Server _ = start(folder.resolve("data"))) {
            does("backup", "" + file, "--data", "" + folder.resolve("data"));
        }
        byte[] whole = Files.readAllBytes(file);
        byte[] changed = whole.clone();
        changed[whole.length / 2] ^= 1;
        Path fresh = folder.resolve("fresh");
        Files.write(file, changed, StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(fails("restore", "" + file, "--data", "" + fresh)).contains("the backup is damaged");
        Files.write(file, Arrays.copyOf(whole, whole.length - 700), StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(fails("restore", "--dry-run", "" + file)).contains("ends too early");
        assertThat(fails("restore", "" + file, "--data", "" + fresh)).contains("ends too early");
        Files.write(file, whole, StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(fails("restore", "" + file)).contains("--data");
        assertThat(Path.of("dunlin-data")).doesNotExist();
        assertThat(does("restore", "" + file, "--data", "" + fresh)).contains("OK: restored into " + fresh);
    }

    @Test
    void whoStoresNothingHasNothingToBackUp() throws Exception {
        Path socket = folder.resolve("c.sock");
        try (Server _ = start(folder.resolve("data"), "store.enabled = false", "control.socket = \"" + socket + "\"")) {
            assertThat(fails("backup", "" + folder.resolve("x.tar"), "--socket", "" + socket))
                    .contains("this broker stores nothing (--memory");
        }
        assertThat(folder.resolve("x.tar")).doesNotExist();
    }

    /** Packet identifiers and QoS 2 state on both sides are what the broker had when the backup was taken. */
    @Test
    void whatIsInFlightGoesOnExactly() throws Exception {
        Path data = folder.resolve("data");
        Path fresh = folder.resolve("fresh");
        Path file = folder.resolve("all.tar");
        int second;
        int third;
        try (Server server = start(data);
                RawClient subscriber = client(server);
                RawClient publisher = client(server)) {
            resume(subscriber, "subscriber");
            subscribe(subscriber, "flow/#");
            resume(publisher, "publisher");
            for (int id = 1; id <= 3; id++) {
                publisher.send(message("flow/a", QoS.EXACTLY_ONCE, false, id, "m" + id));
                assertThat(publisher.receive()).isInstanceOf(Pubrec.class);
            }
            publisher.send(new Pubrel(1));
            assertThat(publisher.receive()).isInstanceOf(Pubcomp.class);
            publisher.send(message("flow/kept", QoS.AT_LEAST_ONCE, true, 9, "kept"));
            assertThat(publisher.receive()).isInstanceOf(Puback.class);
            Publish one = (Publish) subscriber.receive();
            subscriber.send(new Pubrec(one.packetId()));
            second = awaitPublish(subscriber, "m2").packetId();
            subscriber.send(new Pubrec(second));
            third = awaitPublish(subscriber, "m3").packetId();
            awaitRel(subscriber, second);
            does("backup", "" + file, "--data", "" + data);
            publisher.send(message("flow/a", QoS.EXACTLY_ONCE, false, 4, "later"));
            assertThat(publisher.receive()).isInstanceOf(Pubrec.class);
        }
        does("restore", "" + file, "--data", "" + fresh);
        try (Server server = start(fresh);
                RawClient publisher = client(server);
                RawClient subscriber = client(server)) {
            assertThat(resume(publisher, "publisher").sessionPresent()).isTrue();
            publisher.send(new Publish(
                    true, QoS.EXACTLY_ONCE, false, TopicName.of("flow/a"), 2, Properties.NONE, new byte[] {1}));
            assertThat(((Pubrec) publisher.receive()).packetId())
                    .as("known: not taken again")
                    .isEqualTo(2);
            publisher.send(message("flow/a", QoS.EXACTLY_ONCE, false, 4, "m4"));
            publisher.receive();
            assertThat(resume(subscriber, "subscriber").sessionPresent()).isTrue();
            boolean released = false;
            boolean again = false;
            for (String last = ""; !last.equals("m4"); ) {
                Packet packet = subscriber.receive();
                if (packet instanceof Pubrel rel) {
                    released |= rel.packetId() == second;
                    subscriber.send(new Pubcomp(rel.packetId()));
                } else if (packet instanceof Publish publish) {
                    last = text(publish);
                    assertThat(last).isIn("m3", "kept", "m4");
                    again |= last.equals("m3") && publish.dup() && publish.packetId() == third;
                    subscriber.send(
                            publish.qos() == QoS.EXACTLY_ONCE
                                    ? new Pubrec(publish.packetId())
                                    : new Puback(publish.packetId()));
                }
            }
            assertThat(released).as("PUBREL of the second").isTrue();
            assertThat(again).as("the third again under its identifier").isTrue();
            assertThat(does("retained", "show", "flow/kept", "--data", "" + fresh))
                    .contains("payload_size: 4");
        }
    }

    private static Publish awaitPublish(RawClient client, String text) throws IOException {
        for (Packet packet = client.receive(); ; packet = client.receive()) {
            if (packet instanceof Publish publish && text(publish).equals(text)) {
                return publish;
            }
        }
    }

    private static void awaitRel(RawClient client, int packetId) throws IOException {
        Packet packet = client.receive();
        while (!(packet instanceof Pubrel rel && rel.packetId() == packetId)) {
            packet = client.receive();
        }
    }

    private static final class Api {
        private final HttpClient http = HttpClient.newHttpClient();
        private final String url;
        private String token = "";

        Api(List<String> lines, String password) throws IOException, InterruptedException {
            url = lines.getFirst().substring("console: ".length()) + "api/v1";
            HttpResponse<byte[]> login = send(
                    "/login",
                    JSON.writeValueAsBytes(Map.of("username", "admin", "password", password)),
                    "application/json");
            token = json(login).path("token").asString();
        }

        HttpResponse<byte[]> send(String path, byte[] body, String type) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(Duration.ofSeconds(60))
                    .header("Content-Type", type)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body));
            if (!token.isEmpty()) {
                request.header("Authorization", "Bearer " + token);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        }

        static JsonNode json(HttpResponse<byte[]> answer) {
            return JSON.readTree(answer.body());
        }
    }

    @Test
    void overHttpItIsVerifiedStagedAndTakesEffectAtTheNextStart() throws Exception {
        Path data = folder.resolve("data");
        String tar = "application/x-tar";
        String password;
        byte[] backup;
        try (Server server = start(data);
                RawClient client = client(server)) {
            client.connect("a");
            String payload = "x".repeat(200_000);
            for (int i = 0; i < 60; i++) { // more than a body may otherwise have
                client.send(message("kept/" + i, QoS.AT_LEAST_ONCE, true, 1, i + payload));
                client.receive();
            }
            List<String> lines = server.openConsole();
            password = lines.get(1).replaceAll(".*the password (\\S+) .*", "$1");
            Api api = new Api(lines, password);
            HttpResponse<byte[]> answer = api.send("/backup", new byte[0], "application/json");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-disposition").orElse(""))
                    .matches("attachment; filename=\"dunlin-.*\\.tar\"");
            backup = answer.body();
            assertThat(backup).hasSizeGreaterThan(12_000_000);
            client.send(message("kept/0", QoS.AT_LEAST_ONCE, true, 1, ""));
            client.receive();
            JsonNode looked = Api.json(api.send("/restore?dry_run=true", backup, tar));
            assertThat(looked.path("state").asString()).isEqualTo("verified");
            assertThat(looked.path("retained").asLong()).isEqualTo(60);
            byte[] cut = Arrays.copyOf(backup, backup.length / 2);
            HttpResponse<byte[]> refused = api.send("/restore", cut, tar);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(Api.json(refused).path("message").asString()).contains("ends too early");
            JsonNode staged = Api.json(api.send("/restore", backup, tar));
            assertThat(staged.path("state").asString()).isEqualTo("staged");
            assertThat(staged.path("message").asString()).contains("the next time", "before-restore-");
            assertThat(does("retained", "count", "kept/#", "--data", "" + data)).startsWith("59 ");
        }
        try (Server server = start(data)) {
            assertThat(does("retained", "count", "kept/#", "--data", "" + data)).startsWith("60 ");
            assertThat(new Api(server.openConsole(), password)
                            .send("/backup", new byte[0], "application/json")
                            .statusCode())
                    .as("the console's accounts came along")
                    .isEqualTo(200);
        }
        try (Stream<Path> files = Files.list(data)) {
            Path aside = files.filter(file -> file.toString().contains("before-restore-"))
                    .findFirst()
                    .orElseThrow();
            try (Server server = start(aside)) { // nothing is lost: it is a data folder of its own
                assertThat(does("retained", "count", "kept/#", "--data", "" + aside))
                        .startsWith("59 ");
                assertThat(server.listeners()).hasSize(1);
            }
        }
    }

    /** Who stops reading in the middle sees what was there at the beginning, and is in the way of others for a while. */
    @Test
    void usersAreThoseOfTheMomentOfTheBackup() throws Exception {
        Path data = folder.resolve("data");
        try (Server server = start(data, USERS);
                RawClient client = client(server)) {
            Path secret = Files.writeString(folder.resolve("secret"), "pässwörd\n");
            String[] alice = {"users", "create", "alice", "--password-file", "" + secret, "--data", "" + data};
            String[] bob = alice.clone();
            bob[2] = "bob";
            does(alice);
            assertThat(client.connect("a", "alice", "pässwörd").reason()).isEqualTo(ReasonCode.SUCCESS);
            String payload = "x".repeat(200_000);
            for (int i = 0; i < 60; i++) { // more than waits on the way
                client.send(message("kept/" + i, QoS.AT_LEAST_ONCE, true, 1, i + payload));
                client.receive();
            }
            ByteArrayOutputStream taken = new ByteArrayOutputStream();
            OutputStream reader = new FilterOutputStream(taken) {
                @Override
                public void write(byte[] from, int at, int length) throws IOException {
                    if (taken.size() == 0) {
                        does(bob);
                        assertThat(fails("backup", "" + folder.resolve("x.tar"), "--data", "" + data))
                                .contains("a backup is being taken already, since 20");
                    }
                    out.write(from, at, length);
                }
            };
            try (ControlClient control =
                    ControlClient.connect(SocketPath.of(data)).orElseThrow()) {
                control.download("backup", Map.of(), reader);
            }
            assertThat(taken.toString(StandardCharsets.ISO_8859_1))
                    .contains("\"alice\"")
                    .doesNotContain("\"bob\"");
            assertThat(does("users", "list", "--data", "" + data)).contains("bob");
        }
    }

    @Test
    void onlyOneBackupIsTakenAtATime() throws Exception {
        Path data = folder.resolve("data");
        try (Server server = start(data);
                RawClient client = client(server)) {
            assertThat(client.connect("a").reason()).isEqualTo(ReasonCode.SUCCESS);
            for (int i = 0; i < 3; i++) { // each lets go of its place
                does("backup", "" + folder.resolve(i + ".tar"), "--data", "" + data);
            }
        }
    }
}
