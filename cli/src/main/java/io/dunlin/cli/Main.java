package io.dunlin.cli;

import io.dunlin.client.MqttException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The program {@code dunlin}: looks at the first word and loads that command alone. */
public final class Main {
    private static final String SERVER = "io.dunlin.server.Main";

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        int code = run(arguments, Terminal.ofProcess());
        if (Shutdown.hasEnded()) {
            Runtime.getRuntime().halt(code); // the client is closed: nothing is left that a hook would have to do
        } else if (code != 0) {
            System.exit(code);
        }
    }

    static int run(String[] arguments, Terminal terminal) {
        String command = arguments.length == 0 ? "" : arguments[0];
        List<String> rest = Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length);
        return switch (command) {
            case "pub", "publish" -> guarded("pub", rest, terminal);
            case "sub", "subscribe" -> guarded("sub", rest, terminal);
            case "rr", "request" -> guarded("rr", rest, terminal);
            case "broker", "config", "store" -> server(arguments, terminal);
            case "completion" -> Completion.run(rest, terminal);
            case "--version", "-V", "version" -> Help.version(terminal);
            case "help" -> rest.isEmpty() ? Help.program(terminal.out()) : run(helpOf(rest.get(0)), terminal);
            case "", "--help", "-h" -> Help.program(terminal.out());
            default -> {
                terminal.err().println("Error: There is no command '" + command + "'; see 'dunlin --help'.");
                yield ExitCode.ERROR;
            }
        };
    }

    private static String[] helpOf(String command) {
        return new String[] {command.equals("help") ? "--help" : command, "--help"};
    }

    /** Runs pub, sub or rr: wrong usage and what the client reports become a sentence and an exit code. */
    private static int guarded(String command, List<String> words, Terminal terminal) {
        boolean quiet = words.contains("--quiet");
        try {
            List<Opt> table = table(command);
            if (words.contains("--help") && Args.parse(command, table, words).has("--help")) {
                return Help.command(command, table, terminal.out());
            }
            Args args = parse(command, table, words, terminal);
            quiet = args.has("--quiet");
            return switch (command) {
                case "pub" -> new PubCommand(args, terminal).run();
                case "sub" -> new SubCommand(args, terminal).run();
                default -> new RrCommand(args, terminal).run();
            };
        } catch (UsageException e) {
            if (!quiet) {
                terminal.err().println("Error: " + e.getMessage());
            }
            return ExitCode.ERROR;
        } catch (CommandFailed e) {
            if (!quiet) {
                terminal.err().println("Error: " + e.getMessage());
            }
            return e.exitCode();
        }
    }

    private static List<Opt> table(String command) {
        return switch (command) {
            case "pub" -> OptionTable.pub();
            case "sub" -> OptionTable.sub();
            default -> OptionTable.rr();
        };
    }

    /** The command line, after the user's defaults and the files that it names. */
    private static Args parse(String command, List<Opt> table, List<String> words, Terminal terminal) {
        List<String> defaults = OptionsFile.defaults(command, terminal.env());
        Args args = Args.parse(command, table, words);
        String file = args.text("-o");
        String profile = args.text("--profile");
        if (defaults.isEmpty() && file == null && profile == null) {
            return args;
        }
        List<String> all = new ArrayList<>(defaults);
        if (profile != null) {
            all.addAll(OptionsFile.profile(profile, terminal.env()));
        }
        if (file != null) {
            all.addAll(OptionsFile.words(java.nio.file.Path.of(file)));
        }
        all.addAll(words);
        return Args.parse(command, table, all);
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

    /** A command that could not do what was asked; the message is for the user. */
    static final class CommandFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final int exitCode;

        CommandFailed(String message, int exitCode) {
            super(message, null, false, false);
            this.exitCode = exitCode;
        }

        CommandFailed(MqttException e, ConnectArgs connect) {
            this(e.getMessage() == null ? e.toString() : e.getMessage(), ExitCode.of(e, connect.version()));
        }

        int exitCode() {
            return exitCode;
        }
    }
}
