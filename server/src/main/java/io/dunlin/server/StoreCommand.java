package io.dunlin.server;

import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.storage.StoreFinding;
import io.dunlin.storage.StoreInspection;
import io.dunlin.storage.StoreProgress;
import io.dunlin.storage.StoreStats;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin store check}, {@code repair}, {@code dump} and {@code stats}, for a store that no broker uses. */
@Command(
        name = "store",
        description = "Looks into what a stopped broker has stored, and repairs it.",
        synopsisSubcommandLabel = "(check | repair | dump | stats)",
        subcommands = {
            StoreCommand.Check.class,
            StoreCommand.Repair.class,
            StoreCommand.Dump.class,
            StoreCommand.Stats.class
        })
final class StoreCommand implements Callable<Integer> {
    /** Something that was stored is damaged. */
    private static final int DAMAGED = 2;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "dunlin: say what to do: dunlin store check, repair, dump or stats, and the broker's data folder");
        }
        return Main.FAILED;
    }

    /** A command on the store in a folder. */
    abstract static class OnStore implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "DIR", description = "The broker's data folder (node.data-dir, --data).")
        private Path folder = Path.of("");

        final CommandSpec spec() {
            if (spec == null) {
                throw new IllegalStateException("used outside a command");
            }
            return spec;
        }

        @Override
        public Integer call() {
            PrintWriter out = spec().commandLine().getOut();
            PrintWriter err = spec().commandLine().getErr();
            Bar bar = new Bar(err, isTerminal());
            try (StoreInspection store = StoreInspection.open(folder)) {
                return run(store, out, bar);
            } catch (IOException | UncheckedIOException | InvalidTopic e) {
                bar.clear();
                err.println("dunlin: " + e.getMessage());
                return Main.FAILED;
            }
        }

        /** The JDK says none or one that is no terminal, by its version. */
        private static boolean isTerminal() {
            return Optional.ofNullable(System.console())
                    .filter(Console::isTerminal)
                    .isPresent();
        }

        /** Returns the exit code. */
        abstract int run(StoreInspection store, PrintWriter out, Bar bar) throws IOException;
    }

    /** {@code dunlin store check}. */
    @Command(
            name = "check",
            description =
                    "Reads everything and says what is damaged, where, and what that means. Changes nothing. Exit code 2 where"
                            + " something is damaged.")
    static final class Check extends OnStore {
        @Override
        int run(StoreInspection store, PrintWriter out, Bar bar) throws IOException {
            List<StoreFinding> findings = store.check(bar);
            bar.clear();
            findings.forEach(out::println);
            long damages = findings.stream().filter(StoreFinding::isDamage).count();
            out.println(damages == 0 ? "OK" : damages + " damaged: dunlin store repair keeps all that can be read");
            return damages == 0 ? Main.OK : DAMAGED;
        }
    }

    /** {@code dunlin store repair}. */
    @Command(
            name = "repair",
            description =
                    "Makes a damaged store one that starts, and says what is lost. Without --yes it only says what check finds. The"
                            + " originals of files that it changes go to lost+found in the folder.")
    static final class Repair extends OnStore {
        @Option(names = "--yes", description = "Really change the store.")
        private boolean yes;

        @Override
        int run(StoreInspection store, PrintWriter out, Bar bar) throws IOException {
            if (!yes) {
                List<StoreFinding> findings = store.check(bar);
                bar.clear();
                findings.forEach(out::println);
                boolean isDamaged = findings.stream().anyMatch(StoreFinding::isDamage);
                out.println(isDamaged ? "Nothing was changed: add --yes to repair" : "OK: there is nothing to repair");
                return isDamaged ? DAMAGED : Main.OK;
            }
            List<String> report = store.repair(bar);
            bar.clear();
            report.forEach(out::println);
            out.println(report.isEmpty() ? "OK: there was nothing to repair" : "OK: repaired");
            return Main.OK;
        }
    }

    /** {@code dunlin store dump}. */
    @Command(
            name = "dump",
            description =
                    "Prints what is stored as lines of JSON: sessions, retained messages, then the records of the log.")
    static final class Dump extends OnStore {
        @Option(
                names = {"-i", "--client"},
                paramLabel = "ID",
                description = "Only what has to do with this client.")
        private @Nullable String client;

        @Option(
                names = {"-t", "--topic"},
                paramLabel = "FILTER",
                description = "Only messages whose topic matches.")
        private @Nullable String topic;

        @Override
        int run(StoreInspection store, PrintWriter out, Bar bar) throws IOException {
            store.dump(client, topic, out::println, StoreProgress.SILENT);
            out.flush();
            return Main.OK;
        }
    }

    /** {@code dunlin store stats}. */
    @Command(name = "stats", description = "Says how much is stored, and for whom.")
    static final class Stats extends OnStore {
        @Option(
                names = {"-n", "--top"},
                paramLabel = "N",
                defaultValue = "10",
                description = "How many of the largest queues to name (default ${DEFAULT-VALUE}).")
        private int top;

        @Override
        int run(StoreInspection store, PrintWriter out, Bar bar) throws IOException {
            StoreStats stats = store.stats(Numbers.atLeast(0, top, "number of queues", spec()), bar);
            bar.clear();
            out.println("store                " + stats.storeId());
            out.println("checkpoint           " + Instant.ofEpochMilli(stats.wallMillis())
                    + (stats.isClean() ? ", clean stop" : ""));
            out.println("records since        " + stats.records());
            out.println("sessions             " + stats.sessions());
            out.println("queued messages      " + stats.queued());
            out.println("retained messages    " + stats.retained());
            out.println("log bytes            " + stats.logBytes());
            out.println("log segments         " + stats.segments() + " (" + stats.sparseSegments() + " compacted)");
            out.println("checkpoint bytes     " + stats.stateBytes());
            for (StoreStats.Client client : stats.largest()) {
                out.println("queue                " + client.queued() + " " + client.clientId());
            }
            return Main.OK;
        }
    }

    /** One line on a terminal's standard error that says how far it is; nothing in a pipe. */
    static final class Bar implements StoreProgress {
        private static final int WIDTH = 30;

        private final PrintWriter err;
        private final boolean isTerminal;
        private String shown = "";

        Bar(PrintWriter err, boolean isTerminal) {
            this.err = err;
            this.isTerminal = isTerminal;
        }

        @Override
        public void at(String what, long done, long total) {
            int filled = total == 0 ? WIDTH : (int) (done * WIDTH / total);
            String line = "[" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + what;
            if (isTerminal && !line.equals(shown)) {
                err.print("\r" + line + " ".repeat(Math.max(0, shown.length() - line.length())));
                err.flush();
                shown = line;
            }
        }

        void clear() {
            if (!shown.isEmpty()) {
                err.print("\r" + " ".repeat(shown.length()) + "\r");
                err.flush();
                shown = "";
            }
        }
    }
}
