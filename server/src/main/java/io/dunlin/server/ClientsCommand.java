package io.dunlin.server;

import io.dunlin.server.control.MessageRow;
import io.dunlin.server.control.SessionRow;
import io.dunlin.server.control.SubscriptionRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code dunlin clients}: who is connected, what each has, and the end of a connection. */
@Command(
        name = "clients",
        description = "Lists the clients of a running broker, shows what one has and may do, or ends its connection.",
        synopsisSubcommandLabel =
                "(list | slow | show | subscriptions | inflight | queue | events | subscribe | unsubscribe | explain | kick)",
        subcommands = {
            ClientsCommand.Listing.class,
            SlowClientsCommand.class,
            ClientsCommand.Show.class,
            ClientsCommand.OfClient.class,
            ClientsCommand.InFlight.class,
            ClientsCommand.Queue.class,
            ClientsCommand.SubscribeFor.class,
            ClientsCommand.UnsubscribeFor.class,
            ClientEventsCommand.class,
            ClientsCommand.Explain.class,
            ClientsCommand.Kick.class
        })
final class ClientsCommand implements Callable<Integer> {
    /** So much of a payload the broker shows. */
    static final int PAYLOAD_BYTES_MAX = 1 << 20;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(
                spec,
                "dunlin clients list or slow, or show, subscriptions, inflight, queue, events, explain or kick and a client, such as"
                        + " dunlin clients show CLIENT");
    }

    /** {@code dunlin clients list}. */
    @Command(name = "list", description = "Lists clients: those that are connected, or others too.")
    static final class Listing extends Lists {
        @Mixin
        private SessionOptions which = new SessionOptions();

        @Option(
                names = "--state",
                paramLabel = "STATE",
                defaultValue = "connected",
                description = "connected, disconnected (or away), or all (default ${DEFAULT-VALUE}).")
        private String state = "connected";

        @Override
        int run() {
            Map<String, Object> arguments = which.arguments();
            String none = arguments.isEmpty() ? none() : "No client matches.";
            arguments.put("conn_state", state);
            return list(
                    "clients.list",
                    arguments,
                    none,
                    CsvText.fields(SessionRow.class),
                    Column.of("CLIENT", "clientid"),
                    Column.of("USER", "username"),
                    Column.of("ADDRESS", "ip_address"),
                    Column.of("LISTENER", "listener"),
                    new Column("MQTT", row -> version(row.path("proto_ver").asInt(0))),
                    Column.of("TLS", "tls"),
                    Column.of("SINCE", "connected_at"),
                    Column.of("SUBS", "subscriptions_cnt"),
                    Column.of("QUEUED", "mqueue_len"),
                    Column.of("IN", "recv_msg"),
                    Column.of("OUT", "send_msg"),
                    Column.of("BY", "source"));
        }

        private String none() {
            return state.equals("connected") ? "No client is connected." : "There is none.";
        }

        private static String version(int level) {
            return switch (level) {
                case 3 -> "3.1";
                case 4 -> "3.1.1";
                case 5 -> "5.0";
                default -> "-";
            };
        }
    }

    /** {@code dunlin clients show}. */
    @Command(name = "show", description = "Shows all that is known of a client and its session.")
    static final class Show extends Lists {
        @Parameters(paramLabel = "CLIENT", description = "The client id.")
        private String client = "";

        @Override
        int run() {
            return show("clients.show", Map.of("clientid", client));
        }
    }

    /** {@code dunlin clients subscriptions}. */
    @Command(name = "subscriptions", description = "Lists the subscriptions of a client, or of all.")
    static final class OfClient extends Lists {
        @Parameters(arity = "0..1", paramLabel = "CLIENT", description = "The client id; without one, of all.")
        private @Nullable String client;

        @Option(names = "--topic", paramLabel = "FILTER", description = "Only those to exactly this filter.")
        private @Nullable String topic;

        @Option(
                names = "--match",
                paramLabel = "TOPIC",
                description = "Only those that a message of this topic goes to.")
        private @Nullable String match;

        @Option(names = "--group", paramLabel = "NAME", description = "Only those of this shared group.")
        private @Nullable String group;

        @Option(names = "--qos", paramLabel = "QOS", description = "Only those with this QoS: 0, 1 or 2.")
        private @Nullable Integer qos;

        @Override
        int run() {
            Map<String, Object> arguments = new HashMap<>();
            putIfThere(arguments, "clientid", client);
            putIfThere(arguments, "topic", topic);
            putIfThere(arguments, "match_topic", match);
            putIfThere(arguments, "share_group", group);
            if (qos != null) {
                arguments.put("qos", Numbers.between(0, 2, qos, "QoS", spec()));
            }
            return list(
                    "subscriptions.list",
                    arguments,
                    "There is no such subscription.",
                    CsvText.fields(SubscriptionRow.class),
                    Column.of("CLIENT", "clientid"),
                    Column.of("FILTER", "topic"),
                    Column.of("QOS", "qos"),
                    Column.of("NO LOCAL", "nl"),
                    Column.of("RETAIN AS PUBLISHED", "rap"),
                    Column.of("RETAIN HANDLING", "rh"),
                    Column.of("ID", "subid"));
        }
    }

    /** What waits in a session, or is under way. */
    abstract static class OfMessages extends Lists {
        @Parameters(paramLabel = "CLIENT", description = "The client id.")
        private String client = "";

        @Option(
                names = "--payload",
                paramLabel = "BYTES",
                defaultValue = "1024",
                description = "So much of each payload (default ${DEFAULT-VALUE}).")
        private int payload;

        int messages(String command, String none) {
            Numbers.between(0, PAYLOAD_BYTES_MAX, payload, "number of bytes for --payload", spec());
            return list(
                    command,
                    Map.of("clientid", client, "max_payload_bytes", payload),
                    none,
                    CsvText.fields(MessageRow.class),
                    Column.of("STATE", "state"),
                    Column.of("ID", "packet_id"),
                    Column.of("TOPIC", "topic"),
                    Column.of("QOS", "qos"),
                    Column.of("FROM", "from_clientid"),
                    Column.of("EXPIRES IN", "expires_in"),
                    Column.of("BYTES", "payload_size"),
                    new Column("PAYLOAD", PayloadText::of));
        }
    }

    /** {@code dunlin clients inflight}. */
    @Command(name = "inflight", description = "Lists what was sent to a client and not acknowledged by it.")
    static final class InFlight extends OfMessages {
        @Override
        int run() {
            return messages("clients.inflight_messages", "Nothing is in flight.");
        }
    }

    /** {@code dunlin clients queue}. */
    @Command(name = "queue", description = "Lists what waits for a client, oldest first.")
    static final class Queue extends OfMessages {
        @Override
        int run() {
            return messages("clients.mqueue_messages", "Nothing waits.");
        }
    }

    static void putIfThere(Map<String, Object> arguments, String name, @Nullable String value) {
        if (value != null) {
            arguments.put(name, value);
        }
    }

    /** {@code dunlin clients explain}. */
    @Command(
            name = "explain",
            description =
                    "Says which rule decides what a connected client may do, with its real login and roles; dunlin acl"
                            + " explain does so for any client and a configuration.")
    static final class Explain extends Administers {
        @Parameters(index = "0", paramLabel = "CLIENT", description = "The client id.")
        private String client = "";

        @Parameters(index = "1", paramLabel = "ACTION", description = "publish, subscribe or receive.")
        private String action = "";

        @Parameters(index = "2", paramLabel = "TOPIC", description = "A topic, or the filter of a subscription.")
        private String topic = "";

        @Option(
                names = {"-q", "--qos"},
                paramLabel = "QOS",
                defaultValue = "0",
                description = "0, 1 or 2 (default ${DEFAULT-VALUE}).")
        private int qos;

        @Option(
                names = {"-r", "--retain"},
                description = "Of a retained message.")
        private boolean retain;

        @Override
        int run() {
            Numbers.between(0, 2, qos, "QoS", spec());
            Map<String, Object> arguments =
                    Map.of("client", client, "action", action, "topic", topic, "qos", qos, "retain", retain);
            ask("acl.explain", arguments)
                    .ifPresent(explained ->
                            explained.path("lines").forEach(line -> out().println(TextTable.clean(line.asString()))));
            return Main.OK;
        }
    }

    /** {@code dunlin clients subscribe}. */
    @Command(
            name = "subscribe",
            description =
                    "Subscribes for a connected client, with its rights. The client is not told, it gets the messages.")
    static final class SubscribeFor extends Administers {
        @Parameters(index = "0", paramLabel = "CLIENT", description = "The client id.")
        private String client = "";

        @Parameters(index = "1", paramLabel = "FILTER", description = "The topic filter.")
        private String filter = "";

        @Option(
                names = {"-q", "--qos"},
                paramLabel = "QOS",
                defaultValue = "0",
                description = "0, 1 or 2 (default ${DEFAULT-VALUE}).")
        private int qos;

        @Override
        int run() {
            Numbers.between(0, 2, qos, "QoS", spec());
            ask("clients.subscribe", Map.of("clientid", client, "topic", filter, "qos", qos))
                    .ifPresent(answer -> out().println("OK: " + TextTable.clean(client) + " is subscribed to "
                            + TextTable.clean(filter) + " with QoS "
                            + answer.path("qos").asInt()));
            return Main.OK;
        }
    }

    /** {@code dunlin clients unsubscribe}. */
    @Command(name = "unsubscribe", description = "Takes a subscription of a client out. The client is not told.")
    static final class UnsubscribeFor extends Administers {
        @Parameters(index = "0", paramLabel = "CLIENT", description = "The client id.")
        private String client = "";

        @Parameters(index = "1", paramLabel = "FILTER", description = "The topic filter.")
        private String filter = "";

        @Override
        int run() {
            ask("clients.unsubscribe", Map.of("clientid", client, "topic", filter))
                    .ifPresent(answer -> out().println("OK: " + TextTable.clean(client) + " is no longer subscribed to "
                            + TextTable.clean(filter)));
            return Main.OK;
        }
    }

    /** {@code dunlin clients kick}. */
    @Command(
            name = "kick",
            description = "Ends the connections of clients. They may connect again: dunlin ban keeps them out.")
    static final class Kick extends Administers {
        @Parameters(arity = "1..*", paramLabel = "CLIENT", description = "The client ids.")
        private List<String> clients = List.of();

        @Override
        int run() {
            if (clients.size() == 1) {
                String client = clients.getFirst();
                ask("clients.kick", Map.of("clientid", client))
                        .ifPresent(answer -> out().println("OK: " + TextTable.clean(client) + " was disconnected"));
                return Main.OK;
            }
            JsonNode answer = broker().call("clients.kick_bulk", Map.of("clientids", clients));
            shown(answer).ifPresent(done -> {
                out().println("OK: " + done.path("kicked").size() + " clients were disconnected");
                done.path("failed")
                        .forEach(client -> err().println(
                                        "dunlin: no client " + TextTable.clean(client.asString()) + " is connected"));
            });
            return answer.path("failed").isEmpty() ? Main.OK : Main.FAILED;
        }
    }
}
