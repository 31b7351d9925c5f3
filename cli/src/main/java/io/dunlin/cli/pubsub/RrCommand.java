package io.dunlin.cli.pubsub;

import static io.dunlin.cli.args.Opt.Section.MESSAGE;
import static io.dunlin.cli.args.Opt.Section.OUTPUT;
import static io.dunlin.cli.args.Opt.flag;
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

/** dunlin rr: sends a request and prints the response. */
public final class RrCommand implements Command {
    private static final String USAGE = """
            Usage: dunlin rr -t TOPIC -e RESPONSE_TOPIC {-m TEXT | -f FILE | -s | -n} [OPTION]...

            Publishes a request and prints the response.
            """;

    private static final String EXAMPLES = """

            Examples:
              dunlin rr -t service/sum -e reply/me -m '[1,2]' -W 2
            """;

    @Override
    public String name() {
        return "rr";
    }

    @Override
    public String usage() {
        return USAGE;
    }

    @Override
    public List<Opt> options() {
        List<Opt> options = new ArrayList<>();
        options.add(value(MESSAGE, "-t --topic", "TOPIC", "topic to send the request to"));
        options.add(value(MESSAGE, "-e --response-topic", "TOPIC", "topic to wait for the response on"));
        MessageOptions.source(options);
        options.add(value(MESSAGE, "-q --qos", "QOS", "quality of service 0, 1 or 2 (default 0)"));
        options.add(flag(MESSAGE, "-r --retain", "the broker keeps the request for later subscribers"));
        OutputOptions.addTo(options);
        options.add(flag(OUTPUT, "--latency", "print how long the response took, on standard error"));
        MessageOptions.properties(options, "--message-expiry -me");
        ConnectOptions.addTo(options);
        return options;
    }

    @Override
    public String notes() {
        return OutputOptions.FORMAT + ExitCode.HELP + EXAMPLES;
    }

    @Override
    public int run(Args args, Terminal terminal) {
        return new RrRun(args, terminal).run();
    }
}
