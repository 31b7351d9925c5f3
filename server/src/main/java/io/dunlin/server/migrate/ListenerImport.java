package io.dunlin.server.migrate;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes a listener of ours of each of Mosquitto's. One that would let in more clients here than there, or show them more, is written
 * with {@code enabled = false}. One thread.
 */
final class ListenerImport {
    private static final int PORT_DEFAULT = 1883;

    private final Draft draft;
    private final Report report;
    private final Logins logins;
    private final Set<String> names = new HashSet<>();

    /** @param logins who may come, and through which listener */
    ListenerImport(Draft draft, Report report, Logins logins) {
        this.draft = draft;
        this.report = report;
        this.logins = logins;
    }

    /** The listener that is there where the file names none: for this machine alone, without a login unless one is asked for. */
    void local(Section global) {
        boolean anonymous = logins.anonymous(global, true);
        String path = "listeners.local";
        draft.setText(path + ".bind", "127.0.0.1:1883", "no listener is named: this machine only");
        draft.set(path + ".type", global.peek("certfile").isPresent() ? "tls" : "tcp", "");
        draft.set(path + ".allow-anonymous", "" + anonymous, "");
        report.taken("no listener", path + ".bind = \"127.0.0.1:1883\", as in Mosquitto");
        List<String> reasons = new ArrayList<>();
        tls(global, path, reasons);
        limits(global, path);
        refusals(global, reasons);
        logins.objection(global, anonymous, false).ifPresent(reasons::add);
        if (!reasons.isEmpty()) {
            disable(path, "the only listener", String.join("; ", reasons));
        }
    }

    /** @param section a listener, or the lines before any where these have {@code port} */
    void listener(Section section) {
        Directive head = section.head().or(() -> section.take("port")).orElseThrow();
        String[] words = head.value().split("[ \t]+", 2);
        String bind = bind(section, words);
        String protocol = section.take("protocol").map(Directive::value).orElse("mqtt");
        if (!protocol.equals("mqtt") && !protocol.equals("websockets")) {
            report.left(head, "protocol " + protocol + " is not MQTT: see docs for the console and the HTTP interface");
            section.lines().forEach(section::use);
            return;
        }
        boolean webSocket = protocol.equals("websockets");
        boolean tls = section.peek("certfile").isPresent();
        String type = webSocket ? tls ? "wss" : "ws" : tls ? "tls" : "tcp";
        String path = "listeners." + name(bind.startsWith("unix:") ? "unix" : type + "-" + words[0]);
        draft.set(path + ".type", type, head.place());
        draft.setText(path + ".bind", bind, "");
        report.taken(head, path + ".bind = \"" + bind + "\"");
        boolean anonymous = logins.anonymous(section, false);
        draft.set(path + ".allow-anonymous", "" + anonymous, "");
        List<String> reasons = new ArrayList<>();
        tls(section, path, reasons);
        if (webSocket) {
            draft.setText(path + ".websocket.path", "*", "");
            origins(section, path);
        }
        limits(section, path);
        refusals(section, reasons);
        logins.objection(section, anonymous, draft.has(path + ".use-identity-as-username"))
                .ifPresent(reasons::add);
        if (!reasons.isEmpty()) {
            disable(path, head.place() + ": listener " + head.value(), String.join("; ", reasons));
        }
    }

    private void disable(String path, String what, String reason) {
        draft.set(path + ".enabled", "false", reason);
        report.left(what, "it is written with enabled = false: " + reason);
    }

