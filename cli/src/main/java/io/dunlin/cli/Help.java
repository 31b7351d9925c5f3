package io.dunlin.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What --help and --version print, on standard output. */
final class Help {
    private static final int WIDTH = 100;
    private static final int TEXT_COLUMN = 34;

    private static final String PROGRAM = """
            Usage: dunlin COMMAND [OPTION]...

            An MQTT broker with its tools (MQTT 3.1, 3.1.1 and 5.0).

            Messages:
              pub          publish a message, a file or the lines of standard input
              sub          subscribe and print the messages that come
              rr           send a request and print the response

            Broker:
              broker       start a broker
              config       check or print the broker's configuration
              store        check, repair, dump or measure what a stopped broker has stored

            Other:
              completion   print the script that completes commands in bash or zsh
              help         show this, or the help of a command: dunlin help sub
              --version    show the version

            Examples:
              dunlin broker                                a broker on this machine
              dunlin sub -t 'sensors/#' -v                 print what comes, with its topic
              dunlin pub -t sensors/cellar -m 21.5 -r      publish; the broker keeps the last value
              dunlin sub -t sensors/cellar -C 1 -W 2       the last value, or exit code 27 after 2 s
              echo 1 2 3 | tr ' ' '\\n' | dunlin pub -t n -l
              dunlin sub -L mqtts://user:secret@broker.example/alarms/#

            Each command has its own --help.
            """;

    private static final String FORMAT = """

            Formats of -F:
              %t topic   %p payload   %x %X payload in hex   %f %d payload as binary float, double
              %l payload bytes   %q QoS   %r retained   %m packet id   %j JSON   %J JSON, payload as it is
              %I ISO 8601 time   %U seconds since 1970   @H @M @S … strftime   @N nanoseconds
              MQTT 5: %A topic alias   %C content type   %D correlation data   %E message expiry
                      %F payload format   %P user properties   %R response topic   %S subscription id
              %10t width   %-10t to the left   %05l zeros   %.5t at most 5   %.2:x groups of 2 digits
              %% @@ \\\\ the characters themselves   \\0 \\a \\e \\n \\r \\t \\v
            """;

    private static final String EXIT_CODES = """

            Exit codes:
              0 done   1 wrong usage, or the broker cannot be reached   7 connection lost   8 TLS failed
              27 the time of -W is up   else what the broker answered: 1 to 5 before MQTT 5, and from
              MQTT 5 on its reason code, for instance 135 not authorized
            """;

    private Help() {}

    static int program(OutputStream out) {
        return write(PROGRAM, out);
    }

    static int version(Terminal terminal) {
        String version = Help.class.getPackage().getImplementationVersion();
        return write(
                "dunlin " + (version == null ? "(not packaged)" : version) + " on Java "
                        + System.getProperty("java.version") + "\n",
                terminal.out());
    }

    static int command(String command, List<Opt> table, OutputStream out) {
        StringBuilder text = new StringBuilder(head(command));
        for (Opt.Section section : Opt.Section.values()) {
            boolean first = true;
            for (Opt opt : table) {
                if (opt.section() == section) {
                    if (first) {
                        text.append('\n').append(section.title()).append(":\n");
                        first = false;
                    }
                    option(opt, text);
                }
            }
        }
        if (!command.equals("pub")) {
            text.append(FORMAT);
        }
        return write(text.append(EXIT_CODES).append(examples(command)).toString(), out);
    }

    private static String head(String command) {
        return switch (command) {
            case "pub" -> """
                Usage: dunlin pub -t TOPIC {-m TEXT | -f FILE | -s | -l | -n} [OPTION]...

                Publishes to an MQTT broker: one message, or one for each line of standard input.
                """;
            case "sub" -> """
                Usage: dunlin sub -t FILTER [-t FILTER]... [OPTION]...

                Subscribes and prints the messages that come, one a line.
                """;
            default -> """
                Usage: dunlin rr -t TOPIC -e RESPONSE_TOPIC {-m TEXT | -f FILE | -s | -n} [OPTION]...

                Publishes a request and prints the response.
                """;
        };
    }

    private static String examples(String command) {
        return switch (command) {
            case "pub" -> """

                Examples:
                  dunlin pub -t greeting -m hello -q 1
                  dunlin pub -h broker.example -p 8883 --cafile ca.pem -u me -P - -t greeting -m hello
                  tail -f log | dunlin pub -t log -l
                  dunlin pub -t greeting -n -r                      clear the retained message
                  dunlin pub -t jobs -m 1 -D publish message-expiry-interval 60 -up unit=s
                """;
            case "sub" -> """

                Examples:
                  dunlin sub -t 'sensors/+/temperature' -t alarms -v
                  dunlin sub -t '#' -F '%I %t %p'
                  dunlin sub -t status -C 1 -W 5                    one message, or exit code 27 after 5 s
                  dunlin sub -i line-7 -c -q 1 -t jobs              keep the session between calls
                  dunlin sub -t 'old/#' --remove-retained --retained-only -W 1
                """;
            default -> """

                Examples:
                  dunlin rr -t service/sum -e reply/me -m '[1,2]' -W 2
                """;
        };
    }

    private static void option(Opt opt, StringBuilder text) {
        String names = "  " + opt.names().replace(" ", ", ") + (opt.label().isEmpty() ? "" : " " + opt.label());
        text.append(names);
        int column = names.length();
        if (column > TEXT_COLUMN - 2) {
            text.append('\n');
            column = 0;
        }
        text.append(" ".repeat(TEXT_COLUMN - column));
        column = TEXT_COLUMN;
        for (String word : opt.description().split(" ")) {
            if (column + word.length() > WIDTH && column > TEXT_COLUMN) {
                text.append('\n').append(" ".repeat(TEXT_COLUMN));
                column = TEXT_COLUMN;
            }
            text.append(column > TEXT_COLUMN ? " " : "").append(word);
            column += word.length() + 1;
        }
        text.append('\n');
    }

    /** @return 0; 1 where nobody reads */
    static int write(String text, OutputStream out) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
            return ExitCode.OK;
        } catch (IOException e) {
            return ExitCode.ERROR;
        }
    }
}
