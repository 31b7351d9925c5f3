package io.dunlin.cli;

import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.Terminal;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** dunlin completion: the script that lets a shell complete commands and options. */
final class Completion {
    private Completion() {}

    static int run(List<String> words, Terminal terminal) {
        String shell = words.isEmpty() ? "" : words.get(0);
        if (words.size() != 1 || !shell.equals("bash") && !shell.equals("zsh")) {
            terminal.err()
                    .println("Error: Write 'dunlin completion bash' or 'dunlin completion zsh',"
                            + " as in: source <(dunlin completion bash)");
            return ExitCode.ERROR;
        }
        return Help.write(script(), terminal.out());
    }

    /** One script serves both: in zsh it loads zsh's emulation of bash completion first. */
    static String script() {
        CommandSpec program = CommandSpec.create().name("dunlin");
        for (String name : Commands.NAMES) {
            Command command = Commands.find(name);
            if (command != null) {
                program.addSubcommand(name, spec(command));
            }
        }
        Commands.BROKER_NAMES.forEach(name -> program.addSubcommand(name, empty(name)));
        List.of("completion", "help", "version").forEach(name -> program.addSubcommand(name, empty(name)));
        return AutoComplete.bash("dunlin", new CommandLine(program));
    }

    private static CommandSpec empty(String name) {
        return CommandSpec.create().name(name);
    }

    private static CommandSpec spec(Command command) {
        CommandSpec spec = empty(command.name());
        for (Opt opt : command.options()) {
            boolean flag = opt.kind() == Opt.Kind.FLAG;
            spec.addOption(OptionSpec.builder(opt.names().split(" "))
                    .paramLabel(opt.label())
                    .description(opt.description())
                    .type(flag ? boolean.class : String.class)
                    .arity(flag ? "0" : "1")
                    .build());
        }
        return spec;
    }
}
