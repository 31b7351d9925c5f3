package io.dunlin.server;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands of the broker, and those that look after it: {@code dunlin broker}, {@code config}, {@code audit}, ... */
@Command(
        name = "dunlin",
        subcommands = {
            BrokerCommand.class,
            AclCommand.class,
            ConfigCommand.class,
            ImportCommand.class,
            ConsoleCommand.class,
            StoreCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            PasswdCommand.class,
            CertsCommand.class,
            AuditCommand.class,
            BanCommand.class,
            ClientsCommand.class,
            SessionsCommand.class,
            RetainedCommand.class,
            TopCommand.class,
            TopicsCommand.class,
            ListenersCommand.class,
            ReloadCommand.class,
            SecurityCommand.class,
            StatusCommand.class,
            StatsCommand.class,
            HistoryCommand.class,
            AlarmsCommand.class,
            LogCommand.class,
            WhyCommand.class,
            TraceCommand.class,
            UsersCommand.class,
            GroupsCommand.class,
            RolesCommand.class
        })
public final class Main {
    static final int OK = 0;
    static final int FAILED = 1;

    private Main() {}

    /**
     * Runs a command to its end; the broker's is a signal to stop.
     *
     * @param args the name of a command and what follows
     * @return the exit code: 0 where all went well, 1 for wrong arguments, a wrong configuration or a broker that cannot start
     */
    public static int run(String[] args) {
        return run(args, System.out, System.err);
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        return commands()
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::wrongArguments)
                .execute(args);
    }

    /** All of them with their options. */
    static CommandLine commands() {
        return withHelp(new CommandLine(new Main()));
    }

    private static int wrongArguments(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String meant = e instanceof UnmatchedArgumentException unmatched
                        && !unmatched.getSuggestions().isEmpty()
                ? ": did you mean " + unmatched.getSuggestions().getFirst() + "?"
                : ";";
        command.getErr()
                .println("dunlin: " + e.getMessage() + meant + " see "
                        + command.getCommandSpec().qualifiedName() + " --help");
        return FAILED;
    }

    /** A group of commands was given without one of them; returns the exit code. */
    static int incomplete(@Nullable CommandSpec spec, String commands) {
        if (spec != null) {
            spec.commandLine().getErr().println("dunlin: say what to do: " + commands);
        }
        return FAILED;
    }

    private static CommandLine withHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this help.")
                        .build());
        command.getSubcommands().values().forEach(Main::withHelp);
        return command;
    }
}
