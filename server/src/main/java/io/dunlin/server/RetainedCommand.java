package io.dunlin.server;

import io.dunlin.server.control.RetainedRow;
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

/** {@code dunlin retained}: the last values that a running broker keeps. */
@Command(
        name = "retained",
        description = "Lists, shows, counts or deletes the retained messages of a running broker.",
        synopsisSubcommandLabel = "(list | show | count | delete)",
        subcommands = {
            RetainedCommand.Listing.class,
            RetainedCommand.Show.class,
            RetainedCommand.Count.class,
            RetainedCommand.Delete.class
        })
final class RetainedCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(
                spec, "dunlin retained list, or show, count or delete and a topic, such as dunlin retained show TOPIC");
    }

    /** {@code dunlin retained list}. */
    @Command(name = "list", description = "Lists retained messages by topic.")
    static final class Listing extends Lists {
        @Parameters(
                arity = "0..1",
                paramLabel = "FILTER",
                defaultValue = "#",
                description = "A topic filter (default all but those of $SYS, which are at '$SYS/#').")
        private String filter = "#";

        @Option(names = "--like", paramLabel = "TEXT", description = "Only those with this text in their topic.")
        private @Nullable String like;

        @Option(
                names = "--payload",
                paramLabel = "BYTES",
                defaultValue = "1024",
                description = "So much of each payload (default ${DEFAULT-VALUE}).")
        private int payload;

        @Override
        int run() {
            Numbers.between(0, ClientsCommand.PAYLOAD_BYTES_MAX, payload, "number of bytes for --payload", spec());
            Map<String, Object> arguments = new HashMap<>();
            arguments.put("topic", filter);
            arguments.put("max_payload_bytes", payload);
            ClientsCommand.putIfThere(arguments, "like_topic", like);
            return list(
                    "retained.list",
                    arguments,
                    "There is no such retained message.",
                    CsvText.fields(RetainedRow.class),
                    Column.of("TOPIC", "topic"),
                    Column.of("QOS", "qos"),
                    Column.of("FROM", "from_clientid"),
                    Column.of("EXPIRES IN", "expires_in"),
                    Column.of("BYTES", "payload_size"),
                    new Column("PAYLOAD", PayloadText::of));
        }
    }

    /** {@code dunlin retained show}. */
    @Command(name = "show", description = "Shows the retained message of one topic with all it has.")
    static final class Show extends Lists {
        @Parameters(paramLabel = "TOPIC", description = "The topic.")
        private String topic = "";

        @Override
        int run() {
            return show("retained.show", Map.of("topic", topic));
        }

        @Override
        String cell(String field, JsonNode value) {
            return field.equals("payload") ? PayloadText.whole(value) : super.cell(field, value);
        }
    }

    /** {@code dunlin retained count}. */
    @Command(name = "count", description = "Says how many retained messages a filter matches, and how much that is.")
    static final class Count extends Administers {
        @Parameters(paramLabel = "FILTER", description = "A topic filter, such as 'plant/#'.")
        private String filter = "";

        @Override
        int run() {
            ask("retained.count", Map.of("topic", filter)).ifPresent(answer -> out().println(count(answer)));
            return Main.OK;
        }
    }

    private static String count(JsonNode answer) {
        return answer.path("count").asLong() + " retained messages, "
                + answer.path("bytes").asLong() + " bytes";
    }

    /** {@code dunlin retained delete}. */
    @Command(
            name = "delete",
            description = "Deletes the retained messages that a filter matches. Nobody is sent anything for it.")
    static final class Delete extends Administers {
        @Parameters(paramLabel = "FILTER", description = "A topic, or a filter such as 'plant/#' with --yes.")
        private String filter = "";

        @Option(
                names = "--yes",
                description = "Needed for a filter with wildcards, which may match more than is meant.")
        private boolean yes;

        @Override
        int run() {
            Map<String, String> arguments = Map.of("topic", filter);
            if (!yes && (filter.contains("+") || filter.contains("#"))) {
                JsonNode matched = broker().call("retained.count", arguments);
                err().println("dunlin: " + count(matched) + " match: --yes deletes them");
                return Main.FAILED;
            }
            ask("retained.delete", arguments)
                    .ifPresent(answer -> out().println(
                                    "OK: " + answer.path("deleted").asLong() + " retained messages were deleted"));
            return Main.OK;
        }
    }
}
