package io.dunlin.cli.pubsub;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Where the message of pub and rr comes from. */
final class Payload {
    private static final int BYTES_MAX = 268_435_455;

    private Payload() {}

    /**
     * Reads it.
     *
     * @param others options that are a source too
     * @throws UsageException where there is none, more than one, or it cannot be read
     */
    static byte[] read(Args args, Terminal terminal, List<String> others) {
        String source = null;
        for (String option : List.of("-m", "-f", "-s", "-n", "--payload-size")) {
            if (args.has(option)) {
                if (source != null) {
                    throw new UsageException(source + " and " + option + " exclude each other: give one message.");
                }
                source = option;
            }
        }
        for (String other : others) {
            if (source != null && args.has(other)) {
                throw new UsageException(source + " and " + other + " exclude each other: give one message.");
            }
        }
        if (source == null) {
            throw new UsageException("There is no message: give -m TEXT, -f FILE, -s (standard input) or -n (empty)"
                    + (others.isEmpty() ? "." : ", or -l for each line of standard input."));
        }
        return switch (source) {
            case "-m" -> args.text("-m", "").getBytes(StandardCharsets.UTF_8);
            case "-f" -> file(args.text("-f", ""));
            case "-s" -> standardInput(terminal);
            case "-n" -> new byte[0];
            default -> random((int) args.number("--payload-size", 0, BYTES_MAX, 0));
        };
    }

    private static byte[] file(String name) {
        try {
            return Files.readAllBytes(Path.of(name));
        } catch (IOException e) {
            throw new UsageException("The file " + name + " cannot be read: does it exist?");
        }
    }

    private static byte[] standardInput(Terminal terminal) {
        try {
            return terminal.in().readAllBytes();
        } catch (IOException e) {
            throw new UsageException("Standard input cannot be read: " + e.getMessage() + ".");
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random().nextBytes(bytes);
        return bytes;
    }
}
