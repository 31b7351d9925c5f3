package io.dunlin.server;

import io.dunlin.server.control.SharedGroups;
import io.dunlin.server.control.TopicRow;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin topics}: what is published to a running broker. */
@Command(
        name = "topics",
        description =
                "Lists the topics of a running broker level by level, the loudest ones, and shared subscriptions.",
        synopsisSubcommandLabel = "(list | talkers | shared)",
        subcommands = {TopicsCommand.Listing.class, TopicsCommand.Talkers.class, TopicsCommand.Shared.class})
final class TopicsCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(spec, "dunlin topics list, dunlin topics talkers or dunlin topics shared");
    }

    /** {@code dunlin topics list}. */
    @Command(name = "list", description = "Lists the topics directly below a topic, each with all that is below it.")
    static final class Listing extends Lists {
        @Parameters(
                arity = "0..1",
                paramLabel = "TOPIC",
                defaultValue = "",
                description = "Such as plant/1 (default: the first level of all).")
        private String prefix = "";

        @Override
        int run() {
            return list(
                    "topics.list",
                    Map.of("prefix", prefix),
                    "Nothing has been published there lately.",
                    CsvText.fields(TopicRow.class),
                    Column.of("TOPIC", "topic"),
                    Column.of("BELOW", "children"),
                    Column.of("MESSAGES", "messages"),
                    new Column("MSG/S", row -> TopFrame.rate(row.path("rate"))),
                    Column.of("BYTES", "bytes"),
                    new Column("RETAINED", row -> row.path("retained").asBoolean() ? "yes" : "-"),
                    new Column("LAST", PayloadText::of));
        }
    }

    /** {@code dunlin topics talkers}. */
    @Command(name = "talkers", description = "Lists the topics with the most messages.")
    static final class Talkers extends Lists {
        @Option(
                names = "--by",
                paramLabel = "WHAT",
                defaultValue = "messages",
                description = "rate, byte_rate, messages or bytes (default ${DEFAULT-VALUE}).")
        private String by = "messages";

        @Override
        int run() {
            return list(
                    "topics.talkers",
                    Map.of("by", by),
                    "Nothing has been published lately.",
                    CsvText.fields(TopicRow.class),
                    Column.of("TOPIC", "topic"),
                    Column.of("MESSAGES", "messages"),
                    new Column("MSG/S", row -> TopFrame.rate(row.path("rate"))),
                    Column.of("BYTES", "bytes"),
                    new Column("B/S", row -> TopFrame.rate(row.path("byte_rate"))));
        }
    }

    /** {@code dunlin topics shared}. */
    @Command(name = "shared", description = "Lists shared subscriptions with what waits for their members.")
    static final class Shared extends Lists {
        @Override
        int run() {
            return list(
                    "shared_groups.list",
                    Map.of(),
                    "There is no shared subscription.",
                    CsvText.fields(SharedGroups.Group.class),
                    Column.of("GROUP", "share_group"),
                    Column.of("FILTER", "topic"),
                    Column.of("MEMBERS", "members_cnt"),
                    Column.of("CONNECTED", "connected_cnt"),
                    Column.of("LAG", "lag"));
        }
    }
}
