package io.dunlin.cli.pubsub;

import static io.dunlin.cli.args.Opt.Section.OUTPUT;
import static io.dunlin.cli.args.Opt.Section.SUBSCRIPTION;
import static io.dunlin.cli.args.Opt.flag;
import static io.dunlin.cli.args.Opt.list;
import static io.dunlin.cli.args.Opt.value;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.connect.ConnectOptions;
import io.dunlin.cli.output.OutputOptions;
import java.util.ArrayList;
import java.util.List;

/** dunlin sub: prints the messages that come. */
public final class SubCommand implements Command {
    private static final String USAGE = """
            Usage: dunlin sub -t FILTER [-t FILTER]... [OPTION]...

            Subscribes and prints the messages that come, one a line.
            """;

    private static final String EXAMPLES = """

            Examples:
              dunlin sub -t 'sensors/+/temperature' -t alarms -v
              dunlin sub -t '#' -F '%I %t %p'
              dunlin sub -t '#' -w                              live table: rates, counts, last values
              dunlin sub -t 'frames/#' --format cbor --pretty   binary encodings as JSON
              dunlin sub -t status -C 1 -W 5                    one message, or exit code 27 after 5 s
              dunlin sub -i line-7 -c -q 1 -t jobs              keep the session between calls
              dunlin sub -t 'old/#' --remove-retained --retained-only -W 1
            """;

    @Override
    public String name() {
        return "sub";
    }

    @Override
    public String usage() {
        return USAGE;
    }

    @Override
    public List<Opt> options() {
        List<Opt> options = new ArrayList<>();
        options.add(list(SUBSCRIPTION, "-t --topic", "FILTER", "topic filter to subscribe to, repeatable"));
        options.add(value(SUBSCRIPTION, "-q --qos", "QOS", "highest quality of service 0, 1 or 2 (default 0)"));
        options.add(list(SUBSCRIPTION, "-U --unsubscribe", "FILTER", "unsubscribe from FILTER, repeatable"));
        options.add(flag(SUBSCRIPTION, "--no-local -nl", "without the messages of this same client"));
        options.add(flag(
                SUBSCRIPTION,
                "--retain-as-published -rap",
                "the retain flag as the publisher set it, not as delivered"));
        options.add(value(
                SUBSCRIPTION,
                "--retain-handling -rh",
                "WHEN",
                "retained messages: always, new (subscriptions only) or never; also 0, 1, 2"));
        options.add(value(SUBSCRIPTION, "--subscription-identifier -si", "ID", "number that the messages carry"));
        options.add(value(OUTPUT, "-C --count", "N", "exit after N messages"));
        options.add(flag(OUTPUT, "-E --exit-after-sub", "exit when the subscriptions are acknowledged"));
        OutputOptions.addTo(options);
        options.add(flag(OUTPUT, "-w --watch", "a live table of topics in a terminal; in a pipe a table at the end"));
        options.add(flag(OUTPUT, "--message-rate", "print how many messages came in each second, and nothing else"));
        options.add(list(OUTPUT, "-T --filter-out", "FILTER", "do not print what matches, repeatable"));
        options.add(flag(OUTPUT, "--retained-only", "only retained messages; exit at the first other one"));
        options.add(flag(OUTPUT, "--remove-retained", "also clear the retained messages that come"));
        options.add(value(OUTPUT, "--random-filter", "PERCENT", "print only that share of the messages"));
        ConnectOptions.addTo(options);
        return options;
    }

    @Override
    public String notes() {
        return OutputOptions.FORMAT + ExitCode.HELP + EXAMPLES;
    }

    @Override
    public int run(Args args, Terminal terminal) {
        return new SubRun(args, terminal).run();
    }
}
