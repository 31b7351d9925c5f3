package io.dunlin.server;

import io.dunlin.server.control.Listeners;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code dunlin listeners}: where a running broker takes connections. */
@Command(
        name = "listeners",
        description = "Lists, opens or closes the listeners of a running broker.",
        synopsisSubcommandLabel = "(list | start | stop | restart)",
        subcommands = {
            ListenersCommand.Listing.class,
            ListenersCommand.Start.class,
            ListenersCommand.Stop.class,
            ListenersCommand.Restart.class
        })
final class ListenersCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(spec, "dunlin listeners list, or start, stop or restart and a listener's name");
    }

    /** {@code dunlin listeners list}. */
    @Command(name = "list", description = "Lists the listeners, open or not.")
    static final class Listing extends Lists {
        @Override
        int run() {
            return list(
                    "listeners.list",
                    Map.of(),
                    "There is no listener.",
                    CsvText.fields(Listeners.Door.class),
                    Column.of("LISTENER", "id"),
                    Column.of("TYPE", "type"),
                    new Column("STATE", row -> row.path("running").asBoolean() ? "open" : "closed"),
                    Column.of("URL", "url"),
                    Column.of("CONNECTIONS", "current_connections"),
                    Column.of("AT MOST", "max_connections"),
                    new Column("ANONYMOUS", row -> row.path("anonymous").asBoolean() ? "yes" : "no"));
        }
    }

    /** One that changes a listener. */
    abstract static class OfListener extends Administers {
        @Parameters(paramLabel = "LISTENER", description = "Its name in the configuration.")
        private String listener = "";

        int change(String command) {
            ask(command, Map.of("id", listener)).ifPresent(door -> out().println("OK: " + said(door)));
            return Main.OK;
        }

        private static String said(JsonNode door) {
            String name = TextTable.clean(door.path("id").asString(""));
            return door.path("running").asBoolean()
                    ? name + " is open at " + TextTable.clean(door.path("url").asString(""))
                    : name + " is closed, until it is started or the broker restarts";
        }
    }

    /** {@code dunlin listeners start}. */
    @Command(name = "start", description = "Opens a listener that was stopped.")
    static final class Start extends OfListener {
        @Override
        int run() {
            return change("listeners.start");
        }
    }

    /** {@code dunlin listeners stop}. */
    @Command(name = "stop", description = "Closes a listener, and ends the connections that came through it.")
    static final class Stop extends OfListener {
        @Override
        int run() {
            return change("listeners.stop");
        }
    }

    /** {@code dunlin listeners restart}. */
    @Command(name = "restart", description = "Closes a listener with its connections, and opens it again.")
    static final class Restart extends OfListener {
        @Override
        int run() {
            return change("listeners.restart");
        }
    }
}