    private static String bind(Section section, String[] words) {
        Optional<String> address = section.take("bind_address").map(Directive::value);
        String host = words.length > 1 ? words[1] : address.orElse("*");
        if (host.startsWith("/")) {
            return "unix:" + host;
        }
        String port = words[0].isEmpty() ? "" + PORT_DEFAULT : words[0];
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private String name(String wanted) {
        String name = wanted;
        for (int i = 2; !names.add(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }

    private void take(Section section, String key, String path, String value) {
        section.take(key).ifPresent(line -> {
            draft.set(path, value, line.place());
            report.taken(line, path + " = " + value);
        });
    }

    private void file(Section section, String key, String path) {
        section.take(key).ifPresent(line -> {
            String file = MosquittoConf.besides(line).toString();
            draft.setText(path, file, line.place());
            report.taken(line, path + " (the file stays where it is; the broker's user must be able to read it)");
        });
    }

    private void tls(Section section, String path, List<String> reasons) {
        if (section.peek("certfile").isEmpty()) {
            for (String key : List.of("keyfile", "cafile", "capath", "crlfile", "require_certificate", "tls_version")) {
                section.take(key).ifPresent(line -> report.left(line, "it means nothing without certfile"));
            }
            return;
        }
        file(section, "certfile", path + ".tls.certfile");
        file(section, "keyfile", path + ".tls.keyfile");
        boolean required = isOn(section, "require_certificate");
        if (required) {
            take(section, "require_certificate", path + ".tls.require-certificate", "true");
            file(section, "cafile", path + ".tls.cafile");
            file(section, "crlfile", path + ".tls.crlfile");
            if (!draft.has(path + ".tls.cafile")) {
                reasons.add("require_certificate needs a cafile (of a capath, join the files into one)");
                draft.set(path + ".tls.require-certificate", "false", "no cafile");
            }
        } else {
            section.take("require_certificate");
            section.take("cafile").ifPresent(line -> report.left(line, "nobody is asked for a certificate there"));
            section.take("crlfile").ifPresent(line -> report.left(line, "nobody is asked for a certificate there"));
        }
        section.take("capath")
                .ifPresent(line ->
                        report.left(line, "folders of authorities are not read: join the files into one cafile"));
        if (isOn(section, "use_identity_as_username")) {
            if (required) {
                take(section, "use_identity_as_username", path + ".use-identity-as-username", "true");
            } else {
                section.take("use_identity_as_username")
                        .ifPresent(line -> report.left(line, "it needs require_certificate true"));
            }
        }
        if (isOn(section, "use_subject_as_username")) {
            section.take("use_subject_as_username").ifPresent(line -> report.left(line, "see the listener"));
            reasons.add("use_subject_as_username: set authentication.certificate.username = dn, whose text is that of"
                    + " RFC 2253, and compare it with your rules");
        }
        versions(section, path);
    }

    private void versions(Section section, String path) {
        section.take("tls_version").ifPresent(line -> {
            switch (line.value()) {
                case "tlsv1.3" -> {
                    draft.set(path + ".tls.versions", "[\"1.3\"]", line.place());
                    report.taken(line, path + ".tls.versions = [\"1.3\"]");
                }
                case "tlsv1.2" -> {
                    draft.set(path + ".tls.versions", "[\"1.2\", \"1.3\"]", line.place());
                    report.taken(line, path + ".tls.versions = [\"1.2\", \"1.3\"]");
                }
                default -> report.left(line, "versions below 1.2 are not offered: 1.2 and 1.3 are");
            }
        });
        for (String key : List.of("ciphers", "ciphers_tls1.3", "dhparamfile")) {
            section.take(key).ifPresent(line -> report.left(line, "the engine's own choice is used: see tls.ciphers"));
        }
    }

    private static boolean isOn(Section section, String key) {
        return section.peek(key)
                .map(Directive::value)
                .filter(GlobalSettings::isTrue)
                .isPresent();
    }

    private void origins(Section section, String path) {
        List<Directive> given = section.lines().stream()
                .filter(line -> line.key().equals("websockets_origin"))
                .toList();
        if (given.isEmpty()) {
            return;
        }
        String origins = given.stream()
                .flatMap(line -> Arrays.stream(line.value().split("[ ,\t]+")))
                .map(ConfigUtil::quoteString)
                .collect(Collectors.joining(", ", "[", "]"));
        take(section, "websockets_origin", path + ".websocket.origins", origins);
    }

    private void limits(Section section, String path) {
        section.take("max_connections").ifPresent(line -> {
            if (line.value().equals("-1")) {
                return;
            }
            try {
                long most = Math.max(1, GlobalSettings.number(line.value(), Integer.MAX_VALUE));
                draft.set(path + ".max-connections", "" + most, line.place());
                report.taken(line, path + ".max-connections = " + most);
            } catch (NumberFormatException e) {
                report.left(line, "it is no number that fits there");
            }
        });
        if (isOn(section, "set_tcp_nodelay")) {
            take(section, "set_tcp_nodelay", path + ".set-tcp-nodelay", "true");
        }
        section.take("enable_proxy_protocol").ifPresent(line -> {
            if (line.value().equals("0")) {
                return;
            }
            draft.set(path + ".proxy-protocol", "required", line.place());
            report.taken(line, path + ".proxy-protocol = required");
        });
        section.take("max_qos")
                .filter(line -> !line.value().equals("2"))
                .ifPresent(line -> report.left(line, "it is one setting for all listeners: mqtt.maximum-qos"));
        section.take("max_topic_alias")
                .ifPresent(line -> report.left(line, "it is one setting for all listeners: mqtt.max-topic-alias"));
    }

    /** What makes a listener open more than Mosquitto's if it were left out. */
    private void refusals(Section section, List<String> reasons) {
        section.take("mount_point").filter(line -> !line.value().isEmpty()).ifPresent(line -> {
            report.left(line, "topics have no hidden prefix here");
            reasons.add("without its mount_point clients would use the topics of all others");
        });
        section.take("bind_interface").ifPresent(line -> {
            report.left(line, "give the interface's address in listeners.<name>.bind");
            reasons.add("without its bind_interface it would be open on all of them");
        });
        section.take("socket_domain").ifPresent(line -> report.left(line, "the address in bind decides"));
        for (String key : List.of("psk_hint", "psk_file")) {
            section.take(key).ifPresent(line -> {
                report.left(line, "TLS with pre-shared keys is not there: use certificates (dunlin certs)");
                if (reasons.stream().noneMatch(reason -> reason.startsWith("TLS with"))) {
                    reasons.add("TLS with pre-shared keys is not there");
                }
            });
        }
    }
}
