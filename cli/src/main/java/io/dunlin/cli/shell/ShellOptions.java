package io.dunlin.cli.shell;

import static io.dunlin.cli.args.Opt.Section.MESSAGE;
import static io.dunlin.cli.args.Opt.flag;
import static io.dunlin.cli.args.Opt.list;
import static io.dunlin.cli.args.Opt.value;

import io.dunlin.cli.args.Opt;
import io.dunlin.cli.connect.ConnectOptions;
import java.util.ArrayList;
import java.util.List;

/** The commands of the shell and the options that each takes. */
final class ShellOptions {
    static final List<String> COMMANDS =
            List.of("connect", "disconnect", "use", "ls", "pub", "sub", "unsub", "rr", "wait", "help", "exit");

    private ShellOptions() {}

    /** Those of one command; none where it takes none or is unknown. */
    static List<Opt> of(String command) {
        List<Opt> options = new ArrayList<>();
        switch (command) {
            case "connect" -> {
                ConnectOptions.addTo(options);
                options.add(value(MESSAGE, "-n --name", "NAME", "what to call it (default: the host)"));
            }
            case "pub" -> {
                message(options);
                options.add(flag(MESSAGE, "-r --retain", "the broker keeps it"));
            }
            case "rr" -> {
                message(options);
                options.add(value(MESSAGE, "-W --timeout", "SECONDS", "wait that long for the response (default 5)"));
            }
            case "sub" -> {
                options.add(list(MESSAGE, "-t --topic", "FILTER", "what to hear"));
                options.add(value(MESSAGE, "-q --qos", "QOS", "0, 1 or 2"));
            }
            case "unsub" -> options.add(list(MESSAGE, "-t --topic", "FILTER", "what to hear no more"));
            case "wait" -> options.add(value(MESSAGE, "-W --timeout", "SECONDS", "at most so long (default 10)"));
            default -> {
                return List.of();
            }
        }
        return options;
    }

    private static void message(List<Opt> options) {
        options.add(value(MESSAGE, "-t --topic", "TOPIC", "where to"));
        options.add(value(MESSAGE, "-m --message", "TEXT", "what"));
        options.add(value(MESSAGE, "-q --qos", "QOS", "0, 1 or 2"));
    }
}
