package io.dunlin.cli.probe;

import static io.dunlin.cli.args.Opt.Section.LOAD;
import static io.dunlin.cli.args.Opt.Section.OUTPUT;
import static io.dunlin.cli.args.Opt.flag;
import static io.dunlin.cli.args.Opt.list;
import static io.dunlin.cli.args.Opt.value;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.connect.ConnectOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** dunlin test: probes a broker. */
public final class TestCommand implements Command {
    private static final String USAGE = """
            Usage: dunlin test [HOST] [OPTION]...

            Finds out what a broker can do: versions, limits, latencies, and which features work.
            """;

    private static final String NOTES = """

            Everything happens below a topic of its own (dunlin-test/…), and nothing is left there: no
            retained message, no session. A limit is what was accepted in the test; what the broker itself
            says stands behind it in brackets.

            Exit codes:
              0 it works   10 something that should work does not   1 wrong usage, or the broker cannot be
              reached   else as with pub, for instance 135 not authorized

            Examples:
              dunlin test                                      the broker on this machine
              dunlin test broker.example -u me -P -
              dunlin test broker.example -a --json report.json
              dunlin test localhost --also mqtts://localhost:8883 --also ws://localhost:9001/mqtt
            """;

    @Override
    public String name() {
        return "test";
    }

    @Override
    public String usage() {
        return USAGE;
    }

    @Override
    public List<Opt> options() {
        List<Opt> options = new ArrayList<>();
        options.add(flag(LOAD, "-a --all", "also larger packets, and the usual ports of TLS and WebSocket"));
        options.add(value(LOAD, "-t --time-out --timeOut", "SECONDS", "wait that long for an answer (default 5)"));
        options.add(value(LOAD, "-q --qos-tries --qosTries", "N", "messages for each latency (default 20)"));
        options.add(list(LOAD, "--also", "URL", "try this address too: mqtts://…, ws://…, wss://…; repeatable"));
        options.add(value(OUTPUT, "--json", "FILE", "the findings as JSON into FILE; '-' for standard output"));
        ConnectOptions.addTo(options, Set.of());
        return options;
    }

    @Override
    public String notes() {
        return NOTES;
    }

    @Override
    public int operandsMax() {
        return 1;
    }

    @Override
    public int run(Args args, Terminal terminal) {
        return new ProbeRun(args, terminal).run();
    }
}
