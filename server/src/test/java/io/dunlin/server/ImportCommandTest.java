package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.security.password.PasswordHash;
import io.dunlin.security.users.UserBase;
import io.dunlin.security.users.UserStore;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.InvalidConfig;
import io.dunlin.server.config.ListenerSettings;
import io.dunlin.server.config.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportCommandTest {
    private static final int ITERATIONS = 101;

    @TempDir
    Path folder;

    private record Outcome(int code, String out, String err) {}

    private Outcome imports(String conf) throws IOException {
        Files.writeString(folder.resolve("mosquitto.conf"), conf);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                new String[] {
                    "import", "mosquitto", folder.resolve("mosquitto.conf").toString(), "--to", to().toString()
                },
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Path to() {
        return folder.resolve("dunlin");
    }

    private Bound<ServerConfig> written() throws InvalidConfig {
        return ConfigLoader.load(new ConfigSources(Optional.of(to().resolve("dunlin.conf")), Map.of(), List.of()));
    }

    private ListenerSettings listener(String name) throws InvalidConfig {
        return Optional.ofNullable(written().value().listeners().get(name)).orElseThrow();
    }

    private static String hash(String password) {
        return PasswordHash.of(password.getBytes(StandardCharsets.UTF_8), ITERATIONS)
                .text();
    }

    @Test
    void takesListenersUsersRightsAndLimits() throws IOException, InvalidConfig {
        Files.writeString(folder.resolve("users"), "# people\nann:" + hash("a") + "\nbob:plain\nann:x\nnonsense\n");
        Files.writeString(folder.resolve("rights"), "user ann\ntopic readwrite line/#\n");
        Files.createDirectories(folder.resolve("conf.d"));
        Files.writeString(folder.resolve("conf.d/b.conf"), "listener 0 127.0.0.1\nprotocol websockets\n");
        Files.writeString(folder.resolve("conf.d/a.conf"), "max_queued_messages 0\n");
        Files.writeString(folder.resolve("conf.d/c.txt"), "nonsense true\n");
        Outcome outcome = imports("""
                # a comment
                allow_anonymous false
                password_file users
                acl_file %s/rights
                persistence true
                persistence_location /var/lib/mosquitto/
                persistent_client_expiration 2w
                max_inflight_messages 40
                max_packet_size 1000000
                sys_interval 30
                log_type warning
                log_dest file /var/log/mosquitto/mosquitto.log
                autosave_interval 1800
                invented 7
                listener 0 127.0.0.1
                max_connections 500
                include_dir %s/conf.d
                """.formatted(folder, folder));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isEqualTo(2);
        String conf = folder.resolve("mosquitto.conf").toString();
        assertThat(outcome.out())
                .contains("OK: " + to().resolve("dunlin.conf"))
                .contains(conf + ":15: listener 0 127.0.0.1 -> listeners.tcp-0.bind = \"127.0.0.1:0\"")
                .contains(conf + ":6: persistence_location /var/lib/mosquitto/: what Mosquitto has stored")
                .contains(conf + ":14: invented 7: Dunlin has no such setting")
                .contains(folder.resolve("users") + ":3: the user of this line was left out")
                .contains(folder.resolve("users") + ":4: the user of this line stands in the file twice")
                .contains(folder.resolve("users") + ":5: a line is user:hash")
                .doesNotContain("plain")
                .doesNotContain("c.txt");
        ServerConfig config = written().value();
        assertThat(config.listeners().keySet()).containsExactly("tcp-0", "ws-0");
        assertThat(listener("tcp-0").maxConnections()).isEqualTo(500);
        assertThat(listener("tcp-0").allowAnonymous()).contains(false);
        assertThat(listener("ws-0").websocket().path()).isEqualTo("*");
        assertThat(config.mqtt().maxInflightMessages()).isEqualTo(40);
        assertThat(config.mqtt().maxQueuedMessages()).isEqualTo(Integer.MAX_VALUE);
        assertThat(config.mqtt().sessionExpiryInterval()).hasDays(14);
        assertThat(config.sys().interval()).hasSeconds(30);
        assertThat(Files.readString(to().resolve("passwd"))).startsWith("# people\nann:$7$");
        assertThat(Files.getPosixFilePermissions(to().resolve("passwd")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (Server server = Server.start(written())) {
            assertThat(server.listeners()).hasSize(2).noneMatch(OpenListeners.Entry::isAnonymous);
        } catch (StartFailed e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void withoutListenersThisMachineAlone() throws IOException, InvalidConfig {
        assertThat(imports("persistence true\n").code()).isZero();
        assertThat(listener("local").bind().isLoopback()).isTrue();
        assertThat(listener("local").allowAnonymous()).contains(true);
    }

    @Test
    void overwritesNothing() throws IOException {
        assertThat(imports("persistence true\n").code()).isZero();
        String first = Files.readString(to().resolve("dunlin.conf"));
        Outcome again = imports("persistence false\n");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("dunlin.conf is there already and is not overwritten");
        assertThat(Files.readString(to().resolve("dunlin.conf"))).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    listener 0                                      | nobody could log in there
                    allow_anonymous true;listener 0;mount_point a/  | without its mount_point
                    allow_anonymous true;listener 0;bind_interface lo | without its bind_interface
                    allow_anonymous true;listener 0;psk_hint x      | pre-shared keys
                    """)
    void whatWouldBeMoreOpenIsNotOpened(String conf, String reason) throws IOException, InvalidConfig {
        Outcome outcome = imports(conf.replace(';', '\n') + "\n");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out())
                .contains("it is written with enabled = false: ")
                .contains(reason);
        assertThat(listener("tcp-0").enabled()).isFalse();
    }

    @Test
    void listenersWithUsersOfTheirOwnAreNotOpened() throws IOException, InvalidConfig {
        Files.writeString(folder.resolve("one"), "ann:" + hash("a") + "\n");
        Files.writeString(folder.resolve("two"), "ben:" + hash("b") + "\n");
        Outcome outcome = imports("""
                per_listener_settings true
                listener 1883
                password_file one
                listener 1884
                password_file two
                listener 1885
                allow_anonymous true
                """);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(listener("tcp-1883").enabled()).isTrue();
        assertThat(listener("tcp-1884").enabled()).isFalse();
        assertThat(listener("tcp-1885").enabled()).isTrue();
        assertThat(listener("tcp-1885").allowAnonymous()).contains(true);
    }

    @Test
    void aBrokenAclFileStopsIt() throws IOException {
        Files.writeString(folder.resolve("rights"), "topc read a\n");
        Outcome outcome = imports("listener 0\nallow_anonymous true\nacl_file rights\n");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("rights").contains("Mosquitto does not start with it either");
        assertThat(to()).doesNotExist();
    }

    @Test
    void bridgesAndTheirSecretsAreToldAndNotShown() throws IOException {
        Outcome outcome = imports("""
                persistence true
                connection cloud
                address cloud.example:8883
                topic sensors/# out 1
                remote_password hush
                """);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out())
                .contains("mosquitto.conf:2: connection cloud: bridges are not there yet")
                .contains("sensors/# out 1")
                .doesNotContain("hush");
        assertThat(Files.readString(to().resolve("dunlin.conf"))).doesNotContain("hush");
    }

    private void writeDynamicSecurity() throws IOException {
        String[] parts = hash("pw").split("\\$");
        Files.writeString(folder.resolve("ds.json"), """
                {
                 "defaultACLAccess": {"publishClientSend": false, "publishClientReceive": true, "subscribe": false},
                 "clients": [
                  {"username": "ann", "password": "PW", "salt": "SALT", "iterations": 101,
                   "roles": [{"rolename": "reader"}]},
                  {"username": "bound", "clientid": "c1", "password": "PW", "salt": "SALT", "iterations": 101},
                  {"username": "ann"},
                  {"username": "cert"}
                 ],
                 "groups": [
                  {"groupname": "all", "roles": [{"rolename": "writer"}], "clients": [{"username": "ann"}]},
                  {"groupname": "nobody", "roles": [{"rolename": "reader"}]}
                 ],
                 "anonymousGroup": "nobody",
                 "roles": [
                  {"rolename": "reader", "acls": [
                    {"acltype": "subscribePattern", "topic": "a/#", "allow": true},
                    {"acltype": "subscribePattern", "topic": "a/secret", "priority": 5, "allow": false},
                    {"acltype": "subscribeLiteral", "topic": "#", "allow": true},
                    {"acltype": "unsubscribePattern", "topic": "#", "allow": true}]},
                  {"rolename": "writer", "acls": [
                    {"acltype": "publishClientSend", "topic": "in/%c/my topic", "allow": true},
                    {"acltype": "publishClientSend", "topic": "$CONTROL/dynamic-security/#", "allow": true},
                    {"acltype": "publishClientSend", "topic": "a/#/b", "allow": true}]}
                 ]
                }
                """.replace("PW", parts[4]).replace("SALT", parts[3]));
        assertThat(Base64.getDecoder().decode(parts[4])).hasSize(64);
    }

    @Test
    void takesUsersOfTheDynamicSecurityPlugin() throws IOException, InvalidConfig {
        writeDynamicSecurity();
        Outcome outcome = imports("""
                allow_anonymous true
                listener 0 127.0.0.1
                plugin /usr/lib/mosquitto_dynamic_security.so
                plugin_opt_config_file ds.json
                """);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isEqualTo(2);
        String json = folder.resolve("ds.json").toString();
        assertThat(outcome.out())
                .contains(json + ":6: user bound may come as client c1 only")
                .contains(json + ":7: user ann: it stands in the file twice")
                .contains(json + ":8: user cert has no password")
                .contains(json + ":23: role writer: $CONTROL/dynamic-security/# means nothing here")
                .contains(json + ":24: role writer: ");
        UserBase users = UserStore.open(to().resolve("data/security")).snapshot();
        assertThat(users.users().keySet()).containsExactly("ann", "bound", "cert");
        assertThat(users.users()).hasEntrySatisfying("ann", ann -> {
            assertThat(ann.roles()).containsExactly("reader");
            assertThat(ann.groups()).containsExactly("all");
            assertThat(ann.enabled()).isTrue();
        });
        assertThat(users.users())
                .hasEntrySatisfying(
                        "bound", bound -> assertThat(bound.enabled()).isFalse());
        assertThat(users.roles())
                .hasEntrySatisfying(
                        "reader",
                        role -> assertThat(role.rules())
                                .extracting(rule -> rule.effect() + " " + rule.kinds() + " " + rule.topics())
                                .containsExactly(
                                        "ALLOW [SUBSCRIBE] [eq #]",
                                        "DENY [SUBSCRIBE] [a/secret]",
                                        "ALLOW [SUBSCRIBE] [a/#]"));
        assertThat(users.roles())
                .hasEntrySatisfying("writer", role -> assertThat(role.rules()).hasSize(1));
        assertThat(written().value().authorization().rules())
                .hasSize(3)
                .allMatch(rule -> rule.anonymous().equals(Optional.of(true)));
        assertThat(new String(Files.readAllBytes(to().resolve("data/security/users.json")), StandardCharsets.UTF_8))
                .contains("$7$101$");
    }
}
