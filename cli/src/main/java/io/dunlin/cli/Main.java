package io.dunlin.cli;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.OptionsFile;
import io.dunlin.cli.args.StandardOutput;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import io.dunlin.cli.connect.Shutdown;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The program {@code dunlin}: looks at the first word and loads that command alone. */
public final class Main {
    private static final String SERVER = "io.dunlin.server.Main";

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        StandardOutput out = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        System.setOut(new PrintStream(
                new BufferedOutputStream(out), true, StandardCharsets.UTF_8)); // the broker's commands write to it
        Terminal terminal = Terminal.ofProcess(out);
        int code = run(arguments, terminal);
        System.out.flush();
        code = out.exitCode(code, terminal.err());
        if (Shutdown.hasEnded()) {
            Runtime.getRuntime().halt(code); // the client is closed: nothing is left that a hook would have to do
        } else if (code != 0) {
            System.exit(code);
        }
    }

    static int run(String[] arguments, Terminal terminal) {
        String word = arguments.length == 0 ? "" : arguments[0];
        List<String> rest = Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length);
        Command command = Commands.find(word);
        if (command != null) {
            return guarded(command, rest, terminal);
        }
        if (Commands.BROKER_NAMES.contains(word)) {
            return server(arguments, terminal);
        }
        return switch (word) {
            case "completion" -> Completion.run(rest, terminal);
            case "--version", "-V", "version" -> Help.version(terminal);
            case "help" -> rest.isEmpty() ? Help.program(terminal.out()) : run(helpOf(rest.get(0)), terminal);
            case "", "--help", "-h" -> Help.program(terminal.out());
            default -> {
                terminal.err().println("Error: There is no command '" + word + "'; see 'dunlin --help'.");
                yield ExitCode.ERROR;
            }
        };
    }

    private static String[] helpOf(String command) {
        return new String[] {command.equals("help") ? "--help" : command, "--help"};
    }

    /** Runs a command: wrong usage and what could not be done become a sentence and an exit code. */
    private static int guarded(Command command, List<String> words, Terminal terminal) {
        boolean quiet = words.contains("--quiet");
        try {
            List<Opt> table = command.options();
            if (words.contains("--help") && parse(command, table, words).has("--help")) {
                return Help.command(command, table, terminal.out());
            }
            Args args = withDefaults(command, table, words, terminal);
            quiet = args.knows("--quiet") && args.has("--quiet");
            return command.run(args, terminal);
        } catch (UsageException e) {
            complain(e, quiet, terminal);
            return ExitCode.ERROR;
        } catch (CommandFailed e) {
            complain(e, quiet, terminal);
            return e.exitCode();
        }
    }

    private static void complain(RuntimeException e, boolean quiet, Terminal terminal) {
        if (!quiet) {
            terminal.err().println("Error: " + e.getMessage());
        }
    }

    private static Args parse(Command command, List<Opt> table, List<String> words) {
        return Args.parse(command.name(), table, words, command.operandsMax());
    }

    /** The command line, after the user's defaults and the files that it names. */
    private static Args withDefaults(Command command, List<Opt> table, List<String> words, Terminal terminal) {
        Args args = parse(command, table, words);
        if (!args.knows("-o") || command.name().equals("profile")) {
            return args;
        }
        List<String> all = new ArrayList<>(OptionsFile.defaults(command.name(), terminal.env()));
        String file = args.text("-o");
        String profile = args.text("--profile");
        if (all.isEmpty() && file == null && profile == null) {
            return args;
        }
        if (profile != null) {
            all.addAll(OptionsFile.profile(profile, terminal.env()));
        }
        if (file != null) {
            all.addAll(OptionsFile.words(Path.of(file)));
        }
        all.addAll(words);
        return parse(command, table, all);
    }

    /** The broker's own commands: their class is only named here, so that nothing else loads it. */
    private static int server(String[] arguments, Terminal terminal) {
        try {
            return (int) Class.forName(SERVER).getMethod("run", String[].class).invoke(null, (Object) arguments);
        } catch (ClassNotFoundException e) {
            terminal.err()
                    .println("Error: This installation has no broker: '" + arguments[0]
                            + "' needs the whole of Dunlin.");
            return ExitCode.ERROR;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
