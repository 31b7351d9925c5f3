package io.dunlin.cli.pubsub;

import static io.dunlin.cli.args.Opt.Section.MESSAGE;
import static io.dunlin.cli.args.Opt.Section.PROPERTIES;
import static io.dunlin.cli.args.Opt.flag;
import static io.dunlin.cli.args.Opt.value;

import io.dunlin.cli.args.Opt;
import java.util.List;

/** The options of the message that pub and rr send. */
final class MessageOptions {
    private MessageOptions() {}

    static void source(List<Opt> options) {
        options.add(value(MESSAGE, "-m --message", "TEXT", "the message"));
        options.add(value(MESSAGE, "-f --file -m:file --file-read", "FILE", "the content of FILE is the message"));
        options.add(flag(MESSAGE, "-s --stdin-file --stdin", "all of standard input is one message"));
        options.add(flag(MESSAGE, "-n --null-message -m:empty", "an empty message (with -r: clears the retained one)"));
        options.add(value(MESSAGE, "--payload-size", "BYTES", "a message of that many random bytes"));
    }

    static void properties(List<Opt> options, String expiryNames) {
        options.add(value(PROPERTIES, "--content-type -ct", "TYPE", "content type of the message"));
        options.add(value(PROPERTIES, expiryNames, "SECONDS", "the message expires after that time"));
        options.add(value(PROPERTIES, "--payload-format -pf", "0|1", "1 where the message is UTF-8 text"));
        options.add(value(PROPERTIES, "--respond-to -rt", "TOPIC", "response topic of the message"));
        options.add(value(PROPERTIES, "--correlation-data -cd", "DATA", "correlation data of the message"));
        options.add(value(PROPERTIES, "--topic-alias -ta", "N", "topic alias of the message"));
    }
}
