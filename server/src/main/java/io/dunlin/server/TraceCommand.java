package io.dunlin.server;

import io.dunlin.server.control.ControlClient;
import io.dunlin.server.control.TraceCommands;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code dunlin trace}. */
@Command(
        name = "trace",
        description = {
            "Shows the packets of a running broker's connections as they come and go, decoded, also those of TLS. Passwords and"
                    + " authentication data are masked, payloads are not.",
            "Ctrl-C ends it. With -o it is then written to a file too: NAME.json, or NAME.pcapng for Wireshark.",
            "The subcommands are about traces that the console or the API has begun."
        },
        subcommands = {
            TraceCommand.Listing.class,
            TraceCommand.Show.class,
            TraceCommand.Stop.class,
            TraceCommand.Delete.class
        })
final class TraceCommand extends Administers {
    private static final int WAIT_MILLIS = 500;
    private static final int PAGE = 1_000;

    @Option(names = "--client", paramLabel = "CLIENT", description = "Only of this client id.")
    private @Nullable String client;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "NAME",
            description = "Only of clients of this user.")
    private @Nullable String user;

    @Option(names = "--address", paramLabel = "ADDRESS", description = "Only of connections from this address.")
    private @Nullable String address;

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "FILTER",
            description =
                    "Only messages to matching topics, what acknowledges them, and subscriptions that concern them. By itself all"
                            + " connections are looked at for that, which costs the broker something.")
    private @Nullable String topic;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "60s",
            description = "How long, such as 10s or 5m, at most 1h (default ${DEFAULT-VALUE}).")
    private String time = "";

    @Option(
            names = "--max-size",
            paramLabel = "SIZE",
            defaultValue = "16MiB",
            description = "The memory that it may take in the broker, at most 64MiB (default ${DEFAULT-VALUE}).")
    private String size = "";

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "Ends after so many packets.")
    private @Nullable Integer count;

    @Mixin
    private TraceOutput output = new TraceOutput();

    @Override
    int run() {
        Numbers.atLeast(1, count == null ? 1 : count, "number of packets", spec());
        Map<String, Object> arguments = new HashMap<>(Map.of("for", time, "max_size", size));
        ClientsCommand.putIfThere(arguments, "clientid", client);
        ClientsCommand.putIfThere(arguments, "username", user);
        ClientsCommand.putIfThere(arguments, "ip_address", address);
        ClientsCommand.putIfThere(arguments, "topic", topic);
        try (ControlClient broker = broker().connect().orElseThrow(broker()::nobody);
                Interrupt interrupt = Interrupt.watch()) {
            output.prepare();
            JsonNode trace = broker.call("trace.start", arguments);
            String name = trace.path("name").asString();
            err().println("dunlin: tracing "
                    + TextTable.clean(trace.path("what").asString()) + " for " + time + ", Ctrl-C ends it");
            boolean isKept = false;
            try {
                String reason = follow(broker, name, interrupt);
                if (!reason.isEmpty()) {
                    err().println("dunlin: the trace has ended: " + TextTable.clean(reason));
                }
                broker.call("trace.stop", Map.of("name", name));
                isKept = true;
                output.finish(broker, broker(), name, err());
                isKept = false;
            } finally {
                if (isKept) {
                    err().println("dunlin: the trace is kept: `dunlin trace show " + name
                            + " -o FILE.pcapng` writes it, `dunlin trace delete " + name + "` deletes it");
                } else {
                    broker.call("trace.delete", Map.of("name", name));
                }
            }
        }
        return Main.OK;
    }

    /** Returns why it has ended by itself, "" where it was us. */
    private String follow(ControlClient broker, String name, Interrupt interrupt) {
        long last = 0;
        while (count == null || last < count) {
            long limit = count == null ? PAGE : Math.min(PAGE, count - last);
            JsonNode log = broker.call(
                    "trace.log", Map.of("name", name, "after", last, "limit", limit, "wait_ms", WAIT_MILLIS));
            log.path("data").forEach(packet -> output.print(packet, isJson(), out()));
            out().flush();
            last = log.path("last").asLong();
            if (!log.path("running").asBoolean()) {
                return log.path("reason").asString();
            }
            if (interrupt.asked || out().checkError()) {
                return "";
            }
        }
        return "";
    }

    /** Ctrl-C: the process stays until this is closed. */
    private static final class Interrupt implements AutoCloseable {
        private static final long PATIENCE_SECONDS = 10;

        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private final Thread hook = Thread.ofPlatform().name("interrupt").unstarted(this::interrupted);
        private volatile boolean asked;

        static Interrupt watch() {
            Interrupt interrupt = new Interrupt();
            Runtime.getRuntime().addShutdownHook(interrupt.hook);
            return interrupt;
        }

        private void interrupted() {
            asked = true;
            done.completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        }

        @Override
        public void close() {
            done.complete(null);
            if (!asked) {
                try {
                    Runtime.getRuntime().removeShutdownHook(hook);
                } catch (IllegalStateException e) { // it has just been asked
                    asked = true;
                }
            }
        }
    }

    /** {@code dunlin trace list}. */
    @Command(name = "list", description = "Lists the traces that run, and those that have ended and are still there.")
    static final class Listing extends Lists {
        @Override
        int run() {
            return list(
                    "trace.list",
                    Map.of(),
                    "There is no trace.",
                    CsvText.fields(TraceCommands.View.class),
                    Column.of("NAME", "name"),
                    Column.of("STATUS", "status"),
                    Column.of("OF", "what"),
                    Column.of("BEGAN", "start_at"),
                    Column.of("ENDS", "end_at"),
                    Column.of("PACKETS", "packets"),
                    Column.of("BYTES", "bytes"),
                    Column.of("WHY", "reason"));
        }
    }

    /** {@code dunlin trace show}. */
    @Command(name = "show", description = "Shows the packets that a trace has, or writes them to a file with -o.")
    static final class Show extends Administers {
        @Parameters(paramLabel = "NAME", description = "Its name, as dunlin trace list shows it.")
        private String name = "";

        @Mixin
        private TraceOutput output = new TraceOutput();

        @Override
        int run() {
            output.prepare();
            try (ControlClient broker = broker().connect().orElseThrow(broker()::nobody)) {
                for (int page = 1; ; page++) {
                    JsonNode log = broker.call("trace.log", Map.of("name", name, "page", page, "limit", PAGE));
                    log.path("data").forEach(packet -> output.print(packet, isJson(), out()));
                    if (!log.path("meta").path("hasnext").asBoolean()) {
                        break;
                    }
                }
                out().flush();
                output.finish(broker, broker(), name, err());
            }
            return Main.OK;
        }
    }

    /** {@code dunlin trace stop}. */
    @Command(name = "stop", description = "Ends a trace; what it has stays.")
    static final class Stop extends Administers {
        @Parameters(paramLabel = "NAME", description = "Its name, as dunlin trace list shows it.")
        private String name = "";

        @Override
        int run() {
            ask("trace.stop", Map.of("name", name))
                    .ifPresent(it -> out().println("OK: " + TextTable.clean(name) + " has ended with "
                            + it.path("packets").asInt() + " packets"));
            return Main.OK;
        }
    }

    /** {@code dunlin trace delete}. */
    @Command(name = "delete", description = "Deletes a trace, and ends it where it still runs.")
    static final class Delete extends Administers {
        @Parameters(paramLabel = "NAME", description = "Its name, as dunlin trace list shows it.")
        private String name = "";

        @Override
        int run() {
            ask("trace.delete", Map.of("name", name))
                    .ifPresent(it -> out().println("OK: " + TextTable.clean(name) + " is deleted"));
            return Main.OK;
        }
    }
}
