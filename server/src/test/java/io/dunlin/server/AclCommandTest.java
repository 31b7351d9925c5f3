package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.security.password.Credential;
import io.dunlin.security.users.UserChange;
import io.dunlin.security.users.UserStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code dunlin acl} on a configuration of a small factory. */
class AclCommandTest {
    private static final String CONFIG = """
            listeners.plant { type = tcp, bind = "127.0.0.1:1883", allow-anonymous = true }
            authorization {
              rules = [
                { effect = deny, action = publish, retain = true, topics = "sensors/#" }
                { effect = allow, action = publish, qos = [0, 1], topics = ["sensors/${clientid}/#"] }
                { effect = allow, users = [anna, ben], action = all, topics = ["line/+/state", "alarms/#"] }
              ]
              roles.operator.rules = [ { effect = allow, action = subscribe, topics = ["sensors/#"] } ]
              groups.shift.roles = operator
              acl-file = acl
            }
            """;

    @TempDir
    Path folder = Path.of("");

    private Path config = Path.of("");

    private record Outcome(int code, List<String> out, String err) {}

    @BeforeEach
    void write() throws IOException {
        config = Files.writeString(folder.resolve("dunlin.conf"), CONFIG);
        Files.writeString(folder.resolve("acl"), "topic read news\n");
    }

    private Outcome run(String... words) {
        List<String> all = new ArrayList<>(List.of("acl", words[0], "-c", config.toString()));
        all.addAll(List.of(words).subList(1, words.length));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                all.toArray(String[]::new),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        String here = folder + "/";
        return new Outcome(
                code,
                out.toString(StandardCharsets.UTF_8).replace(here, "").lines().toList(),
                err.toString(StandardCharsets.UTF_8).replace(here, ""));
    }

    @Test
    void namesTheRuleThatAllows() {
        Outcome outcome = run("explain", "--client", "press-4", "publish", "sensors/press-4/heat", "-q", "1");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .startsWith("ALLOWED by rules: dunlin.conf:5: allow publish qos=0,1 sensors/${clientid}/#")
                .contains("      it concerns messages with retain alone", "      it fits and decides");
    }

