package io.dunlin.cli.shell;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.Terminal;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** dunlin shell: a prompt for several connections at once; without a terminal it runs the commands of standard input. */
public final class ShellCommand implements Command {
    private static final String USAGE = """
            Usage: dunlin shell [OPTION]...
                   dunlin shell <SCRIPT

            A prompt for connections to one or several brokers; messages that come are printed above it.
            In a pipe it runs a script, one command a line, and ends with the first that fails.
            """;

    @Override
    public String name() {
        return "shell";
    }

    @Override
    public String usage() {
        return USAGE;
    }

    @Override
    public List<Opt> options() {
        return List.of(Opt.flag(Opt.Section.OTHER, "--help", "show this help"));
    }

    @Override
    public String notes() {
        return "\nCommands:\n" + Interpreter.HELP + """

            Exit codes: 0; in a script that of the command that failed, as pub and sub have them.
            """;
    }

    @Override
    public int run(Args args, Terminal terminal) {
        TopicsSeen seen = new TopicsSeen();
        boolean prompt = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        try (Lines lines = prompt ? JLineLines.open(terminal.env(), seen) : script(terminal);
                Interpreter interpreter = new Interpreter(lines, terminal, seen)) {
            return prompt ? interpreter.prompt() : interpreter.script();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Lines script(Terminal terminal) {
        BufferedReader in = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
        return new Lines() {
            @Override
            public Optional<String> next(String prompt) throws IOException {
                return Optional.ofNullable(in.readLine());
            }

            @Override
            public void print(String line) throws IOException {
                terminal.out().write((line + "\n").getBytes(StandardCharsets.UTF_8)); // one write: lines stay whole
                terminal.out().flush();
            }

            @Override
            public void close() {
                // the streams are the process's
            }
        };
    }
}
