package io.dunlin.cli;

import java.util.HashMap;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

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
        program.addSubcommand("pub", Args.spec("pub", OptionTable.pub(), new HashMap<>()));
        program.addSubcommand("sub", Args.spec("sub", OptionTable.sub(), new HashMap<>()));
        program.addSubcommand("rr", Args.spec("rr", OptionTable.rr(), new HashMap<>()));
        for (String other : List.of("broker", "config", "completion", "help", "version")) {
            program.addSubcommand(other, CommandSpec.create().name(other));
        }
        return AutoComplete.bash("dunlin", new CommandLine(program));
    }
}
