package io.dunlin.server;

import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.migrate.MosquittoImport;
import io.dunlin.server.migrate.NotImported;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin import}: takes over from another broker. */
@Command(
        name = "import",
        description = "Makes a configuration out of that of another broker.",
        synopsisSubcommandLabel = "mosquitto",
        subcommands = ImportCommand.Mosquitto.class)
final class ImportCommand implements Callable<Integer> {
    /** Something could not be taken. */
    private static final int IN_PART = 2;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        return Main.incomplete(spec, "dunlin import mosquitto");
    }

    /** {@code dunlin import mosquitto}. */
    @Command(
            name = "mosquitto",
            description = {
                "Reads a mosquitto.conf with its password file, its ACL file and the users of its dynamic security plugin, and"
                        + " writes a configuration, with the files that it needs, into a folder. It prints what it took and"
                        + " what it could not, each with file and line. Nothing is overwritten.",
                "",
                "A listener that would let in more than Mosquitto's is written with enabled = false. Exit code: 0 where all was"
                        + " taken, 2 where something was not, 1 where nothing was written or the result does not pass"
                        + " dunlin config check.",
                ""
            })
    static final class Mosquitto implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Parameters(
                arity = "0..1",
                paramLabel = "FILE",
                defaultValue = "/etc/mosquitto/mosquitto.conf",
                description = "Mosquitto's configuration file; without it, $${DEFAULT-VALUE}.")
        private Path file = Path.of("/etc/mosquitto/mosquitto.conf");

        @Option(
                names = "--to",
                required = true,
                paramLabel = "DIR",
                description = "Folder for dunlin.conf, passwd and acl; made if absent.")
        private Path to = Path.of(".");

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "The broker's data folder (node.data-dir), where users of the dynamic security plugin are"
                        + " written to; without it, the folder data in that of --to.")
        private @Nullable Path data;

        @Override
        public Integer call() {
            CommandSpec command = spec;
            if (command == null) {
                throw new IllegalStateException("used outside a command");
            }
            CommandLine line = command.commandLine();
            try {
                MosquittoImport read = MosquittoImport.read(file, to, data == null ? to.resolve("data") : data);
                Path written = read.write();
                print(line.getOut(), "Taken over:", read.taken());
                print(line.getOut(), "Could not be taken over:", read.left());
                line.getOut().println("Written: " + written + " (and what it names in " + to + ")");
                line.getOut().println("Start with: dunlin broker -c " + written);
                int code = check(written, line);
                return code == Main.OK && !read.left().isEmpty() ? IN_PART : code;
            } catch (NotImported e) {
                line.getErr().println("dunlin: " + e.sentence());
                return Main.FAILED;
            }
        }

        private static int check(Path written, CommandLine command) {
            Optional<Path> from = Optional.of(written);
            ConfigSources sources = new ConfigSources(from, Map.of(), List.of());
            return ConfigCommand.load(sources, command.getErr())
                    .map(config -> ConfigCommand.check(config, from, command))
                    .orElse(Main.FAILED);
        }

        private static void print(PrintWriter out, String title, List<String> lines) {
            if (!lines.isEmpty()) {
                out.println(title);
                lines.forEach(line -> out.println("  " + line));
            }
        }
    }
}
