package io.dunlin.cli;

import static io.dunlin.cli.Opt.Section.CONNECTION;
import static io.dunlin.cli.Opt.Section.MESSAGE;
import static io.dunlin.cli.Opt.Section.OTHER;
import static io.dunlin.cli.Opt.Section.OUTPUT;
import static io.dunlin.cli.Opt.Section.PROPERTIES;
import static io.dunlin.cli.Opt.Section.SESSION;
import static io.dunlin.cli.Opt.Section.SUBSCRIPTION;
import static io.dunlin.cli.Opt.Section.TLS;
import static io.dunlin.cli.Opt.Section.WILL;
import static io.dunlin.cli.Opt.flag;
import static io.dunlin.cli.Opt.list;
import static io.dunlin.cli.Opt.value;

import java.util.ArrayList;
import java.util.List;

/**
 * The options of pub, sub and rr. The letters are mosquitto's; the other spellings are those of MQTTX and HiveMQ's client
 * where they do not clash.
 */
final class OptionTable {
    private OptionTable() {}

    static List<Opt> pub() {
        List<Opt> options = new ArrayList<>();
        options.add(value(MESSAGE, "-t --topic", "TOPIC", "topic to publish to"));
        messageSource(options);
        options.add(flag(MESSAGE, "-l --stdin-line --lines", "each line of standard input is a message"));
        options.add(value(MESSAGE, "-q --qos", "QOS", "quality of service 0, 1 or 2 (default 0)"));
        options.add(flag(MESSAGE, "-r --retain", "the broker keeps the message for later subscribers"));
        options.add(value(MESSAGE, "--repeat", "N", "publish N times"));
        options.add(value(MESSAGE, "--repeat-delay", "SECONDS", "wait between repetitions, for instance 0.5"));
        options.add(value(MESSAGE, "-M --max-inflight", "N", "at most N messages of QoS 1 and 2 on the way"));
        publishProperties(options, "--message-expiry -me -e");
        common(options);
        return options;
    }

    static List<Opt> sub() {
        List<Opt> options = new ArrayList<>();
        options.add(list(SUBSCRIPTION, "-t --topic", "FILTER", "topic filter to subscribe to, repeatable"));
        options.add(value(SUBSCRIPTION, "-q --qos", "QOS", "highest quality of service 0, 1 or 2 (default 0)"));
        options.add(list(SUBSCRIPTION, "-U --unsubscribe", "FILTER", "unsubscribe from FILTER, repeatable"));
        options.add(flag(SUBSCRIPTION, "--no-local -nl", "without the messages of this same client"));
        options.add(flag(
                SUBSCRIPTION,
                "--retain-as-published -rap",
                "the retain flag as the publisher set it, not as delivered"));
        options.add(value(
                SUBSCRIPTION,
                "--retain-handling -rh",
                "WHEN",
                "retained messages: always, new (subscriptions only) or never; also 0, 1, 2"));
        options.add(value(SUBSCRIPTION, "--subscription-identifier -si", "ID", "number that the messages carry"));
        options.add(value(OUTPUT, "-C --count", "N", "exit after N messages"));
        options.add(flag(OUTPUT, "-E --exit-after-sub", "exit when the subscriptions are acknowledged"));
        outputOptions(options);
        options.add(list(OUTPUT, "-T --filter-out", "FILTER", "do not print what matches, repeatable"));
        options.add(flag(OUTPUT, "--retained-only", "only retained messages; exit at the first other one"));
        options.add(flag(OUTPUT, "--remove-retained", "also clear the retained messages that come"));
        options.add(value(OUTPUT, "--random-filter", "PERCENT", "print only that share of the messages"));
        common(options);
        return options;
    }

    static List<Opt> rr() {
        List<Opt> options = new ArrayList<>();
        options.add(value(MESSAGE, "-t --topic", "TOPIC", "topic to send the request to"));
        options.add(value(MESSAGE, "-e --response-topic", "TOPIC", "topic to wait for the response on"));
        messageSource(options);
        options.add(value(MESSAGE, "-q --qos", "QOS", "quality of service 0, 1 or 2 (default 0)"));
        options.add(flag(MESSAGE, "-r --retain", "the broker keeps the request for later subscribers"));
        outputOptions(options);
        options.add(flag(OUTPUT, "--latency", "print how long the response took, on standard error"));
        publishProperties(options, "--message-expiry -me");
        common(options);
        return options;
    }

