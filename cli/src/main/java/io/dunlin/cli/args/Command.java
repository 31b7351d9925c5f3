package io.dunlin.cli.args;

import java.util.List;

/** A command of the program: what it takes, how its help reads, and what it does. Made only when it is asked for. */
public interface Command {
    /** The word after dunlin. */
    String name();

    /** The first lines of its help: how it is written, and a sentence on what it does. */
    String usage();

    /** Its options, in the order in which the help shows them. */
    List<Opt> options();

    /** What its help says after the options: formats, exit codes, examples. */
    String notes();

    /** How many words that are no options it takes at most, for instance a host. */
    default int operandsMax() {
        return 0;
    }

    /**
     * Does it.
     *
     * @return the exit code
     * @throws UsageException where the options make no sense
     * @throws CommandFailed where it could not be done
     */
    int run(Args args, Terminal terminal);
}
