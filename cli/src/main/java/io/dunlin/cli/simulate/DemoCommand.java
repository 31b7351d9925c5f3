package io.dunlin.cli.simulate;

import static io.dunlin.cli.args.Opt.Section.OTHER;
import static io.dunlin.cli.args.Opt.Section.SCENARIO;
import static io.dunlin.cli.args.Opt.flag;
import static io.dunlin.cli.args.Opt.value;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.Terminal;
import io.dunlin.fleet.scenario.ScenarioError;
import java.util.List;

/** dunlin demo: a broker, a fleet of devices and a live table of what they say, in one command. */
public final class DemoCommand implements Command {
    private static final String USAGE = """
            Usage: dunlin demo [OPTION]...

            Starts a broker on this machine that stores nothing, lets some of every kind of device live on it, and
            shows what they say. Ctrl-C or q ends it; nothing stays behind.
            """;

    private static final String NOTES = """

            While it runs, in another terminal:
              dunlin sub -t 'plant/#' -v                                   what the furnaces say
              dunlin pub -t drones/drone-02/cmd -m '{"return": true}'      bring a drone home
            """;

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public String usage() {
        return USAGE;
    }

    @Override
    public List<Opt> options() {
        return List.of(
                value(SCENARIO, "--scenario -sc", "NAME", "another scenario than 'mixed', see 'dunlin simulate ls'"),
                value(SCENARIO, "--file -f --script", "FILE", "a scenario of your own, see docs/simulate.md"),
                value(SCENARIO, "--count -c", "N", "so many devices in all"),
                value(SCENARIO, "--seed", "N", "the same seed gives the same devices and values (default 1)"),
                value(SCENARIO, "--duration", "TIME", "end after that time: 90, 90s, 5min (default: until Ctrl-C)"),
                value(SCENARIO, "--speed", "FACTOR", "let time run faster or slower (default 1)"),
                value(SCENARIO, "--start", "TIME", "when the simulated time begins (default: now)"),
                value(
                        OTHER,
                        "-p --port",
                        "PORT",
                        "the broker's port (default 1883, or a free one where that is taken)"),
                value(OTHER, "--progress", "SECONDS", "a line that often where this is no terminal (default 5)"),
                flag(OTHER, "--help", "show this help"));
    }

    @Override
    public String notes() {
        return NOTES;
    }

    @Override
    public int run(Args args, Terminal terminal) {
        try {
            return new DemoRun(SimulateOptions.of(args, "mixed"), (int) args.number("-p", 1, 65_535, 0), terminal)
                    .run();
        } catch (ScenarioError e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), ExitCode.ERROR);
        }
    }
}