    private static void messageSource(List<Opt> options) {
        options.add(value(MESSAGE, "-m --message", "TEXT", "the message"));
        options.add(value(MESSAGE, "-f --file -m:file --file-read", "FILE", "the content of FILE is the message"));
        options.add(flag(MESSAGE, "-s --stdin-file --stdin", "all of standard input is one message"));
        options.add(flag(MESSAGE, "-n --null-message -m:empty", "an empty message (with -r: clears the retained one)"));
        options.add(value(MESSAGE, "--payload-size", "BYTES", "a message of that many random bytes"));
    }

    private static void outputOptions(List<Opt> options) {
        options.add(flag(OUTPUT, "-v --verbose", "print the topic before the message"));
        options.add(value(OUTPUT, "-F --output-format", "FORMAT", "print by a format, see below"));
        options.add(flag(OUTPUT, "-J --json", "print JSON, the same as -F %j"));
        options.add(value(OUTPUT, "--format", "KIND", "how the message is shown: text, json, hex or base64"));
        options.add(flag(OUTPUT, "--pretty", "JSON over several lines"));
        options.add(flag(OUTPUT, "-N --no-eol", "no line end after a message"));
        options.add(flag(OUTPUT, "-R --no-retained", "do not print retained (stale) messages"));
        options.add(value(OUTPUT, "-W --timeout", "SECONDS", "exit with code 27 when the time is up"));
    }

    private static void publishProperties(List<Opt> options, String expiryNames) {
        options.add(value(PROPERTIES, "--content-type -ct", "TYPE", "content type of the message"));
        options.add(value(PROPERTIES, expiryNames, "SECONDS", "the message expires after that time"));
        options.add(value(PROPERTIES, "--payload-format -pf", "0|1", "1 where the message is UTF-8 text"));
        options.add(value(PROPERTIES, "--respond-to -rt", "TOPIC", "response topic of the message"));
        options.add(value(PROPERTIES, "--correlation-data -cd", "DATA", "correlation data of the message"));
        options.add(value(PROPERTIES, "--topic-alias -ta", "N", "topic alias of the message"));
    }

    private static void common(List<Opt> options) {
        connection(options);
        session(options);
        options.add(new Opt(
                PROPERTIES,
                Opt.Kind.PROPERTY,
                "-D --property",
                "COMMAND PROPERTY VALUE",
                "any property; COMMAND is connect, publish, subscribe, unsubscribe, disconnect or will;"
                        + " user-property takes a key and a value"));
        options.add(
                list(PROPERTIES, "--user-property -up", "KEY=VALUE", "user property of the message or subscription"));
        options.add(list(PROPERTIES, "--connect-user-property -Cup", "KEY=VALUE", "user property of CONNECT"));
        will(options);
        tls(options);
        options.add(value(OTHER, "-o --options-file", "FILE", "read options from FILE, one a line"));
        options.add(value(OTHER, "--profile", "NAME", "read options from $XDG_CONFIG_HOME/dunlin/profiles/NAME"));
        options.add(flag(OTHER, "-d --debug", "show the packets, on standard error"));
        options.add(flag(OTHER, "--quiet", "no error messages"));
        options.add(flag(OTHER, "--help", "show this help"));
    }

    private static void connection(List<Opt> options) {
        options.add(value(CONNECTION, "-h --host --hostname", "HOST", "the broker's host (default localhost)"));
        options.add(value(CONNECTION, "-p --port", "PORT", "default 1883; 8883 with TLS, which 8883 turns on"));
        options.add(value(
                CONNECTION,
                "-L --url",
                "URL",
                "mqtt(s)://user:password@host:port/topic, also ws(s)://…/mqtt and unix:///path"));
        options.add(value(CONNECTION, "-u --username --user", "NAME", "user name"));
        options.add(value(CONNECTION, "-P --pw --password -pw", "PASSWORD", "password; '-' asks for it"));
        options.add(value(CONNECTION, "--password-env -pw:env", "VARIABLE", "password from the environment"));
        options.add(value(CONNECTION, "--password-file -pw:file", "FILE", "password from the first line of FILE"));
        options.add(value(CONNECTION, "-V --protocol-version --mqtt-version", "VERSION", "5 (default), 311 or 31"));
        options.add(
                value(CONNECTION, "-k --keepalive", "SECONDS", "ping after that time without traffic (default 60)"));
        options.add(value(CONNECTION, "--protocol", "NAME", "mqtt, mqtts, ws or wss"));
        options.add(flag(CONNECTION, "--ws -ws", "over WebSocket"));
        options.add(value(CONNECTION, "--path --ws-path -ws:path", "PATH", "of the WebSocket (default /mqtt)"));
        options.add(list(CONNECTION, "--ws-header -wh", "NAME:VALUE", "header of the WebSocket request"));
        options.add(value(CONNECTION, "--unix", "PATH", "over a unix domain socket"));
        options.add(value(CONNECTION, "-A --bind", "ADDRESS", "connect from that local address"));
        options.add(flag(CONNECTION, "-S --srv", "not supported: give the host that the SRV record names"));
        options.add(value(CONNECTION, "--proxy", "URL", "socks5h://user:password@host:port"));
        options.add(flag(CONNECTION, "--nodelay", "accepted; small packets are never held back"));
        options.add(value(CONNECTION, "--connect-timeout", "SECONDS", "give up after that time (default 30)"));
    }

