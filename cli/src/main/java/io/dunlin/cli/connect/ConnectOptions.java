package io.dunlin.cli.connect;

import static io.dunlin.cli.args.Opt.Section.CONNECTION;
import static io.dunlin.cli.args.Opt.Section.OTHER;
import static io.dunlin.cli.args.Opt.Section.PROPERTIES;
import static io.dunlin.cli.args.Opt.Section.SESSION;
import static io.dunlin.cli.args.Opt.Section.TLS;
import static io.dunlin.cli.args.Opt.Section.WILL;
import static io.dunlin.cli.args.Opt.flag;
import static io.dunlin.cli.args.Opt.list;
import static io.dunlin.cli.args.Opt.value;

import io.dunlin.cli.args.Opt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The options that every command with a connection has. The letters are mosquitto's; the other spellings are those of MQTTX
 * and HiveMQ's client where they do not clash.
 */
public final class ConnectOptions {
    private ConnectOptions() {}

    /** Adds them without these names, which the command uses for something else. */
    public static void addTo(List<Opt> options, Set<String> taken) {
        List<Opt> all = new ArrayList<>();
        addTo(all);
        for (Opt opt : all) {
            List<String> names = new ArrayList<>(List.of(opt.names().split(" ")));
            names.removeAll(taken);
            if (!names.isEmpty()) {
                options.add(
                        new Opt(opt.section(), opt.kind(), String.join(" ", names), opt.label(), opt.description()));
            }
        }
    }

    /** Adds them: connection, session, properties, will, TLS and the rest. */
    public static void addTo(List<Opt> options) {
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
        options.add(flag(
                CONNECTION,
                "-S --srv",
                "look the broker up in the DNS: _mqtt._tcp.HOST, with TLS _secure-mqtt._tcp.HOST"));
        options.add(value(CONNECTION, "--proxy", "URL", "socks5h://user:password@host:port, or http://…"));
        options.add(flag(CONNECTION, "--nodelay", "accepted; small packets are never held back"));
        options.add(flag(CONNECTION, "--retry", "keep trying when the broker cannot be reached at first"));
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
        options.add(value(TLS, "--tls-keylog", "FILE", "not supported: Java gives the secrets of TLS to nobody"));
        options.add(value(TLS, "--psk", "HEX", "not supported: Java has no pre-shared keys, use a certificate"));
        options.add(value(TLS, "--psk-identity", "NAME", "not supported, see --psk"));
    }
}
