package io.dunlin.server.assess;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.broker.port.Authorizer.Kind;
import io.dunlin.security.acl.Rule;
import io.dunlin.security.acl.Rule.Effect;
import io.dunlin.security.acl.Rule.Who;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.config.ServerConfig;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each finding: a configuration or a broker that has it, and one that has not. */
class AssessmentTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String LAN = "listeners.lan { bind = \"*:1883\" }\n";
    private static final String LOCAL = "listeners.here { bind = \"127.0.0.1:1883\" }\n";
    private static final String LOGIN = "authentication.password-file = users.txt\n";

    private static final String RSA_1024 = """
            -----BEGIN CERTIFICATE-----
            MIICDDCCAXWgAwIBAgIURUJmZzkYOU75pgHk2JJmW8DFDQkwDQYJKoZIhvcNAQEL
            BQAwFzEVMBMGA1UEAwwMd2Vhay5leGFtcGxlMCAXDTI2MTEyMjExMzUyMVoYDzIx
            MjYxMDI5MTEzNTIxWjAXMRUwEwYDVQQDDAx3ZWFrLmV4YW1wbGUwgZ8wDQYJKoZI
            hvcNAQEBBQADgY0AMIGJAoGBALHUblqd2IxLH694SYW6ptrWvg6DoxLLcG5V/AUA
            274K3pD+fgB1MeMBrSMa3+AspoSJUsaRi7vcYmH3lqO8JlNXVbMrFeTPGAq734mi
            dx1yv+H5NF+z91soEetOmI69U9v7gNZUPuJtX1YQiDGLwQCBLEzS1PToM/BxHoro
            nyd/AgMBAAGjUzBRMB0GA1UdDgQWBBQ4C5JedQ9IGJmixWj+3/jlCyUbnjAfBgNV
            HSMEGDAWgBQ4C5JedQ9IGJmixWj+3/jlCyUbnjAPBgNVHRMBAf8EBTADAQH/MA0G
            CSqGSIb3DQEBCwUAA4GBAEMk3ETHS1/esSRBAmwDe3kM9tKkO7kizq9JVNcnyHoe
            LtZ46JcL6pcBmEROo9yGgTm8lDTSdlribsVNST7BXDcn/akTlSyzkJFc3dA4Vj2W
            QuFCtXCYzgk7bc+nbaULJ7d9yNOmnl14InCDXfZ4RMlFr6bfkbLO0zI5ZF63l5mB
            -----END CERTIFICATE-----
            """;

    @TempDir
    private Path folder;

    private Bound<ServerConfig> config(String text) {
        try {
            Path users = secret("users.txt", "");
            assertThat(users).exists();
            Path file = secret("dunlin.conf", "node.data-dir = " + folder.resolve("data") + "\n" + text);
            return ConfigLoader.load(new ConfigSources(Optional.of(file), Map.of(), List.of()));
        } catch (IOException | InvalidConfig e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private Path secret(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private Report report(String text) {
        return Assessment.of(config(text), Optional.empty(), Optional.of(List.of()), NOW);
    }

    private Report report(String text, List<Rule> rules) {
        return Assessment.of(config(text), Optional.empty(), Optional.of(rules), NOW);
    }

    private Report live(String text, Facts facts) {
        return Assessment.of(config(text), Optional.of(facts), Optional.of(List.of()), NOW);
    }

    private static List<String> found(Report report) {
        return report.findings().stream()
                .map(finding -> finding.severity() + " " + finding.id())
                .toList();
    }

    private static Finding only(Report report, String id) {
        List<Finding> findings = report.findings().stream()
                .filter(finding -> finding.id().equals(id))
                .toList();
        assertThat(findings).as(id).hasSize(1);
        return findings.get(0);
    }

    @Test
    void anonymousAccess() {
        Finding finding = only(report(LAN + "listeners.lan.allow-anonymous = true\n"), "anonymous-access");
        assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(finding.fix()).isEqualTo("listeners.lan.allow-anonymous = false");
        assertThat(finding.where()).endsWith("dunlin.conf:3");
        assertThat(found(report(LOCAL))).contains("low anonymous-access");
        assertThat(found(report(LAN + LOGIN))).doesNotContain("critical anonymous-access", "low anonymous-access");
    }

    @Test
    void plainListeners() throws Exception {
        assertThat(found(report(LAN + LOGIN))).contains("high plain-listener");
        assertThat(only(report("listeners.web { type = ws, bind = \"*:8083\" }\n" + LOGIN), "plain-listener")
                        .fix())
                .contains("type = wss");
        assertThat(found(report(LOCAL + LOGIN))).doesNotContain("high plain-listener");
        assertThat(found(report(tls("")))).doesNotContain("high plain-listener");
    }

    /** A listener with a certificate of 90 days. */
    private String tls(String more) throws Exception {
        return tls(more, Duration.ofDays(90));
    }

    private String tls(String more, Duration left) throws Exception {
        X509Bundle bundle = new CertificateBuilder()
                .subject("CN=broker.example")
                .notBefore(NOW.minus(Duration.ofDays(10)))
                .notAfter(NOW.plus(left))
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        secret("server.pem", bundle.getCertificatePathPEM());
        secret("key.pem", bundle.getPrivateKeyPEM());
        secret("ca.pem", bundle.getCertificatePathPEM());
        return "listeners.secure { type = tls, bind = \"*:8883\", tls { certfile = server.pem, keyfile = key.pem } }\n"
                + LOGIN + more;
    }

    @Test
    void certificatesThatEnd() throws Exception {
        assertThat(found(report(tls("", Duration.ofDays(90))))).noneMatch(id -> id.contains("certificate-"));
        assertThat(found(report(tls("", Duration.ofDays(20))))).contains("medium certificate-expiring");
        assertThat(found(report(tls("", Duration.ofDays(3))))).contains("high certificate-expiring");
        Finding expired = only(report(tls("", Duration.ofDays(-1))), "certificate-expired");
        assertThat(expired.severity()).isEqualTo(Severity.HIGH);
        assertThat(expired.what()).contains("CN=broker.example", "2026-11-21T12:00:00Z");
        Files.writeString(folder.resolve("ca.pem"), "no certificate");
        assertThat(report(tls("listeners.secure.tls.cafile = users.txt\n")).unassessed())
                .isEmpty();
    }

    @Test
    void weakCertificates() throws Exception {
        X509Bundle weak = new CertificateBuilder()
                .subject("CN=old.example")
                .notBefore(NOW.minus(Duration.ofDays(1)))
                .notAfter(NOW.plus(Duration.ofDays(90)))
                .algorithm(CertificateBuilder.Algorithm.rsa2048)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        String text = tls("");
        secret("server.pem", weak.getCertificatePathPEM());
        assertThat(found(report(text))).doesNotContain("high certificate-weak");
        secret("server.pem", RSA_1024);
        assertThat(only(report(text), "certificate-weak").what()).contains("1024 bits");
    }

    @Test
    void oldTls() throws Exception {
        assertThat(found(report(tls("listeners.secure.tls.versions = [\"1.2\"]\n"))))
                .contains("medium old-tls");
        assertThat(found(report(tls("listeners.secure.tls.versions = [\"1.3\"]\n"))))
                .doesNotContain("medium old-tls");
    }

    @Test
    void weakCiphers() throws Exception {
        assertThat(found(report(tls("listeners.secure.tls.ciphers = [TLS_RSA_WITH_RC4_128_SHA]\n"))))
                .contains("high weak-cipher");
        assertThat(found(report(tls("listeners.secure.tls.ciphers = [TLS_RSA_WITH_AES_128_GCM_SHA256]\n"))))
                .contains("medium weak-cipher");
        assertThat(found(report(tls("listeners.secure.tls.ciphers = [TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]\n"))))
                .contains("medium weak-cipher");
        assertThat(found(report(tls(
                        "listeners.secure.tls.ciphers = [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,"
                                + " ECDHE-RSA-CHACHA20-POLY1305]\n"))))
                .noneMatch(id -> id.contains("weak-cipher"));
    }

    @Test
    void proxiesThatAnybodyMayPlay() {
        String proxied = LAN + LOGIN + "listeners.lan.proxy-protocol = required\n";
        assertThat(found(report(proxied))).contains("high proxy-untrusted");
        assertThat(found(report(proxied + "listeners.lan.trusted-proxies = [\"10.0.0.5\"]\n")))
                .doesNotContain("high proxy-untrusted");
    }

    @Test
    void webSocketsFromAnyPage() {
        String web = "listeners.web { type = ws, bind = \"127.0.0.1:8083\" }\n";
        assertThat(found(report(web))).contains("medium websocket-origins");
        assertThat(found(report(web + LOGIN))).contains("low websocket-origins");
        assertThat(found(report(web + "listeners.web.websocket.origins = [\"https://a.example\"]\n")))
                .noneMatch(id -> id.contains("websocket-origins"));
    }

    @Test
    void plainPasswords() throws IOException {
        assertThat(only(report("authentication.users.bob.password = hunter2\n"), "plain-password"))
                .satisfies(finding -> {
                    assertThat(finding.where()).endsWith("dunlin.conf:2");
                    assertThat(finding.toString()).doesNotContain("hunter2");
                });
        secret("bob.txt", "hunter2\n");
        assertThat(found(report("authentication.users.bob.password-file = bob.txt\n")))
                .doesNotContain("high plain-password");
        assertThat(found(report("authentication.users.bob.password = \"$7$101$" + "QUFBQUFBQUFBQUFB$" + "A".repeat(86)
                        + "==\"\n")))
                .doesNotContain("high plain-password");
    }

    @Test
    void limitsThatAreOff() {
        assertThat(found(report(LAN + LOGIN + "limits { max-login-failures = 0, max-unauthenticated = 0 }\n")))
                .contains("medium limits-off");
        assertThat(found(report(LAN + LOGIN))).contains("low limits-off").doesNotContain("medium limits-off");
        assertThat(found(report(LAN + LOGIN
                        + "limits { max-connections-per-address = 500, max-connects-per-address-per-second = 50 }\n")))
                .noneMatch(id -> id.contains("limits-off"));
        assertThat(found(report(LOCAL + "limits.max-login-failures = 0\n"))).contains("low limits-off");
    }

    @Test
    void backEndsWithoutTls() {
        String ldap = LAN + "authentication.ldap { user-dn = \"uid=${username},dc=a\", url = ";
        assertThat(found(report(ldap + "\"ldap://directory.example\" }\n"))).contains("high backend-plain");
        assertThat(found(report(ldap + "\"ldap://127.0.0.1:389\" }\n"))).doesNotContain("high backend-plain");
        assertThat(found(report(ldap + "\"ldap://directory.example\", start-tls = true }\n")))
                .doesNotContain("high backend-plain");
        assertThat(found(report(LAN + "authentication.http.url = \"http://auth.example/mqtt\"\n")))
                .contains("high backend-plain");
        assertThat(found(report(LAN + "authentication.http.url = \"https://auth.example/mqtt\"\n")))
                .doesNotContain("high backend-plain");
        String sql = LAN + "authentication.sql { query = \"select password from u where name = ${username}\", url = ";
        assertThat(found(report(sql + "\"jdbc:postgresql://db.example/x?sslmode=prefer\" }\n")))
                .contains("high backend-plain");
        assertThat(found(report(sql + "\"jdbc:postgresql://db.example/x?sslmode=verify-full\" }\n")))
                .doesNotContain("high backend-plain");
    }

    @Test
    void clientCertificatesWithoutRevocation() throws Exception {
        String asked = tls("listeners.secure.tls { cafile = ca.pem, require-certificate = true }\n");
        assertThat(found(report(asked))).contains("medium no-revocation");
        assertThat(found(report(tls("")))).doesNotContain("medium no-revocation");
    }

    @Test
    void weakHashes() throws IOException {
        String weak = "$6$QUFBQUFBQUFBQUFB$" + "A".repeat(86) + "==";
        assertThat(found(report("authentication.users.bob.password = \"" + weak + "\"\n")))
                .contains("high weak-hash");
        Bound<ServerConfig> bound = config(LOCAL + LOGIN);
        secret("users.txt", "bob:" + weak + "\neve:" + weak + "\n");
        Report report = Assessment.of(bound, Optional.empty(), Optional.of(List.of()), NOW);
        assertThat(only(report, "weak-hash").what()).contains("users.txt: weak hashes of bob, eve");
        secret("users.txt", "# nobody\n");
        assertThat(found(Assessment.of(bound, Optional.empty(), Optional.of(List.of()), NOW)))
                .doesNotContain("high weak-hash");
    }

    private static Rule rule(Effect effect, Who who, Set<Kind> kinds, String... topics) {
        return new Rule(effect, who, kinds, Set.of(), Optional.empty(), List.of(topics), "acl:3");
    }

    private static final Set<Kind> ALL = Set.of(Kind.PUBLISH, Kind.SUBSCRIBE);

    @Test
    void widelyGranted() {
        Rule everybody = rule(Effect.ALLOW, Who.EVERYBODY, ALL, "a/b", "#");
        Rule bob = rule(Effect.ALLOW, Who.user("bob"), ALL, "+/#");
        Rule reader = rule(Effect.ALLOW, Who.user("eve"), Set.of(Kind.SUBSCRIBE), "#");
        assertThat(found(report(LAN + LOGIN, List.of(everybody)))).contains("high grant-to-everybody");
        assertThat(found(report(LAN + LOGIN, List.of(bob)))).contains("medium wildcard-grant");
        assertThat(only(report(LAN + LOGIN, List.of(reader)), "wildcard-grant").what())
                .isEqualTo("acl:3 lets user eve read #");
        Rule denied = rule(Effect.DENY, Who.EVERYBODY, ALL, "#");
        Rule narrow = rule(Effect.ALLOW, Who.EVERYBODY, ALL, "devices/%u/#");
        assertThat(found(report(LAN + LOGIN, List.of(denied, narrow)))).noneMatch(id -> id.contains("grant"));
    }

    @Test
    void noRightsAtAll() {
        Report report = Assessment.of(config(LAN + LOGIN), Optional.empty(), Optional.empty(), NOW);
        assertThat(found(report)).contains("high no-authorization", "low sys-readable");
        Report local = Assessment.of(config(LOCAL), Optional.empty(), Optional.empty(), NOW);
        assertThat(found(local)).contains("low no-authorization", "info sys-readable");
        assertThat(found(report(LAN + LOGIN))).noneMatch(id -> id.contains("no-authorization"));
    }

    @Test
    void sysForEverybody() {
        Rule sys = rule(Effect.ALLOW, Who.EVERYBODY, Set.of(Kind.SUBSCRIBE), "$SYS/#");
        assertThat(found(report(LAN + LOGIN, List.of(sys)))).contains("low sys-readable");
        assertThat(found(report(LAN + LOGIN + "sys.client-events = true\n", List.of(sys))))
                .contains("medium sys-readable");
        assertThat(found(report(LAN + LOGIN + "sys.interval = 0s\n", List.of(sys))))
                .noneMatch(id -> id.contains("sys-readable"));
        Rule monitor = rule(
                Effect.ALLOW,
                new Who(Set.of(), Set.of(), Set.of("monitor"), Set.of(), List.of(), Set.of(), Optional.empty()),
                Set.of(Kind.SUBSCRIBE),
                "$SYS/#");
        assertThat(found(report(LAN + LOGIN, List.of(monitor)))).noneMatch(id -> id.contains("sys-readable"));
    }

    @Test
    void filesThatOthersRead() throws Exception {
        Bound<ServerConfig> bound = config(tls(""));
        assertThat(found(Assessment.of(bound, Optional.empty(), Optional.of(List.of()), NOW)))
                .doesNotContain("high secret-file-open", "medium data-folder-open");
        Files.setPosixFilePermissions(folder.resolve("key.pem"), PosixFilePermissions.fromString("rw-r--r--"));
        Finding finding = only(Assessment.of(bound, Optional.empty(), Optional.of(List.of()), NOW), "secret-file-open");
        assertThat(finding.fix()).isEqualTo("chmod 600 " + folder.resolve("key.pem"));
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(found(Assessment.of(bound, Optional.empty(), Optional.of(List.of()), NOW)))
                .contains("medium data-folder-open");
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        assertThat(found(Assessment.of(bound, Optional.empty(), Optional.of(List.of()), NOW)))
                .doesNotContain("medium data-folder-open");
    }

    @Test
    void aConfigurationWithASecretThatOthersRead() throws IOException {
        Bound<ServerConfig> bound = config("authentication.users.bob.password = hunter2\n");
        Files.setPosixFilePermissions(folder.resolve("dunlin.conf"), PosixFilePermissions.fromString("rw-r--r--"));
        Report report = Assessment.of(bound, Optional.empty(), Optional.of(List.of()), NOW);
        assertThat(only(report, "secret-file-open").what()).contains("dunlin.conf (mode 0644) can be read");
    }

    @Test
    void filesOfSecretsThatOthersRead() throws IOException {
        Path password = open("bob.txt", "hunter2", "rw-r--r--");
        Path key = open("token.txt", "0123456789abcdef0123456789abcdef", "rw-r--r--");
        Report report = report("authentication { users.bob.password-file = bob.txt, jwt.secret-file = token.txt }\n");
        assertThat(about(report, "secret-file-open"))
                .containsExactlyInAnyOrder(
                        "authentication.users.bob.password-file chmod 600 " + password,
                        "authentication.jwt.secret-file chmod 600 " + key);
    }

    @Test
    void aKeySetOfSharedKeysIsASecret() throws IOException {
        String tokens = "authentication.jwt.jwks-file = keys.json\n";
        open("keys.json", "{\"keys\": [{\"kty\": \"RSA\"}]}", "rw-r--r--");
        assertThat(found(report(tokens))).noneMatch(id -> id.contains("file-open"));
        open("keys.json", "{\"keys\": [{\"kty\": \"oct\"}]}", "rw-r--r--");
        assertThat(found(report(tokens))).contains("high secret-file-open");
    }

    @Test
    void filesThatEverybodyChanges() throws IOException {
        String rules = "authorization.acl-file = acl.txt\n";
        Path acl = open("acl.txt", "topic read a\n", "rw-rw-r--");
        assertThat(found(report(rules))).noneMatch(id -> id.contains("file-open"));
        open("acl.txt", "topic read a\n", "rw-rw-rw-");
        assertThat(about(report(rules), "trusted-file-open"))
                .containsExactly("authorization.acl-file chmod go-w " + acl);
        Bound<ServerConfig> bound = config(LOCAL);
        open("dunlin.conf", Files.readString(folder.resolve("dunlin.conf")), "rw----rw-");
        Report report = Assessment.of(bound, Optional.empty(), Optional.of(List.of()), NOW);
        assertThat(only(report, "trusted-file-open").what()).contains("dunlin.conf (mode 0606) can be changed");
    }

    @Test
    void theFolderOfTheControlSocket() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxrwxrwx"));
        String control = "control.socket = run/control.sock\n";
        assertThat(about(report(control), "control-folder-open")).containsExactly("control.socket chmod go-w " + run);
        assertThat(about(report(control + "control.enabled = false\n"), "control-folder-open"))
                .isEmpty();
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(about(report(control), "control-folder-open")).isEmpty();
    }

    private Path open(String name, String text, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static List<String> about(Report report, String id) {
        return report.findings().stream()
                .filter(finding -> finding.id().equals(id))
                .map(finding -> finding.subject() + " " + finding.fix())
                .toList();
    }

    @Test
    void importantTopicsThatNothingKeeps() {
        String important = LOCAL + "audit.important-topics = [\"alarms/#\"]\n";
        assertThat(found(report(important))).contains("low durability-memory");
        assertThat(found(report(important + "durability.level = memory\n"))).contains("medium durability-memory");
        assertThat(found(report(important + "store.enabled = false\n"))).contains("medium durability-memory");
        assertThat(found(report(important + "durability.topics = [\"memory +/fire\"]\n")))
                .contains("medium durability-memory");
        assertThat(found(report(important + "durability.topics = [\"disk alarms/#\"]\n")))
                .noneMatch(id -> id.contains("durability"));
        assertThat(report("audit.important-topics = [\"a/#/b\"]\n").unassessed())
                .hasSize(1);
    }

    @Test
    void auditLogSwitchedOff() {
        assertThat(found(report(LOCAL + "audit-log.enabled = false\n"))).contains("low audit-log-off");
        assertThat(found(report(LOCAL))).doesNotContain("low audit-log-off");
    }

    private Facts facts(String text, Facts.Client... clients) {
        return new Facts(
                "1",
                "dunlin",
                86_400 * 10,
                ConfigDigest.of(config(text).value()),
                List.of(),
                List.of(clients),
                List.of(),
                List.of());
    }

    @Test
    void sharedCredentials() {
        var a = new Facts.Client("a", "bob", "10.0.0.1", "lan", "");
        var b = new Facts.Client("b", "bob", "10.0.0.2", "lan", "");
        var c = new Facts.Client("c", "eve", "10.0.0.2", "lan", "");
        var nobody = new Facts.Client("d", "", "10.0.0.3", "lan", "");
        var nobodyElse = new Facts.Client("e", "", "10.0.0.4", "lan", "");
        Finding finding = only(live(LOCAL, facts(LOCAL, a, b, c, nobody, nobodyElse)), "shared-credentials");
        assertThat(finding.what()).isEqualTo("2 clients are logged in as bob at once, from 2 addresses: a, b");
        assertThat(found(live(LOCAL, facts(LOCAL, a, c, nobody, nobodyElse)))).noneMatch(id -> id.contains("shared"));
    }

    @Test
    void whatTheProcessShows() {
        Facts good = facts(LOCAL);
        assertThat(found(live(LOCAL, good)))
                .doesNotContain("medium runs-as-root", "high reload-failed", "medium config-not-loaded");
        Facts bad = new Facts(
                "1",
                "root",
                1,
                "other",
                List.of("dunlin.conf:3: broken"),
                List.of(),
                List.of(
                        new Facts.Grant("acl:1", "allow bob publish a", true, 0),
                        new Facts.Grant("acl:2", "allow bob publish b", true, 1),
                        new Facts.Grant("acl:3", "deny bob publish c", false, 0)),
                List.of(new Facts.UnsafeUse("a", "publishes", "alarms/fire", 3)));
        assertThat(found(live(LOCAL, bad)))
                .contains(
                        "medium runs-as-root",
                        "high reload-failed",
                        "medium config-not-loaded",
                        "info unused-grant",
                        "medium qos0-important");
        assertThat(only(live(LOCAL, bad), "unused-grant").where()).isEqualTo("acl:1");
        assertThat(found(live(LOCAL, good))).noneMatch(id -> id.contains("unused") || id.contains("qos0"));
    }

    @Test
    void theSameSettingsGiveTheSameDigestWhateverTheirSecrets() {
        assertThat(ConfigDigest.of(config(LOCAL).value()))
                .isEqualTo(ConfigDigest.of(config(LOCAL).value()));
        assertThat(ConfigDigest.of(config(LOCAL).value()))
                .isNotEqualTo(ConfigDigest.of(
                        config(LOCAL + "mqtt.receive-maximum = 7\n").value()));
    }

    @Test
    void findingsAreIgnoredWithAReasonOnly() {
        String text = LAN + LOGIN;
        Report report = report(text + "audit.ignore { plain-listener = \"inside a VPN\" }\n");
        assertThat(found(report)).doesNotContain("high plain-listener");
        assertThat(report.ignored())
                .singleElement()
                .satisfies(ignored -> assertThat(ignored.reason()).isEqualTo("inside a VPN"));
        assertThat(found(report(text + "audit.ignore { \"plain-listener listeners.lan.bind\" = \"a VPN\" }\n")))
                .doesNotContain("high plain-listener");
        assertThat(found(report(text + "audit.ignore { \"plain-listener listeners.other.bind\" = \"a VPN\" }\n")))
                .contains("high plain-listener");
        Report blank = report(text + "audit.ignore { plain-listener = \"\", no-such = \"x\" }\n");
        assertThat(found(blank)).contains("high plain-listener");
        assertThat(blank.unassessed()).hasSize(2);
    }

    @Test
    void theWorstComesFirst() {
        List<Severity> order = report(LAN + "listeners.lan.allow-anonymous = true\n").findings().stream()
                .map(Finding::severity)
                .toList();
        List<Severity> sorted = new ArrayList<>(order);
        sorted.sort(null);
        assertThat(order).isEqualTo(sorted).startsWith(Severity.CRITICAL);
    }

    @Test
    void theDocumentationHasEveryFinding() throws IOException {
        String page = Files.readString(Path.of("../docs/audit.md"));
        Set<String> missing = Arrays.stream(Check.values())
                .map(Check::id)
                .filter(id -> !page.contains("| `" + id + "` |"))
                .collect(Collectors.toSet());
        assertThat(missing).isEmpty();
    }
}
