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
import io.dunlin.cli.args.UsageException;
import io.dunlin.fleet.scenario.Scenario;
import io.dunlin.fleet.scenario.ScenarioError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** dunlin simulate: a fleet of devices that live as a scenario says. */
public final class SimulateCommand implements Command {
    private static final String USAGE = """
            Usage: dunlin simulate {-sc NAME | -f FILE} [OPTION]...
                   dunlin simulate ls
                   dunlin simulate show NAME

            Lets a fleet of devices live against a broker: they measure, publish, lose their connections, come back
            and obey commands. 'ls' names the scenarios that come along, 'show' prints one, to be changed and given
            with -f.
            """;

    private static final String NOTES = """

            Exit codes: 0 done; 1 wrong usage, a scenario that cannot be used, no device could connect, or the broker
            refused messages; else that of the broker as with pub.

            Examples:
              dunlin simulate -sc furnace                          until Ctrl-C
              dunlin simulate -sc meters -c 5000 --duration 10min  five thousand meters for ten minutes
              dunlin simulate -sc drones --dry-run                 print what they would say in the first 10 s
              dunlin simulate show home >mine.conf                 a file to begin with
              dunlin simulate -f mine.conf -h broker.example -u me -P -
            """;

    @Override
    public String name() {
        return "simulate";
    }

    @Override
    public String usage() {
        return USAGE;
    }

    @Override
    public int operandsMax() {
        return 2;
    }

    @Override
    public List<Opt> options() {
        List<Opt> options = new ArrayList<>();
        options.add(value(SCENARIO, "--scenario -sc", "NAME", "a scenario that comes along, see 'dunlin simulate ls'"));
        options.add(value(SCENARIO, "--file -f --script", "FILE", "a scenario of your own, see docs/simulate.md"));
        options.add(value(SCENARIO, "--count -c", "N", "so many devices in all, shared out as the scenario says"));
        options.add(value(SCENARIO, "--seed", "N", "the same seed gives the same devices and values (default 1)"));
        options.add(value(SCENARIO, "--duration", "TIME", "end after that simulated time: 90, 90s, 5min, 2h"));
        options.add(value(SCENARIO, "--speed", "FACTOR", "let time run faster or slower (default 1)"));
        options.add(value(
                SCENARIO, "--start", "TIME", "when the simulated time begins, as 2026-01-01T06:00:00Z (default: now)"));
        options.add(
                flag(SCENARIO, "--dry-run", "print the messages of the first 10 s (or --duration), without a broker"));
        options.add(value(OTHER, "--progress", "SECONDS", "a line that often where this is no terminal (default 5)"));
        Connecting.addTo(options);
        return options;
    }

    @Override
    public String notes() {
        return NOTES;
    }

    @Override
    public int run(Args args, Terminal terminal) {
        try {
            List<String> words = args.operands();
            return switch (words.isEmpty() ? "" : words.get(0)) {
                case "" -> simulate(args, terminal);
                case "ls" -> print(terminal, names());
                case "show" -> show(words, terminal);
                default ->
                    throw new UsageException("'" + words.get(0) + "' is neither ls nor show: give a scenario with -sc "
                            + words.get(0) + ", or a file with -f.");
            };
        } catch (ScenarioError e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), ExitCode.ERROR);
        }
    }

    private static int simulate(Args args, Terminal terminal) {
        SimulateOptions options = SimulateOptions.of(args, "");
        return args.has("--dry-run")
                ? DryRun.run(options, terminal)
                : new SimulateRun(options, new Connecting(args, terminal), terminal).run();
    }

    private static String names() {
        StringBuilder out = new StringBuilder();
        for (String name : Scenario.builtIn()) {
            Scenario scenario = Scenario.builtIn(name);
            out.append(String.format("%-10s %5d devices  %s%n", name, scenario.devices(1), scenario.description()));
        }
        return out.toString();
    }

    private static int show(List<String> words, Terminal terminal) {
        if (words.size() < 2) {
            throw new UsageException(
                    "Which one? Give a name that 'dunlin simulate ls' prints: dunlin simulate show furnace.");
        }
        return print(terminal, Scenario.builtInText(words.get(1)));
    }

    private static int print(Terminal terminal, String text) {
        try {
            terminal.out().write(text.getBytes(StandardCharsets.UTF_8));
            terminal.out().flush();
            return ExitCode.OK;
        } catch (IOException e) {
            return ExitCode.OK; // nobody reads any more
        }
    }
}