    private static void session(List<Opt> options) {
        options.add(
                value(SESSION, "-i --id --identifier --client-id", "ID", "client id (default: the broker chooses)"));
        options.add(value(SESSION, "-I --id-prefix -ip", "PREFIX", "client id of PREFIX and the process id"));
        options.add(flag(
                SESSION,
                "-c --disable-clean-session --no-clean-start --no-clean --no-cleanStart",
                "keep the session: go on with it, and do not let it expire"));
        options.add(flag(SESSION, "--clean-start --cleanStart", "start with a new session (default)"));
        options.add(value(
                SESSION,
                "-x --session-expiry-interval -se",
                "SECONDS",
                "the session outlives the connection that long; -1 or ∞ for ever"));
    }

    private static void will(List<Opt> options) {
        options.add(value(WILL, "--will-topic -Wt", "TOPIC", "topic of the message when this client vanishes"));
        options.add(value(WILL, "--will-payload --will-message -Wm", "TEXT", "that message (default empty)"));
        options.add(value(WILL, "--will-qos -Wq", "QOS", "its quality of service"));
        options.add(flag(WILL, "--will-retain -Wr", "the broker keeps it"));
        options.add(value(WILL, "--will-delay -Wd", "SECONDS", "it waits that long for this client's return"));
        options.add(value(WILL, "--will-expiry -We", "SECONDS", "it expires after that time"));
        options.add(value(WILL, "--will-content-type -Wct", "TYPE", "its content type"));
        options.add(value(WILL, "--will-correlation-data -Wcd", "DATA", "its correlation data"));
        options.add(value(WILL, "--will-payload-format -Wpf", "0|1", "1 where it is UTF-8 text"));
        options.add(value(WILL, "--will-response-topic -Wrt", "TOPIC", "its response topic"));
        options.add(list(WILL, "--will-user-property -Wup", "KEY=VALUE", "its user property"));
    }

    private static void tls(List<Opt> options) {
        options.add(flag(TLS, "--tls", "use TLS with the authorities that the JDK trusts"));
        options.add(flag(TLS, "--no-tls", "no TLS on port 8883 either"));
        options.add(value(TLS, "--cafile --ca", "FILE", "trusted authorities, PEM"));
        options.add(value(TLS, "--capath", "DIRECTORY", "directory of trusted authorities, PEM"));
        options.add(flag(TLS, "--tls-use-os-certs", "also trust the authorities that the JDK trusts"));
        options.add(value(TLS, "--cert", "FILE", "this client's certificate, PEM"));
        options.add(value(TLS, "--key", "FILE", "its private key, PEM"));
        options.add(value(TLS, "--key-password", "PASSWORD", "of an encrypted key; '-' asks for it"));
        options.add(value(TLS, "--keyform", "FORM", "pem"));
        options.add(flag(TLS, "--insecure", "do not check the host name of the broker's certificate"));
        options.add(flag(TLS, "--insecure-any-certificate", "do not check the broker's certificate at all"));
        options.add(value(TLS, "--tls-version", "VERSION", "tlsv1.3 or tlsv1.2 (default: the best both know)"));
        options.add(value(TLS, "--ciphers", "LIST", "cipher suites by their JDK names, separated by colons"));
        options.add(value(TLS, "--tls-alpn --alpn", "NAME", "application protocol to ask for"));
        options.add(value(TLS, "--tls-server-name", "NAME", "host name for SNI"));
        options.add(value(TLS, "--psk", "HEX", "not supported: Java has no pre-shared keys, use a certificate"));
        options.add(value(TLS, "--psk-identity", "NAME", "not supported, see --psk"));
    }
}
