package io.dunlin.server;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code dunlin clients list} and {@code kick}. */
@Command(
        name = "clients",
        description = "Lists the clients of a running broker, explains what one may do, or ends its connection.",
        synopsisSubcommandLabel = "(list | explain | kick)",
        subcommands = {ClientsCommand.Listing.class, ClientsCommand.Explain.class, ClientsCommand.Kick.class})
final class ClientsCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(
                spec, "dunlin clients list, dunlin clients explain CLIENT ACTION TOPIC or dunlin clients kick CLIENT");
    }

    /** {@code dunlin clients list}. */
    @Command(name = "list", description = "Lists the clients that are connected.")
    static final class Listing extends Administers {
        @Option(
                names = {"-u", "--user"},
                paramLabel = "NAME",
                description = "Only those of this user.")
        private @Nullable String user;

        @Option(
                names = {"-n", "--max"},
                paramLabel = "N",
                defaultValue = "1000",
                description = "At most so many (default ${DEFAULT-VALUE}).")
        private int max;

        @Override
        int run() {
            Map<String, Object> arguments = new HashMap<>();
            arguments.put("max", max);
            if (user != null) {
                arguments.put("user", user);
            }
            ask("clients.list", arguments).ifPresent(this::show);
            return Main.OK;
        }

        private void show(JsonNode answer) {
            TextTable table = new TextTable("CLIENT", "USER", "ADDRESS", "LISTENER", "MQTT", "TLS", "SINCE", "BY");
            for (JsonNode client : answer.path("clients")) {
                table.row(
                        client.path("clientId").asString(),
                        client.path("username").asString("-"),
                        client.path("address").asString(),
                        client.path("listener").asString(),
                        client.path("version").asString(),
                        client.path("tls").asString("-"),
                        client.path("since").asString(),
                        client.path("source").asString());
            }
            print(table, "No client is connected.");
            long total = answer.path("total").asLong();
            long shown = answer.path("clients").size();
            if (total > shown) {
                err().println("dunlin: " + (total - shown) + " more are not shown: --max " + total + " shows them");
            }
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
            Map<String, Object> arguments =
                    Map.of("client", client, "action", action, "topic", topic, "qos", qos, "retain", retain);
            ask("acl.explain", arguments)
                    .ifPresent(explained ->
                            explained.path("lines").forEach(line -> out().println(TextTable.clean(line.asString()))));
            return Main.OK;
        }
    }

    /** {@code dunlin clients kick}. */
    @Command(
            name = "kick",
            description = "Ends the connection of a client. It may connect again: dunlin ban keeps it out.")
    static final class Kick extends Administers {
        @Parameters(paramLabel = "CLIENT", description = "The client id.")
        private String client = "";

        @Override
        int run() {
            ask("clients.kick", Map.of("client", client))
                    .ifPresent(answer -> out().println("OK: " + client + " was disconnected"));
            return Main.OK;
        }
    }
}
