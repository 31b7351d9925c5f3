package io.dunlin.cli;

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
        program.addSubcommand("pub", spec("pub", OptionTable.pub()));
        program.addSubcommand("sub", spec("sub", OptionTable.sub()));
        program.addSubcommand("rr", spec("rr", OptionTable.rr()));
        for (String other : List.of("broker", "config", "store", "completion", "help", "version")) {
            program.addSubcommand(other, CommandSpec.create().name(other));
        }
        return AutoComplete.bash("dunlin", new CommandLine(program));
    }

    private static CommandSpec spec(String command, List<Opt> table) {
        CommandSpec spec = CommandSpec.create().name(command);
        for (Opt opt : table) {
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
