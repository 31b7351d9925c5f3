package io.dunlin.cli.output;

import static io.dunlin.cli.args.Opt.Section.OUTPUT;
import static io.dunlin.cli.args.Opt.flag;
import static io.dunlin.cli.args.Opt.value;

import io.dunlin.cli.args.Opt;
import java.util.List;

/** The options of commands that print messages. */
public final class OutputOptions {
    /** What the help says about -F. */
    public static final String FORMAT = """

            Formats of -F:
              %t topic   %p payload   %x %X payload in hex   %f %d payload as binary float, double
              %l payload bytes   %q QoS   %r retained   %m packet id   %j JSON   %J JSON, payload as it is
              %I ISO 8601 time   %U seconds since 1970   @H @M @S … strftime   @N nanoseconds
              MQTT 5: %A topic alias   %C content type   %D correlation data   %E message expiry
                      %F payload format   %P user properties   %R response topic   %S subscription id
              %10t width   %-10t to the left   %05l zeros   %.5t at most 5   %.2:x groups of 2 digits
              %% @@ \\\\ the characters themselves   \\0 \\a \\e \\n \\r \\t \\v
            """;

    private OutputOptions() {}

    /** Adds them. */
    public static void addTo(List<Opt> options) {
        options.add(flag(OUTPUT, "-v --verbose", "print the topic before the message"));
        options.add(value(OUTPUT, "-F --output-format", "FORMAT", "print by a format, see below"));
        options.add(flag(OUTPUT, "-J --json", "print JSON, the same as -F %j"));
        options.add(value(
                OUTPUT, "--format", "KIND", "text, hex, base64; cbor or msgpack as JSON; json: the whole message"));
        options.add(flag(OUTPUT, "--pretty", "JSON payloads, and JSON of -F %j, over several lines"));
        options.add(value(
                OUTPUT, "--file-save", "FOLDER", "each payload into a file of its own there; prints the file's name"));
        options.add(value(OUTPUT, "--file-write", "FILE", "append the payloads to FILE, and print nothing"));
        options.add(value(
                OUTPUT,
                "--delimiter",
                "TEXT",
                "between them (default a line end; \\\\n, \\\\t and \\\\0 are understood)"));
        options.add(flag(OUTPUT, "-N --no-eol", "no line end after a message"));
        options.add(flag(OUTPUT, "-R --no-retained", "do not print retained (stale) messages"));
        options.add(value(OUTPUT, "-W --timeout", "SECONDS", "exit with code 27 when the time is up"));
    }
}
