package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code dunlin security certificates} and {@code keys} against a running broker. */
@Timeout(120)
class SecurityCommandTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path folder;

    private X509Bundle authority;

    @BeforeEach
    void makeFiles() throws Exception {
        authority = builder("CN=Test Authority", 400)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
        write("soon", builder("CN=press", 10).addSanDnsName("press.example").addSanIpAddress("127.0.0.1"));
        write("later", builder("CN=console", 15));
        write("over", builder("CN=old", -1));
    }

    private static CertificateBuilder builder(String subject, int days) {
        Instant now = Instant.now();
        return new CertificateBuilder()
                .ecp256()
                .subject(subject)
                .notBefore(now.minus(100, ChronoUnit.DAYS))
                .notAfter(now.plus(days, ChronoUnit.DAYS).plus(1, ChronoUnit.HOURS));
    }

    private void write(String name, CertificateBuilder builder) throws Exception {
        X509Bundle bundle = builder.buildIssuedBy(authority);
        Files.writeString(folder.resolve(name + ".pem"), bundle.getCertificatePEM());
        Files.writeString(folder.resolve(name + ".key"), bundle.getPrivateKeyPEM());
    }

    private String tls(String name, String more) {
        return "tls { certfile = " + name + ".pem, keyfile = " + name + ".key" + more + " }";
    }

    @Test
    void certificatesInUseAreListedWithWhatIsLeftOfThem() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(
                folder,
                "listeners.secure { type = tls, bind = \"127.0.0.1:0\", " + tls("soon", ", cafile = ca.pem") + " }",
                "listeners.ended { type = tls, bind = \"127.0.0.1:0\", " + tls("over", "") + " }",
                "console { bind = \"127.0.0.1:0\", " + tls("later", "") + " }",
                "authentication.http { url = \"https://127.0.0.1:9/auth\", cafile = ca.pem }")) {
            broker.server().openConsole();
            await().untilAsserted(() -> assertThat(settings(broker))
                    .containsExactly(
                            "listeners.ended.tls.certfile",
                            "listeners.secure.tls.certfile",
                            "console.tls.certfile",
                            "authentication.http.cafile",
                            "listeners.secure.tls.cafile"));
            JsonNode press =
                    certificates(broker, "--setting", "secure.tls.certfile").path(0);
            assertThat(press.path("subject").asString()).isEqualTo("CN=press");
            assertThat(press.path("issuer").asString()).isEqualTo("CN=Test Authority");
            assertThat(press.path("names").toString()).contains("press.example", "127.0.0.1");
            assertThat(press.path("days_left").asInt()).isEqualTo(10);
            assertThat(press.path("state").asString()).isEqualTo("ends_soon");
            assertThat(press.path("key_algorithm").asString()).isEqualTo("EC 256");
            assertThat(Instant.parse(press.path("not_after").asString())).isAfter(Instant.now());
            assertThat(certificates(broker, "--like", "CONSOLE")
                            .path(0)
                            .path("state")
                            .asString())
                    .isEqualTo("ok");
            JsonNode over = certificates(broker, "--state", "ended");
            assertThat(over.size()).isEqualTo(1);
            assertThat(over.path(0).path("days_left").asInt()).isEqualTo(-1);
            assertThat(broker.does("security", "certificates").lines().toList().get(1))
                    .contains("listeners.ended.tls.certfile", "ended", "CN=old");
            assertThat(broker.does("security", "certificates", "--csv").lines())
                    .hasSize(6)
                    .first()
                    .asString()
                    .startsWith("setting,subject,issuer,names");
            assertThat(broker.fails("security", "certificates", "--state", "new"))
                    .contains("ok, not_yet, ends_soon");
        }
    }

    @Test
    void anAuthorityIsTheOneThatIsInUse() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(
                folder, "authentication.http { url = \"https://127.0.0.1:9/auth\", cafile = ca.pem }")) {
            await().untilAsserted(() -> assertThat(settings(broker)).containsExactly("authentication.http.cafile"));
            X509Bundle other =
                    builder("CN=Other", 300).setIsCertificateAuthority(true).buildSelfSigned();
            Files.writeString(folder.resolve("ca.pem"), other.getCertificatePEM());
            assertThat(certificates(broker).path(0).path("subject").asString()).isEqualTo("CN=Test Authority");
            broker.server().reload(broker.server().config());
            await().untilAsserted(() -> assertThat(
                            certificates(broker).path(0).path("subject").asString())
                    .isEqualTo("CN=Other"));
        }
    }

    @Test
    void theKeysForTokensAreListedWithoutOne() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder, "authentication.jwt.secret = " + SECRET)) {
            String shown = broker.does("security", "keys", "--json");
            JsonNode keys = JsonMapper.shared().readTree(shown).path("data").path(0);
            assertThat(keys.path("setting").asString()).isEqualTo("authentication.jwt.secret");
            assertThat(keys.path("keys").asInt()).isEqualTo(1);
            assertThat(shown).doesNotContain(SECRET);
            assertThat(broker.does("security", "keys"))
                    .contains("authentication.jwt.secret")
                    .doesNotContain(SECRET);
        }
    }

    @Test
    void whyKeysCouldNotBeFetchedIsTold() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(
                folder, "authentication.jwt.jwks-url = \"http://127.0.0.1:9/keys?code=hush\"")) {
            await().untilAsserted(() -> assertThat(
                            broker.does("security", "keys", "--csv").lines())
                    .element(1)
                    .asString()
                    .startsWith("authentication.jwt.jwks-url,http://127.0.0.1:9/keys,0,")
                    .contains(",it cannot be reached,")
                    .endsWith(",1,1"));
            assertThat(broker.does("security", "keys", "--json")).doesNotContain("hush");
        }
        Path other = Files.createDirectory(folder.resolve("other"));
        try (CommandLineBroker broker = CommandLineBroker.start(other)) {
            assertThat(broker.does("security", "keys")).contains("No logins with tokens");
            assertThat(broker.does("security", "keys", "--csv"))
                    .isEqualToIgnoringNewLines("setting,source,keys,key_ids,fetched_at,error,fetches,failed_fetches");
            assertThat(broker.does("security", "certificates", "--csv")).startsWith("setting,subject,issuer,names");
            assertThat(broker.does("security", "certificates")).contains("no certificates");
        }
    }

    private static JsonNode certificates(CommandLineBroker broker, String... more) {
        String[] words = new String[more.length + 3];
        List.of("security", "certificates", "--json").toArray(words);
        System.arraycopy(more, 0, words, 3, more.length);
        return JsonMapper.shared().readTree(broker.does(words)).path("data");
    }

    private static List<String> settings(CommandLineBroker broker) {
        return certificates(broker).findValuesAsString("setting");
    }
}
