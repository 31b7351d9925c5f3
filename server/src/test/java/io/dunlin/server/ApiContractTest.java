package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.RetainHandling;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a real broker answers is what the contract of the HTTP API says: no field more, no other type. */
@Timeout(180)
class ApiContractTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** Files and streams. */
    private static final Set<String> WITHOUT_SCHEMA =
            Set.of("/api/v1/subscribe", "/api/v1/trace/{name}/download", "/metrics", "/api-docs");

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Set<String> asked = new TreeSet<>();
    private String url = "";
    private String key = "";
    private int starts;
    private @Nullable ApiContract contract;

    private CommandLineBroker start(String... settings) throws Exception {
        CommandLineBroker broker = CommandLineBroker.start(folder, settings);
        List<String> lines = broker.server().openConsole(false);
        url = lines.getFirst().substring("console: ".length(), lines.getFirst().length() - 1);
        contract = new ApiContract(send("GET", "/api-docs", "").body());
        key = broker.does("console", "keys", "--create", "tests-" + ++starts, "--role", "admin")
                .strip();
        return broker;
    }

    private ApiContract contract() {
        ApiContract known = contract;
        if (known == null) {
            throw new AssertionError("no broker was started");
        }
        return known;
    }

    private HttpResponse<String> send(String method, String path, Object body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode checked(String method, String path, Object body, int status) throws Exception {
        HttpResponse<String> response = send(method, path, body);
        assertThat(response.statusCode()).as(path + " " + response.body()).isEqualTo(status);
        JsonNode answer = JSON.readTree(response.body());
        assertThat(contract().problems(method, contract().template(path), status, answer))
                .as(method + " " + path + " " + response.body())
                .isEmpty();
        return answer;
    }

    private JsonNode get(String path) throws Exception {
        JsonNode answer = checked("GET", path, "", 200);
        asked.add(contract().template(path));
        return answer;
    }

    /** Of a list that has some. */
    private JsonNode rows(String path) throws Exception {
        JsonNode data = get(path).path("data");
        assertThat(data).as(path).isNotEmpty();
        return data;
    }

    private void post(String path, Object body) throws Exception {
        checked("POST", path, body, 200);
    }

    private static RawClient away(int port, String clientId, boolean isRead) throws IOException {
        RawClient client = new RawClient(port);
        client.send(new Connect(
                ProtocolVersion.V5,
                clientId,
                false,
                60,
                Properties.of(Property.SESSION_EXPIRY_INTERVAL, 3_600),
                null,
                isRead ? "eve" : null,
                isRead ? "correct-horse".getBytes(StandardCharsets.UTF_8) : null));
        assertThat(((Connack) client.receive()).reason()).isEqualTo(ReasonCode.SUCCESS);
        return client;
    }

    private static void subscribe(RawClient client, String filter, boolean identified) throws IOException {
        client.send(new Subscribe(
                1,
                identified ? Properties.of(Property.SUBSCRIPTION_IDENTIFIER, 7) : Properties.NONE,
                List.of(new SubscriptionRequest(
                        filter, QoS.AT_LEAST_ONCE, identified, identified, RetainHandling.SEND))));
        while (!(client.receive() instanceof Suback)) {}
    }

    private static Publish message(String topic, int packetId, boolean retain, Properties properties) {
        return new Publish(
                false,
                QoS.AT_LEAST_ONCE,
                retain,
                TopicName.of(topic),
                packetId,
                properties,
                "21.5".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void eachAnswerIsAsTheContractSays() throws Exception {
        Path certificates = folder.resolve("certs");
        certs("init", "--dir", certificates.toString());
        certs("server", "short", "--days", "5", "--dir", certificates.toString());
        String[] settings = {
            "authentication { allow-anonymous = true, built-in = true }",
            "authentication.jwt.secret = 0123456789abcdef0123456789abcdef",
            "audit.ignore.anonymous-access = \"a test\"",
            "console.bind = \"127.0.0.1:0\"",
            "listeners.spare { type = tcp, bind = \"127.0.0.1:0\" }",
            "listeners.tls { type = tls, bind = \"127.0.0.1:0\"",
            "tls { certfile = " + certificates.resolve("short.pem"),
            "keyfile = " + certificates.resolve("short.key") + " } }"
        };
        try (CommandLineBroker broker = start(settings);
                RawClient old = away(broker.server().port("tcp"), "old", false)) {
            subscribe(old, "plant/#", false);
        }
        try (CommandLineBroker broker = start(settings);
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), broker.server().port("tcp"));
                RawClient press = new RawClient(socket)) {
            administered();
            press.connect("press");
            try (RawClient eve = away(broker.server().port("tcp"), "eve-1", true)) {
                traffic(eve, press, socket);
                clients();
                messages();
                administration();
                figures();
            }
        }
        assertThat(contract().gets())
                .allSatisfy(template ->
                        assertThat(contract().hasSchema(template)).isNotEqualTo(WITHOUT_SCHEMA.contains(template)));
        Set<String> left = contract().gets();
        left.removeAll(asked);
        assertThat(left).containsExactlyInAnyOrderElementsOf(WITHOUT_SCHEMA);
    }

    private static void certs(String... words) {
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        String[] all = new String[words.length + 1];
        all[0] = "certs";
        System.arraycopy(words, 0, all, 1, words.length);
        assertThat(Main.run(all, out, System.err)).isZero();
    }

    private void administered() throws Exception {
        post(
                "/api/v1/roles",
                Map.of("role", "reader", "rules", List.of("allow subscribe plant/#", "allow receive plant/#")));
        post("/api/v1/groups", Map.of("group", "night", "roles", List.of("reader")));
        post(
                "/api/v1/users",
                Map.of(
                        "user",
                        "eve",
                        "password",
                        "correct-horse",
                        "roles",
                        List.of("reader"),
                        "groups",
                        List.of("night")));
        post("/api/v1/console_users", Map.of("username", "bob", "password", "correct-horse", "role", "viewer"));
        post("/api/v1/api_keys", Map.of("name", "ci", "role", "operator", "time", "30d"));
        post("/api/v1/banned", Map.of("kind", "client", "subject", "mallory"));
        post("/api/v1/banned", Map.of("kind", "address", "subject", "10.9.9.9", "reason", "floods", "time", "2h"));
        post("/api/v1/listeners/spare/stop", Map.of());
        post("/api/v1/trace", Map.of("name", "press", "type", "clientid", "value", "press", "seconds", 600));
        post("/api/v1/trace", Map.of("name", "plant", "type", "topic", "value", "plant/+"));
        checked("PUT", "/api/v1/trace/plant/stop", Map.of(), 200);
        LoggerFactory.getLogger("io.dunlin.ApiContractTest").warn("press-7 is odd");
    }

    /** Eve acknowledges nothing, old is away, and what press says last is none. */
    private void traffic(RawClient eve, RawClient press, Socket socket) throws Exception {
        subscribe(eve, "plant/#", true);
        subscribe(eve, "$share/night/plant/#", false);
        Properties properties = Properties.builder()
                .text(Property.CONTENT_TYPE, "text/plain")
                .text(Property.RESPONSE_TOPIC, "plant/answers")
                .number(Property.MESSAGE_EXPIRY_INTERVAL, 600)
                .user("unit", "C")
                .user("unit", "K")
                .build();
        press.send(message("plant/line1", 1, true, properties));
        press.send(message("plant/line2", 2, true, Properties.NONE));
        press.send(message("other", 3, false, Properties.NONE));
        post("/api/v1/publish", Map.of("topic", "plant/line3", "payload", "on", "qos", 1, "retain", true));
        await().until(() ->
                get("/api/v1/clients/old/mqueue_messages").path("data").size() == 3);
        await().until(() ->
                get("/api/v1/clients/eve-1/inflight_messages").path("data").size() > 2);
        socket.getOutputStream().write(new byte[] {0x36, 0x00}); // a PUBLISH of QoS 3
        socket.getOutputStream().flush();
        await().until(() ->
                get("/api/v1/trace/press/log").path("data").toString().contains("\"clause\""));
    }

    private void clients() throws Exception {
        rows("/api/v1/clients");
        rows("/api/v1/sessions");
        rows("/api/v1/subscriptions");
        rows("/api/v1/clients/eve-1/subscriptions");
        rows("/api/v1/clients/eve-1/events");
        rows("/api/v1/slow_subscribers");
        rows("/api/v1/shared_groups");
        get("/api/v1/clients/eve-1");
        get("/api/v1/clients/old");
        rows("/api/v1/clients/old/mqueue_messages?payload=none");
        for (String client : List.of("eve-1", "old", "nobody")) {
            get("/api/v1/why?clientid=" + client + "&topic=plant/line1");
            get("/api/v1/why?clientid=" + client + "&topic=other");
        }
        checked("GET", "/api/v1/clients/nobody", "", 404);
        checked("GET", "/api/v1/whoami?bogus=1", "", 400);
    }

    private void messages() throws Exception {
        rows("/api/v1/topics");
        rows("/api/v1/topics?prefix=plant");
        rows("/api/v1/topics/talkers");
        await().until(() -> rows("/api/v1/topics").path(0).path("rate").isNumber());
        rows("/api/v1/topics?prefix=plant");
        rows("/api/v1/topics/talkers");
        assertThat(rows("/api/v1/retained?topic=plant/%23")).hasSize(3);
        get("/api/v1/retained/plant%2Fline1");
        get("/api/v1/retained/plant%2Fline3");
    }

    private void administration() throws Exception {
        rows("/api/v1/listeners");
        assertThat(get("/api/v1/configs")).isNotEmpty();
        JsonNode audit = get("/api/v1/audit");
        assertThat(audit.path("findings")).isNotEmpty();
        assertThat(audit.path("ignored")).isNotEmpty();
        await().until(() -> !get("/api/v1/audit_log").path("data").isEmpty());
        rows("/api/v1/log");
        rows("/api/v1/banned");
        rows("/api/v1/users");
        rows("/api/v1/groups");
        rows("/api/v1/roles");
        rows("/api/v1/trace");
        get("/api/v1/trace/press");
        rows("/api/v1/trace/press/log");
        post("/api/v1/retained/count", Map.of("topic", "plant/#"));
        post("/api/v1/acl/explain", Map.of("clientid", "eve-1", "action", "receive", "topic", "plant/line1"));
        post("/api/v1/configs/dry_run", Map.of("text", "mqtt.receive-maximum = 5"));
        post("/api/v1/configs/dry_run", Map.of("text", "mqtt.receive-maximum = many"));
        rows("/api/v1/api_keys");
        rows("/api/v1/console_users");
        rows("/api/v1/certificates");
        rows("/api/v1/jwt_keys");
    }

    private void figures() throws Exception {
        get("/api/v1/whoami");
        get("/api/v1/status");
        get("/api/v1/stats");
        get("/api/v1/metrics.json");
        get("/api/v1/security");
        rows("/api/v1/nodes");
        for (String path : List.of("/status", "/health/live", "/health/ready", "/health/started")) {
            get(path);
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !get("/api/v1/history?metric=connections_count,publishes_received,nonsense")
                        .path("data")
                        .path("publishes_received")
                        .isEmpty());
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !get("/api/v1/alarms").path("data").isEmpty());
    }

    @Test
    void theExamplesAreAsTheContractSaysToo() throws Exception {
        try (CommandLineBroker broker = start("console.bind = \"127.0.0.1:0\"")) {
            assertThat(broker.server().port("tcp")).isPositive();
            assertThat(contract().problemsOfExamples()).isEmpty();
        }
    }

    @Test
    void whatTheContractDoesNotSayIsFound() throws Exception {
        try (CommandLineBroker broker = start("console.bind = \"127.0.0.1:0\"")) {
            assertThat(broker.server().port("tcp")).isPositive();
            ObjectNode answer = (ObjectNode) get("/api/v1/status");
            answer.put("clients", 1.5).put("colour", "green").put("started", "today");
            answer.remove("node");
            assertThat(contract().problems("GET", "/api/v1/status", 200, answer))
                    .hasSize(4)
                    .anyMatch(problem -> problem.startsWith("/clients"))
                    .anyMatch(problem -> problem.startsWith("/started"))
                    .anyMatch(problem -> problem.contains("colour"))
                    .anyMatch(problem -> problem.contains("node"));
        }
    }
}
