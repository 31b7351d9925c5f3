package io.dunlin.cli.shell;

import java.io.IOException;
import java.util.Optional;

/** Where commands come from and what is said goes to: a terminal with a prompt, or a script. */
interface Lines extends AutoCloseable {
    /** The next line, or nothing at the end. */
    Optional<String> next(String prompt) throws IOException;

    /** A line of output; above the prompt where there is one. Any thread. */
    void print(String line) throws IOException;

    @Override
    void close();
}
