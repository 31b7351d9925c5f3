package io.dunlin.cli.pubsub;

import static io.dunlin.cli.args.Opt.Section.MESSAGE;
import static io.dunlin.cli.args.Opt.flag;
import static io.dunlin.cli.args.Opt.value;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.connect.ConnectOptions;
import java.util.ArrayList;
import java.util.List;

/** dunlin pub: publishes a message, a file, or the lines of standard input. */
public final class PubCommand implements Command {
    private static final String USAGE = """
            Usage: dunlin pub -t TOPIC {-m TEXT | -f FILE | -s | -l | -n} [OPTION]...

            Publishes to an MQTT broker: one message, or one for each line of standard input.
            """;

    private static final String EXAMPLES = """

            Examples:
              dunlin pub -t greeting -m hello -q 1
              dunlin pub -h broker.example -p 8883 --cafile ca.pem -u me -P - -t greeting -m hello
              tail -f log | dunlin pub -t log -l
              dunlin pub -t greeting -n -r                      clear the retained message
              dunlin pub -t jobs -m 1 -D publish message-expiry-interval 60 -up unit=s
            """;

    @Override
    public String name() {
        return "pub";
    }

    @Override
    public String usage() {
        return USAGE;
    }

    @Override
    public List<Opt> options() {
        List<Opt> options = new ArrayList<>();
        options.add(value(MESSAGE, "-t --topic", "TOPIC", "topic to publish to"));
        MessageOptions.source(options);
        options.add(flag(MESSAGE, "-l --stdin-line --lines", "each line of standard input is a message"));
        options.add(value(MESSAGE, "-q --qos", "QOS", "quality of service 0, 1 or 2 (default 0)"));
        options.add(flag(MESSAGE, "-r --retain", "the broker keeps the message for later subscribers"));
        options.add(value(MESSAGE, "--repeat", "N", "publish N times"));
        options.add(value(MESSAGE, "--repeat-delay", "SECONDS", "wait between repetitions, for instance 0.5"));
        options.add(value(MESSAGE, "-M --max-inflight", "N", "at most N messages of QoS 1 and 2 on the way"));
        MessageOptions.properties(options, "--message-expiry -me -e");
        ConnectOptions.addTo(options);
        return options;
    }

    @Override
    public String notes() {
        return ExitCode.HELP + EXAMPLES;
    }

    @Override
    public int run(Args args, Terminal terminal) {
        return new PubRun(args, terminal).run();
    }
}
