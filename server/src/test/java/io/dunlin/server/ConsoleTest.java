package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.console.account.Accounts;
import io.dunlin.console.api.ApiRoutes;
import io.dunlin.console.http.Route;
import io.dunlin.console.port.Commands;
import io.dunlin.security.audit.Actor;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The console of a real broker: how it opens, who gets in, and that its commands are the broker's. */
@Timeout(120)
class ConsoleTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    private Server start(String... settings) throws IOException, InvalidConfig {
        Path file = Files.writeString(
                folder.resolve("dunlin.conf"),
                "listeners.tcp.bind = \"127.0.0.1:0\"\nnode.data-dir = " + folder.resolve("data")
                        + "\nconsole.bind = \"127.0.0.1:0\"\n" + String.join("\n", settings));
        return Server.start(ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of())));
    }

    private static String url(List<String> lines) {
        return lines.getFirst().substring("console: ".length());
    }

    private static String password(List<String> lines) {
        return lines.get(1).replaceAll(".*the password (\\S+) .*", "$1");
    }

    private HttpResponse<String> send(String method, String url, Object body, String token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> login(String url, String password) throws IOException, InterruptedException {
        return send("POST", url + "api/v1/login", Map.of("username", "admin", "password", password), "");
    }

    private String token(String url, String password) throws IOException, InterruptedException {
        return JSON.readTree(login(url, password).body()).path("token").asString();
    }

    @Test
    void theFirstStartPrintsAPasswordAndTheNextOneKeepsIt() throws Exception {
        String password;
        try (Server server = start()) {
            List<String> lines = server.openConsole();
            assertThat(lines).hasSize(2);
            password = password(lines);
            assertThat(login(url(lines), password).statusCode()).isEqualTo(200);
        }
        try (Server server = start()) {
            List<String> lines = server.openConsole();
            assertThat(lines).hasSize(1);
            assertThat(login(url(lines), password).statusCode()).isEqualTo(200);
        }
        assertThat(Files.readString(folder.resolve("data/audit.jsonl")))
                .contains("console.login", "\"admin\"")
                .doesNotContain(password);
    }

    @Test
    void whereNobodyLooksTheFirstPasswordIsInAFileUntilItIsChanged() throws Exception {
        Path file = folder.resolve("data").resolve(Accounts.FIRST_PASSWORD_FILE);
        try (Server server = start()) {
            List<String> lines = server.openConsole(false);
            String password = Files.readString(file).strip();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(lines).hasSize(2).noneMatch(line -> line.contains(password));
            assertThat(lines.get(1)).contains(file.toString());
            String token = token(url(lines), password);
            assertThat(send(
                                    "POST",
                                    url(lines) + "api/v1/password",
                                    Map.of("old_password", password, "new_password", "another-password"),
                                    token)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(file).doesNotExist();
        }
        try (Server server = start()) {
            assertThat(server.openConsole(false)).hasSize(1);
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void aServiceDoesNotWriteItIntoItsLog() throws Exception {
        Process process = broker(
                "--console",
                "--set",
                "console.bind=127.0.0.1:0",
                "--data",
                folder.resolve("data").toString());
        String said = until(process, "log in as");
        assertThat(said)
                .contains(Accounts.FIRST_PASSWORD_FILE)
                .doesNotContain(Files.readString(folder.resolve("data").resolve(Accounts.FIRST_PASSWORD_FILE))
                        .strip());
    }

    @Test
    void whatIsAdministeredThereIsDoneAndAudited() throws Exception {
        try (Server server = start()) {
            List<String> lines = server.openConsole();
            String api = url(lines) + "api/v1";
            String token = token(url(lines), password(lines));
            assertThat(send("GET", url(lines) + "health/ready", "", "").statusCode())
                    .isEqualTo(200);
            JsonNode status =
                    JSON.readTree(send("GET", api + "/status", "", token).body());
            assertThat(status.path("data_folder").asString()).endsWith("data");
            assertThat(send("POST", api + "/banned", Map.of("kind", "client", "subject", "press"), token)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(send("GET", api + "/banned", "", token).body()).contains("\"press\"", "admin (console)");
            JsonNode key = JSON.readTree(
                    send("POST", api + "/api_keys", Map.of("name", "ci", "role", "operator", "time", "30d"), token)
                            .body());
            assertThat(send("GET", api + "/banned", "", key.path("key").asString())
                            .statusCode())
                    .isEqualTo(200);
            assertThat(send("GET", api + "/users", "", key.path("key").asString())
                            .statusCode())
                    .isEqualTo(403);
            assertThat(Files.readString(folder.resolve("data/console-users.json")))
                    .doesNotContain(key.path("key").asString().substring(20));
        }
        assertThat(Files.readString(folder.resolve("data/audit.jsonl")))
                .contains("\"ban.added\"", "\"through\":\"console\"", "\"console.apikey.created\"");
    }

    @Test
    void aDryRunShowsNothingOfTheMachine() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret.conf"), "authentication.sql.password = hidden-away");
        try (Server server = start()) {
            List<String> lines = server.openConsole();
            String dryRun = url(lines) + "api/v1/configs/dry_run";
            String token = token(url(lines), password(lines));
            String name = "telemetry.service-name = ";
            for (String include : List.of("\"" + secret + "\"", "file(\"" + secret + "\")", "required(file(\"x\"))")) {
                String text = "include " + include + "\n" + name + "${authentication.sql.password}";
                assertThat(send("POST", dryRun, Map.of("text", text), token).body())
                        .contains("include is not read here")
                        .doesNotContain("hidden-away");
            }
            assertThat(send("POST", dryRun, Map.of("text", name + "${PATH}"), token)
                            .body())
                    .contains("names no setting of this text")
                    .doesNotContain(System.getenv("PATH"));
            assertThat(send("POST", dryRun, Map.of("text", name + "a${?PATH}"), token)
                            .body())
                    .doesNotContain(System.getenv("PATH"));
            String own = "node.name = press\n" + name + "${node.name}-7";
            assertThat(send("POST", dryRun, Map.of("text", own), token).body()).contains("press-7");
        }
    }

    @Test
    void figuresAlarmsAndTheAuditLogAreThere() throws Exception {
        try (Server server = start("metrics.compat = [mosquitto-exporter, emqx]")) {
            List<String> lines = server.openConsole();
            String api = url(lines) + "api/v1";
            String token = token(url(lines), password(lines));
            String metrics = send("GET", url(lines) + "metrics", "", "").body();
            assertThat(metrics)
                    .contains("dunlin_info{version=", "dunlin_store_sync_seconds_bucket{le=\"0.0001\"}")
                    .contains("\nbroker_clients_connected 0\n", "\nemqx_connections_count 0\n");
            Set<String> names = new TreeSet<>();
            metrics.lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> names.add(line.replaceAll("[{ ].*", "")));
            assertThat(names).containsAll(namesOfTheBoard());
            assertThat(names)
                    .contains(
                            "dunlin_publish_to_deliver_seconds_sum", "dunlin_queue_age_seconds_count", "dunlin_alarms");
            assertThat(send("GET", api + "/slow_subscribers?sort=-mqueue_oldest_seconds", "", token)
                            .body())
                    .contains("\"data\":[]", "\"count\":0");
            JsonNode counters =
                    JSON.readTree(send("GET", api + "/metrics.json", "", token).body());
            assertThat(counters.path("heap_used_bytes").asDouble()).isPositive();
            JsonNode history =
                    JSON.readTree(send("GET", api + "/history?metric=heap_used_bytes,connections_count", "", token)
                            .body());
            assertThat(history.path("step").asInt()).isEqualTo(10);
            assertThat(history.path("data").path("connections_count").isArray()).isTrue();
            assertThat(send("GET", api + "/alarms", "", token).body()).contains("\"data\":[");
            assertThat(send("GET", api + "/nodes", "", token).body()).contains("running");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(send("GET", api + "/audit_log?event=console.login", "", token)
                                    .body())
                            .contains("\"console.login\"", "\"count\":1"));
        }
    }

    @Test
    void certificatesAreForAllAndTheLogForOperators() throws Exception {
        try (Server server = start("authentication.jwt.secret = 0123456789abcdef0123456789abcdef")) {
            List<String> lines = server.openConsole();
            String api = url(lines) + "api/v1";
            String admin = token(url(lines), password(lines));
            String viewer = key(api, admin, "viewer");
            String operator = key(api, admin, "operator");
            LoggerFactory.getLogger("io.dunlin.ConsoleTest").warn("press-7 is odd");
            assertThat(send("GET", api + "/certificates", "", viewer).body()).contains("\"data\":[]");
            assertThat(send("GET", api + "/jwt_keys", "", viewer).body())
                    .contains("authentication.jwt.secret", "\"keys\":1")
                    .doesNotContain("0123456789");
            assertThat(send("GET", api + "/log", "", viewer).statusCode()).isEqualTo(403);
            String query = "/log?level=warn&like_text=press-7&since=10m&limit=1";
            assertThat(send("GET", api + query, "", operator).body())
                    .contains("press-7 is odd", "\"level\":\"warn\"", "\"logger\":\"ConsoleTest\"");
        }
    }

    private String key(String api, String admin, String role) throws IOException, InterruptedException {
        Map<String, String> wanted = Map.of("name", role, "role", role, "time", "30d");
        return JSON.readTree(send("POST", api + "/api_keys", wanted, admin).body())
                .path("key")
                .asString();
    }

    /** All figures that docs/grafana/dunlin.json asks for. */
    private static Set<String> namesOfTheBoard() throws IOException {
        JsonNode board = JSON.readTree(Files.readString(Path.of("../docs/grafana/dunlin.json")));
        Set<String> names = new TreeSet<>();
        board.path("panels")
                .forEach(panel -> panel.path("targets")
                        .forEach(target -> Pattern.compile("dunlin_[a-z_]+")
                                .matcher(target.path("expr").asString())
                                .results()
                                .forEach(found -> names.add(found.group()))));
        assertThat(names).hasSizeGreaterThan(12);
        return names;
    }

    @Test
    void aTraceIsDownloadedAsItIsMade() throws Exception {
        try (Server server = start()) {
            List<String> lines = server.openConsole();
            String api = url(lines) + "api/v1";
            String token = token(url(lines), password(lines));
            assertThat(send("POST", api + "/trace", Map.of("name", "t"), token).statusCode())
                    .isEqualTo(200);
            try (RawClient device = new RawClient(server.port("tcp"))) {
                device.connect("press-7");
            }
            String log = "";
            while (!log.contains("CLOSED")) { // the test's time is bounded
                log = send("GET", api + "/trace/t/log", Map.of(), token).body();
            }
            HttpResponse<String> json = send("GET", api + "/trace/t/download", Map.of(), token);
            assertThat(json.headers().firstValue("content-type").orElse("")).startsWith("application/json");
            assertThat(json.headers().firstValue("content-disposition")).hasValue("attachment; filename=\"t.json\"");
            assertThat(JSON.readTree(json.body())).hasSizeGreaterThanOrEqualTo(3);
            HttpResponse<String> pcapng = send("GET", api + "/trace/t/download?format=pcapng", Map.of(), token);
            assertThat(pcapng.headers().firstValue("content-type")).hasValue("application/x-pcapng");
            assertThat(pcapng.body()).contains("press-7");
            assertThat(send("GET", api + "/trace/t/download?format=gif", Map.of(), token)
                            .statusCode())
                    .isEqualTo(400);
            assertThat(send("GET", api + "/trace/none/download", Map.of(), token)
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void aPortThatIsTakenStopsNobody() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Server server = start("console.bind = \"127.0.0.1:" + taken.getLocalPort() + "\"")) {
            assertThat(server.openConsole()).isEmpty();
            assertThat(server.listeners()).hasSize(1);
            assertThat(folder.resolve("data").resolve(Accounts.FILE)).doesNotExist();
        }
    }

    @Test
    void itIsNotOpenedToTheNetworkByForgettingALine() throws Exception {
        assertThat(problem("console.bind = \"*:0\"")).contains("console.tls", "console.allow-plain");
        assertThat(problem("console.bind = \"unix:/tmp/x\"")).contains("console.bind");
        try (Server server = start("console.enabled = false")) {
            assertThat(server.openConsole()).isEmpty();
        }
    }

    private String problem(String setting) throws IOException {
        try (Server server = start(setting)) {
            return "started with " + server.listeners();
        } catch (InvalidConfig e) {
            return e.problems().toString();
        }
    }

    @Test
    void itSpeaksTls() throws Exception {
        Path certificates = folder.resolve("certs");
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        assertThat(Main.run(new String[] {"certs", "init", "--dir", certificates.toString()}, out, System.err))
                .isZero();
        try (Server server = start("console.tls { certfile = " + certificates.resolve("server.pem") + ", keyfile = "
                + certificates.resolve("server.key") + " }")) {
            List<String> lines = server.openConsole();
            assertThat(url(lines)).startsWith("https://");
            try (HttpClient trusting = HttpClient.newBuilder()
                    .sslContext(trusting(certificates.resolve("ca.pem")))
                    .build()) {
                HttpResponse<String> answer = trusting.send(
                        HttpRequest.newBuilder(URI.create(url(lines) + "status"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("strict-transport-security"))
                        .isPresent();
            }
        }
    }

    @Test
    void itTakesNewCertificatesAtAReloadAndAsTheyChange() throws Exception {
        Path certificates = folder.resolve("certs");
        certs(certificates, "init");
        Path certfile = certificates.resolve("server.pem");
        Path keyfile = certificates.resolve("server.key");
        try (Server server = start("console.tls { certfile = " + certfile + ", keyfile = " + keyfile + " }")) {
            int port = URI.create(url(server.openConsole())).getPort();
            Path authority = certificates.resolve("ca.pem");
            String first = subject(authority, port);
            Awaitility.await()
                    .until(() ->
                            server.securityFigures().getOrDefault("certificates/console/expires-in-days", 0L) > 300);

            take(certificates, "second.example", "pem");
            assertThat(reload(server).failures())
                    .singleElement()
                    .asString()
                    .contains("console.tls", "another certificate");
            assertThat(subject(authority, port)).isEqualTo(first);
            take(certificates, "second.example", "key");
            assertThat(reload(server).failures()).isEmpty();
            assertThat(subject(authority, port)).isNotEqualTo(first).contains("second.example");

            take(certificates, "third.example", "pem", "key");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> subject(authority, port).contains("third.example"));
            assertThat(Files.readString(folder.resolve("data/audit.jsonl")))
                    .contains("certificates.changed", "console.tls");
        }
    }

    private static void certs(Path certificates, String... words) {
        List<String> all = new ArrayList<>(List.of("certs"));
        all.addAll(List.of(words));
        all.addAll(List.of("--dir", certificates.toString()));
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        assertThat(Main.run(all.toArray(String[]::new), out, System.err)).isZero();
    }

    /** Makes the files of another server where there are none, and puts some in the place of those in use. */
    private static void take(Path certificates, String name, String... endings) throws IOException {
        if (Files.notExists(certificates.resolve(name + ".pem"))) {
            certs(certificates, "server", name);
        }
        for (String ending : endings) {
            Files.copy(
                    certificates.resolve(name + "." + ending),
                    certificates.resolve("server." + ending),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Server.Reloaded reload(Server server) throws InvalidConfig {
        return server.reload(
                ConfigLoader.load(new ConfigSources(Optional.of(folder.resolve("dunlin.conf")), Map.of(), List.of())));
    }

    /** Of a new session: one that is resumed has the certificate that it began with. */
    private static String subject(Path authority, int port) throws Exception {
        try (SSLSocket socket =
                (SSLSocket) trusting(authority).getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            X509Certificate found = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return found.getSubjectX500Principal().getName();
        }
    }

    private static SSLContext trusting(Path authority) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(authority)) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void thePasswordIsSetFromTheCommandLineWithAndWithoutABroker() throws Exception {
        Files.createDirectories(folder.resolve("data"));
        assertThat(command("from-outside-1", "console", "password")).contains("admin");
        try (Server server = start()) {
            List<String> lines = server.openConsole();
            assertThat(lines).hasSize(1);
            assertThat(login(url(lines), "from-outside-1").statusCode()).isEqualTo(200);
            command("from-outside-2", "console", "password", "eve", "--role", "viewer");
            assertThat(command("", "console", "users")).contains("eve", "viewer");
            String key = command("", "console", "keys", "--create", "ci", "--role", "viewer")
                    .strip();
            assertThat(send("GET", url(lines) + "api/v1/whoami", "", key).statusCode())
                    .isEqualTo(200);
            assertThat(command("", "console", "keys")).contains("ci").doesNotContain(key);
            command("", "console", "keys", "--delete", "ci");
            assertThat(send("GET", url(lines) + "api/v1/whoami", "", key).statusCode())
                    .isEqualTo(401);
        }
    }

    /** It would go on with what it has read. */
    @Test
    void aBrokerThatCannotBeAskedIsNotChangedBehindItsBack() throws Exception {
        try (Server server = start("control.enabled = false")) {
            List<String> lines = server.openConsole();
            String before = Files.readString(folder.resolve("data").resolve(Accounts.FILE));
            Outcome refused = run("from-outside-1", "console", "password");
            assertThat(refused.code).isNotZero();
            assertThat(refused.err).contains("a broker uses " + folder.resolve("data"), "control socket");
            assertThat(Files.readString(folder.resolve("data").resolve(Accounts.FILE)))
                    .isEqualTo(before);
            assertThat(command("", "console", "users")).contains("admin");
            assertThat(login(url(lines), password(lines)).statusCode()).isEqualTo(200);
        }
        assertThat(command("from-outside-1", "console", "password")).contains("admin");
    }

    private record Outcome(int code, String out, String err) {}

    private String command(String input, String... words) {
        Outcome outcome = run(input, words);
        assertThat(outcome.err).isEmpty();
        assertThat(outcome.code).isZero();
        return outcome.out;
    }

    private Outcome run(String input, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--data", folder.resolve("data").toString()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream((input + "\n").getBytes(StandardCharsets.UTF_8)));
        try {
            int code = Main.run(
                    all.toArray(String[]::new),
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8));
            return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void eachRouteHasItsCommand() throws Exception {
        Set<String> missing = new TreeSet<>();
        try (Server server = start()) {
            server.openConsole();
            Set<String> known = server.commandNames();
            Commands none = new Commands() {
                @Override
                public boolean has(String name) {
                    return known.contains(name);
                }

                @Override
                public JsonNode run(String name, JsonNode arguments, Actor who) {
                    throw new IllegalStateException(name);
                }
            };
            ApiRoutes.of(none).stream()
                    .map(Route::command)
                    .filter(name -> !known.contains(name))
                    .forEach(missing::add);
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void aBrokerWithoutItLoadsNothingOfIt() throws Exception {
        Path loaded = folder.resolve("loaded.txt");
        until(broker("--memory", "-Xlog:class+load:file=" + loaded), "ready");
        assertThat(Files.readAllLines(loaded))
                .anyMatch(name -> name.contains("io.dunlin.broker.Broker"))
                .filteredOn(name -> name.contains("io.helidon")
                        || name.contains("io.dunlin.console.http")
                        || name.contains("io.opentelemetry")
                        || name.contains("io.dunlin.telemetry"))
                .isEmpty();
    }

    /** A process of its own at any free port; words that begin with -X are Java's. */
    private static Process broker(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path")));
        Stream.of(words).filter(word -> word.startsWith("-X")).forEach(all::add);
        all.addAll(List.of(BrokerProcessTest.Launcher.class.getName(), "broker", "-p", "0"));
        Stream.of(words).filter(word -> !word.startsWith("-X")).forEach(all::add);
        return new ProcessBuilder(all).redirectErrorStream(true).start();
    }

    /** Reads what it says up to a line that holds this, and ends it. */
    private static String until(Process process, String text) throws IOException, InterruptedException {
        StringBuilder said = new StringBuilder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null) {
                said.append(line).append('\n');
                if (line.contains(text)) {
                    break;
                }
                line = lines.readLine();
            }
            assertThat(line).as(said.toString()).isNotNull();
        } finally {
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        return said.toString();
    }
}
