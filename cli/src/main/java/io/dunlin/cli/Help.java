package io.dunlin.cli;

import io.dunlin.cli.args.Command;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Opt;
import io.dunlin.cli.args.Terminal;
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
              shell        a prompt for several connections, or a script

            Measuring:
              bench        put load on a broker: connections, publishing, receiving, latencies
              test         find out what a broker can do: versions, limits, features

            Devices:
              demo         a broker, devices and what they say, in one command
              simulate     let a fleet of devices live against a broker

            Broker:
              broker       start a broker
              config       check or print the broker's configuration
              console      users and API keys of the console
              import       make a configuration out of that of a Mosquitto
              store        check, repair, dump or measure what a stopped broker has stored
              backup       write everything that a running broker stores into one file
              restore      lay a backup into the data folder of a stopped broker
              passwd       set, check or delete a password in a password file
              users        users of a running broker; also groups and roles
              status       how a running broker is
              why          why a client got a message or not
              trace        show the packets of a running broker's clients, or write them for Wireshark
              clients      list, look into or kick the clients of a running broker
              sessions     list or clear sessions, with or without a connection
              retained     list, show, count or delete retained messages
              topics       what is published: level by level, the loudest, shared subscriptions
              top          what a running broker does: the loudest topics and clients, live
              listeners    list, open or close the listeners of a running broker
              ban          keep clients, users and addresses out of a running broker
              security     what a running broker has counted about logins, rights and limits
              reload       have a running broker read its configuration again
              audit        assess a configuration and a running broker, with the fix of each finding
              acl          explain who may do what, and check the rules
              certs        make certificates, revoke them, and see when they end

            Other:
              profile      keep the options of a connection under a name, for --profile
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

    static int command(Command command, List<Opt> table, OutputStream out) {
        StringBuilder text = new StringBuilder(command.usage());
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
        return write(text.append(command.notes()).toString(), out);
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
