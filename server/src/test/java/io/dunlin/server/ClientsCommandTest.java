package io.dunlin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.SocketPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code dunlin clients} and {@code dunlin sessions} against a running broker. */
@Timeout(120)
class ClientsCommandTest {
    @TempDir
    private Path folder;

    @Test
    void clientsAreListedFilteredSortedAndShown() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                RawClient first = broker.client();
                RawClient second = broker.client();
                RawClient third = broker.client()) {
            first.connect("press-1");
            second.connect("press-2");
            third.connect("oven,3");
            second.subscribe("a/#");
            second.subscribe("b");
            first.subscribe("a/+");

            assertThat(broker.does("clients", "list", "--like", "PRESS").lines())
                    .hasSize(3)
                    .element(1)
                    .asString()
                    .startsWith("press-1");
            assertThat(broker.does("clients", "list", "--sort=-subscriptions_cnt", "--max", "3")
                            .lines()
                            .skip(1))
                    .element(0)
                    .asString()
                    .startsWith("press-2");
            assertThat(broker.run("clients", "list", "-n", "1").err()).contains("2 more are not shown: --max 3");
            assertThat(broker.does("clients", "list", "--csv").lines().toList())
                    .hasSize(4)
                    .first()
                    .asString()
                    .startsWith("clientid,username,connected,ip_address,port,listener");
            assertThat(broker.does("clients", "list", "--csv")).contains("\"oven,3\",");
            assertThat(broker.does("clients", "list", "--json")).contains("\"count\" : 3", "\"proto_ver\" : 5");
            assertThat(broker.fails("clients", "list", "--sort", "size"))
                    .contains("dunlin: the list cannot be sorted by size, but by clientid,");
            assertThat(broker.fails("clients", "list", "--state", "happy"))
                    .contains("dunlin: happy is no state of a connection: expected is connected, disconnected, away");

            assertThat(broker.does("clients", "show", "press-2"))
                    .contains("clientid: press-2", "subscriptions_cnt: 2", "listener: tcp");
            assertThat(broker.fails("clients", "show", "nobody"))
                    .contains(
                            "there is no client nobody, connected or not: dunlin clients list --state all says which");
            assertThat(broker.does("clients", "subscriptions", "press-2")).contains("a/#", "b");
            assertThat(broker.does("clients", "subscriptions", "--match", "a/x").lines())
                    .hasSize(3);
            assertThat(broker.does("clients", "subscriptions", "--topic", "a/+").lines())
                    .hasSize(2);

            assertThat(broker.does("clients", "subscribe", "press-1", "c/#", "-q", "1"))
                    .isEqualToIgnoringNewLines("OK: press-1 is subscribed to c/# with QoS 1");
            assertThat(broker.does("clients", "subscriptions", "press-1").lines())
                    .hasSize(3);
            assertThat(broker.fails("clients", "subscribe", "press-1", "c/#/d")).contains("cannot subscribe to c/#/d");
            assertThat(broker.fails("clients", "subscribe", "nobody", "c")).contains("no client nobody is connected");
            assertThat(broker.does("clients", "unsubscribe", "press-1", "c/#")).contains("no longer subscribed");
            assertThat(broker.fails("clients", "unsubscribe", "press-1", "c/#")).contains("has no subscription to c/#");

            assertThat(broker.does("clients", "kick", "press-1", "press-2")).startsWith("OK: 2 clients were");
            CommandLineBroker.Outcome again = broker.run("clients", "kick", "press-1", "oven,3");
            assertThat(again.code()).isEqualTo(1);
            assertThat(again.out()).startsWith("OK: 1 clients were");
            assertThat(again.err()).contains("no client press-1 is connected");
        }
    }

    @Test
    void filtersThatMatchNothingSaySoAndWrongOnesAreRefused() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                RawClient client = broker.client()) {
            assertThat(broker.does("clients", "list")).isEqualToIgnoringNewLines("No client is connected.");
            client.connect("press");
            assertThat(broker.does("clients", "list", "--address", "10.1.1.1"))
                    .isEqualToIgnoringNewLines("No client matches.");
            assertThat(broker.does("clients", "list", "--listener", "nosuch"))
                    .isEqualToIgnoringNewLines("No client matches.");
            assertThat(broker.does("clients", "list", "--address", "127.0.0.1").lines())
                    .hasSize(2);
            for (String wrong : List.of("1.2.3", "host", "1.2.3.256", "1.2.3.4/8", "2001:db8")) {
                assertThat(broker.fails("clients", "list", "--address", wrong)).contains(wrong + " is no IP address");
            }
        }
    }

    @Test
    void whatWaitsInASessionIsShownAndCleared() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                RawClient sender = broker.client()) {
            try (RawClient away = broker.client()) {
                away.send(new Connect(
                        ProtocolVersion.V5,
                        "away",
                        true,
                        60,
                        Properties.of(Property.SESSION_EXPIRY_INTERVAL, 600),
                        null,
                        null,
                        null));
                away.receive();
                away.send(
                        new Subscribe(1, Properties.NONE, List.of(new SubscriptionRequest("q/#", QoS.AT_LEAST_ONCE))));
                away.receive();
                sender.connect("sender");
                sender.send(publish("q/hello", "good morning", 1));
                away.receive();
                assertThat(broker.does("clients", "inflight", "away")).contains("sent", "q/hello", "good morning");
            }
            broker.awaitAway("away");
            for (int i = 2; i < 5; i++) {
                sender.send(publish("q/" + i, "number " + i, i));
                sender.receive();
            }
            assertThat(broker.does("sessions", "list")).contains("away", "600 s");
            assertThat(broker.does("clients", "list")).doesNotContain("away");
            assertThat(broker.does("clients", "list", "--state", "all")).contains("away", "sender");
            assertThat(broker.does("clients", "list", "--state", "away").lines())
                    .hasSize(2)
                    .element(1)
                    .asString()
                    .startsWith("away ");
            assertThat(broker.fails("clients", "queue", "away", "--sort", "topic"))
                    .contains("the list cannot be sorted: it is in the order in which the messages go out");
            assertThat(broker.fails("topics", "talkers", "--sort", "topic"))
                    .contains("the list cannot be sorted: it is in the order that by says");
            assertThat(broker.does("clients", "queue", "away", "--payload", "6").lines())
                    .hasSize(4)
                    .element(1)
                    .asString()
                    .contains("q/2", "sender", "number", "8")
                    .doesNotContain("number 2");
            assertThat(broker.does("sessions", "clear", "away")).startsWith("OK: the session of away is cleared");
            assertThat(broker.does("sessions", "list")).isEqualToIgnoringNewLines("There is no such session.");
            assertThat(broker.fails("sessions", "clear", "away")).contains("there is no client away");
            assertThat(broker.auditLog()).contains("\"event\":\"session.cleared\"");
        }
    }

    private static Publish publish(String topic, String text, int id) {
        return new Publish(
                false,
                QoS.AT_LEAST_ONCE,
                false,
                TopicName.of(topic),
                id,
                Properties.NONE,
                text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aProgramLearnsWhichQosThereAre() throws Exception {
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                ControlClient control = ControlClient.connect(SocketPath.of(folder.resolve("data")))
                        .orElseThrow()) {
            assertThatThrownBy(() -> control.call("subscriptions.list", Map.of("qos", 7)))
                    .hasMessageContaining("qos is 7, expected is a number from 0 to 2");
            assertThat(broker.does("clients", "subscriptions", "--qos", "2")).startsWith("There is no such");
        }
    }

    @Test
    void csvIsQuotedWhereItMustBe() {
        var json = JsonMapper.shared()
                .readTree("[{\"a\":\"x,y\",\"b\":null},{\"a\":\"say \\\"no\\\"\",\"b\":[\"1\",\"2\"],\"c\":true}]");
        assertThat(CsvText.lines(List.of("b"), List.of(json.get(0), json.get(1))))
                .containsExactly("b,a,c", ",\"x,y\",", "1 2,\"say \"\"no\"\"\",true");
        assertThat(CsvText.lines(List.of("a", "b"), List.of())).containsExactly("a,b");
    }

    @Test
    void aTableShowsWhatATerminalWouldObey() {
        for (String obeyed : List.of("\u001b", "\u009b", "\n", "\u202e", "\u2066", "\u2028", "\u2029", "\u00ad")) {
            assertThat(TextTable.clean("a" + obeyed + "b")).isEqualTo("a?b");
        }
        assertThat(TextTable.clean("Öfen 炉 🔥")).isEqualTo("Öfen 炉 🔥");
    }

    @Test
    void columnsAreAsWideAsATerminalShowsThem() {
        assertThat(new TextTable("ID", "N")
                        .row("plain", 1)
                        .row("炉1", 2)
                        .row("🔥", 3)
                        .row("e\u0301", 4)
                        .lines())
                .containsExactly("ID     N", "plain  1", "炉1    2", "🔥     3", "e\u0301      4");
        assertThat(TextTable.width("ｆ한か")).isEqualTo(6);
        assertThat(TextTable.cut("a炉🔥b", 4)).isEqualTo("a炉");
        assertThat(TextTable.cut("a炉🔥b", 6)).isEqualTo("a炉🔥b");
    }

    @Test
    void noCellOfCsvIsAFormula() {
        for (String text : List.of("=1+1", "+1", "-1", "@a", "\t=1", "[x]=")) {
            var row = JsonMapper.shared().createObjectNode().put("clientid", text);
            assertThat(CsvText.lines(List.of(), List.of(row)))
                    .element(1)
                    .isEqualTo(text.startsWith("[") ? text : "'" + text);
        }
        var row = JsonMapper.shared().createObjectNode().put("number", -1).put("payload", "+AAA");
        row.putArray("list").add("=1").add("x");
        assertThat(CsvText.lines(List.of(), List.of(row))).element(1).isEqualTo("-1,+AAA,'=1 x");
    }

    @Test
    void csvHasTheSameHeaderWithRowsAndWithout() throws Exception {
        List<String> commands = List.of(
                "clients list",
                "clients subscriptions",
                "sessions list",
                "retained list",
                "topics list plant",
                "topics talkers",
                "topics shared");
        try (CommandLineBroker broker = CommandLineBroker.start(folder);
                RawClient client = broker.client()) {
            Map<String, String> empty = new HashMap<>();
            commands.forEach(command -> empty.put(command, csv(broker, command)));
            client.send(new Connect(
                    ProtocolVersion.V5,
                    "press",
                    true,
                    60,
                    Properties.of(Property.SESSION_EXPIRY_INTERVAL, 600),
                    null,
                    null,
                    null));
            client.receive();
            client.subscribe("$share/crew/jobs/#");
            client.send(new Publish(
                    false, QoS.AT_LEAST_ONCE, true, TopicName.of("plant/1"), 1, Properties.NONE, new byte[] {1}));
            client.receive();
            for (String command : commands) {
                assertThat(empty.get(command)).as(command).contains(",").doesNotContain("\n");
                await().untilAsserted(
                                () -> // topics are looked at now and then
                                assertThat(csv(broker, command)).as(command).startsWith(empty.get(command) + "\n"));
            }
            assertThat(csv(broker, "clients list --like zzzz")).isEqualTo(empty.get("clients list"));
            assertThat(csv(broker, "trace list")).startsWith("name,status,type");
            assertThat(csv(broker, "clients slow")).startsWith("clientid,username,ip_address");
        }
    }

    private static String csv(CommandLineBroker broker, String command) {
        return broker.does((command + " --csv").split(" ")).strip();
    }
}
