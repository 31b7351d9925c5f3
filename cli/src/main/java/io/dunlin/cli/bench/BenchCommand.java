package io.dunlin.cli.bench;

import static io.dunlin.cli.args.Opt.Section.LIMITS;
import static io.dunlin.cli.args.Opt.Section.LOAD;
import static io.dunlin.cli.args.Opt.Section.OUTPUT;
import static io.dunlin.cli.args.Opt.flag;
import static io.dunlin.cli.args.Opt.value;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.connect.ConnectOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** dunlin bench: puts load on a broker and measures. */
public final class BenchCommand implements Command {
    private static final String USAGE = """
            Usage: dunlin bench conn|pub|sub|p2p [OPTION]...

            Puts load on a broker and measures: connections, publishing, receiving, or both ends.
            """;

    private static final String NOTES = """

            Variables in -t, -I and -u: %i number of the client, %c its client id, %u its user name.

            With --rate each message has a time at which it should leave, and its latency counts from
            then, also where it left later: a broker that stalls is not flattered. Without it every
            client keeps -M messages under way.
            pub measures until the broker's acknowledgement (QoS 0: until it is written), p2p until the
            message is received; sub too, where 'dunlin bench pub' sends on the same machine.
            Progress goes to standard error: a line that lives in a terminal, one each second in a pipe.

            Exit codes:
              0 done   10 a limit was missed   1 wrong usage, or the broker cannot be reached
              else as with pub

            Examples:
              dunlin bench conn -c 5000 -i 1                    5,000 connections, one each millisecond
              dunlin bench pub -c 50 -q 1 --rate 20000 --duration 30
              dunlin bench sub -c 10 -t 'dunlin/bench/#' --duration 30
              dunlin bench p2p -c 10 -q 1 --rate 1000 --max-p99 20ms --max-lost 0 --json result.json
            """;

    @Override
    public String name() {
        return "bench";
    }

    @Override
    public String usage() {
        return USAGE;
    }

    @Override
    public List<Opt> options() {
        List<Opt> options = new ArrayList<>();
        options.add(value(LOAD, "-c --clients --count", "N", "clients (default 100; p2p: publishers, default 10)"));
        options.add(value(LOAD, "-i --interval", "MS", "milliseconds between two connections (default 10)"));
        options.add(value(LOAD, "--ramp", "SECONDS", "instead of -i: all connections within that time"));
        options.add(value(LOAD, "-I --client-id", "PATTERN", "client ids (default dunlin-bench-PROCESS-%i)"));
        options.add(value(LOAD, "--subscribers", "N", "p2p: subscribers (default as many as publishers)"));
        options.add(value(LOAD, "-t --topic", "TOPIC", "topic, or filter of sub (default dunlin/bench/%i)"));
        options.add(value(LOAD, "-q --qos", "QOS", "quality of service 0, 1 or 2 (default 0)"));
        options.add(flag(LOAD, "-r --retain", "the broker keeps the messages"));
        options.add(value(LOAD, "-m --message", "TEXT", "the message (default: bytes of --payload-size)"));
        options.add(value(LOAD, "-s --payload-size --size", "BYTES", "size of the message (default 64)"));
        options.add(value(LOAD, "--rate", "N", "messages a second, of all clients together"));
        options.add(value(LOAD, "-im --message-interval", "MS", "instead: between two messages of one client"));
        options.add(value(
                LOAD,
                "-M --max-inflight",
                "N",
                "without a rate: messages under way of each client (default 100, before MQTT 5 20)"));
        options.add(value(LOAD, "--messages --limit", "N", "end after N messages, of all clients together"));
        options.add(
                value(LOAD, "--duration", "SECONDS", "end after that time (default 10; sub and conn: also Ctrl-C)"));
        options.add(value(LOAD, "--warmup", "SECONDS", "do not count what happens before (default 0)"));
        options.add(value(LIMITS, "--max-p50", "TIME", "for instance 500us, 20ms or 1s"));
        options.add(value(LIMITS, "--max-p99", "TIME", "99 of 100 latencies must be at most that"));
        options.add(value(LIMITS, "--max-p999", "TIME", "999 of 1000"));
        options.add(value(LIMITS, "--min-rate", "N", "least messages a second that arrive (conn: connections)"));
        options.add(value(LIMITS, "--max-lost", "N", "p2p: most messages that may be missing"));
        options.add(value(LIMITS, "--max-failed", "N", "most connections and messages that may fail"));
        options.add(value(OUTPUT, "--json", "FILE", "the result as JSON into FILE; '-' for standard output"));
        ConnectOptions.addTo(options, Set.of("-c", "-i", "-I", "--client-id", "-t", "-m"));
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
        return new BenchRun(BenchPlan.of(args, terminal), args, terminal).run();
    }
}