    @Test
    void namesTheRuleThatDenies() {
        Outcome outcome = run("explain", "--client", "press-4", "publish", "sensors/press-4/heat", "-r");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out()).startsWith("DENIED by rules: dunlin.conf:4: deny publish retain=true sensors/#");
    }

    @Test
    void saysWhatRulesThatComeNearLack() {
        Outcome outcome = run("explain", "--client", "x+", "publish", "sensors/press-4/heat");
        assertThat(outcome.out())
                .startsWith("DENIED by no-match: nothing fits, and authorization.no-match is deny")
                .contains(
                        "      sensors/${clientid}/# fits nothing: the client's clientid is empty or has characters that"
                                + " mean something in topics");
        assertThat(run("explain", "--client", "x", "--user", "eve", "publish", "alarms/fire")
                        .out())
                .contains("      the user is not anna or ben");
    }

    @Test
    void explainsRolesGroupsAndTheFile() {
        assertThat(run("explain", "--client", "x", "--group", "shift", "subscribe", "$share/g/sensors/+/heat")
                        .out())
                .startsWith("ALLOWED by users: role operator, dunlin.conf:8: allow subscribe sensors/#");
        assertThat(run("explain", "--client", "x", "receive", "news").out())
                .startsWith("ALLOWED by acl-file: acl:1: topic read news");
    }

    @Test
    void knowsTheUsersOfTheStore() throws IOException {
        config = Files.writeString(folder.resolve("stored.conf"), """
                node.data-dir = %s
                authentication.built-in = true
                authorization.rules = [{ effect = allow, roles = [device], action = all, topics = "devices/${username}/#" }]
                """.formatted(folder.resolve("data")));
        assertThat(run("explain", "--client", "x", "--user", "pump", "publish", "devices/pump/t")
                        .code())
                .isEqualTo(2);
        UserStore store = UserStore.open(folder.resolve("data").resolve("security"));
        store.knownElsewhere(Set.of("device"), Set.of());
        store.apply(new UserChange.CreateUser(
                "pump",
                Credential.parse("$7$101$QUFBQUFBQUFBQUFB$" + "A".repeat(86) + "=="),
                List.of("device"),
                List.of()));
        assertThat(run("explain", "--client", "x", "--user", "pump", "publish", "devices/pump/t")
                        .code())
                .isZero();
        assertThat(run("explain", "--client", "x", "--user", "pump", "publish", "devices/other/t")
                        .code())
                .isEqualTo(2);
        assertThat(run("explain", "--client", "x", "--user", "fan", "publish", "devices/fan/t")
                        .code())
                .isEqualTo(2);
    }

    @Test
    void refusesQuestionsThatMakeNoSense() {
        assertThat(run("explain", "--client", "x", "publish", "a/#").err()).contains("cannot be asked about");
        assertThat(run("explain", "--client", "x", "-q", "3", "publish", "a").err())
                .contains("expected is 0, 1 or 2");
        assertThat(run("explain", "--client", "x", "--listener", "web", "publish", "a")
                        .err())
                .contains("there is no listener web: known are plant");
        assertThat(run("explain", "--client", "x", "--address", "home", "publish", "a")
                        .err())
                .contains("is no address");
    }

    @Test
    void checksRules() throws IOException {
        assertThat(run("check")).isEqualTo(new Outcome(0, List.of("OK: 5 rules"), ""));
        config = Files.writeString(folder.resolve("odd.conf"), """
                authorization.rules = [
                  { effect = allow, action = all, topics = "#" }
                  { effect = deny, users = eve, listeners = web, action = publish, topics = "secret/${clientid}" }
                ]
                authorization.groups.shift.roles = [operator]
                """);
        Outcome outcome = run("check");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("odd.conf:2: allow all #: it lets every client do all on every topic;"),
                        line -> assertThat(line)
                                .startsWith(
                                        "odd.conf:3: deny users=eve listeners=web publish secret/${clientid}: it never"
                                                + " decides, as odd.conf:2: allow all # fits wherever it does; move it before"),
                        line -> assertThat(line).startsWith("odd.conf:3: there is no listener web; known are "),
                        line -> assertThat(line).startsWith("group shift: the role operator has no rules"));
    }

    @Test
    void saysWhereARuleIsWrong() throws IOException {
        config = Files.writeString(folder.resolve("bad.conf"), """
                authorization {
                  rules = [
                    { effect = allow, action = publish, topics = "a/#/b" }
                    { effect = allow, topics = a }
                    { effect = allow, action = publish }
                    { effect = permit, action = fly, qos = 3, topics = a }
                  ]
                  roles.r.rules = [ { effect = deny, action = subscribe, retain = true, topics = a } ]
                }
                """);
        assertThat(run("check").err().lines())
                .contains(
                        "dunlin: bad.conf:6: authorization.rules.3.effect = \"permit\" does not fit: expected is allow or deny",
                        "dunlin: bad.conf:6: authorization.rules.3.qos = 3 is out of bounds: expected is 0 to 2");
        config = Files.writeString(folder.resolve("bad.conf"), """
                authorization {
                  rules = [
                    { effect = allow, action = publish, topics = "a/#/b" }
                    { effect = allow, topics = a }
                    { effect = allow, action = publish }
                  ]
                  roles.r.rules = [ { effect = deny, action = subscribe, retain = true, topics = a } ]
                }
                """);
        assertThat(run("check").err().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("dunlin: bad.conf:3: authorization.rules.0: \"a/#/b\" is no"),
                        line -> assertThat(line).contains("bad.conf:4: ", "the rule names no action"),
                        line -> assertThat(line).contains("bad.conf:5: ", "the rule names no topic"),
                        line -> assertThat(line).contains("bad.conf:7: ", "retain is about messages"));
        Files.writeString(folder.resolve("acl"), "topic read a\nfoo\n");
        config = Files.writeString(folder.resolve("file.conf"), "authorization.acl-file = acl");
        assertThat(run("check").err()).startsWith("dunlin: acl:2: \"foo\" does not fit");
        config = Files.writeString(folder.resolve("chain.conf"), "authorization.chain = [rules, http]");
        assertThat(run("check").err())
                .startsWith("dunlin: authorization.chain names http, which is not configured: known are rules, users");
    }
}
