package io.dunlin.server;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Numbers of the command line that have bounds. */
final class Numbers {
    private Numbers() {}

    /**
     * The number itself.
     *
     * @param what it is to be, such as {@code number of rows}
     * @throws ParameterException where it is below the least
     */
    static int atLeast(int least, int number, String what, CommandSpec command) {
        return between(least, Integer.MAX_VALUE, number, what, command);
    }

    /**
     * The number itself.
     *
     * @throws ParameterException where it is outside the bounds
     */
    static int between(int least, int most, int number, String what, CommandSpec command) {
        if (number < least || number > most) {
            String expected = most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
            throw new ParameterException(
                    command.commandLine(), number + " is no " + what + ": expected is " + expected);
        }
        return number;
    }
}
