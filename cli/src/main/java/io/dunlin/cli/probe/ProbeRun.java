package io.dunlin.cli.probe;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.CommandFailed;
import io.dunlin.cli.args.ExitCode;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import io.dunlin.cli.connect.ConnectArgs;
import io.dunlin.cli.connect.PropertyArgs;
import io.dunlin.cli.output.Json;
import io.dunlin.cli.probe.Finding.State;
import io.dunlin.client.ConnectFailed;
import io.dunlin.client.ConnectRefused;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.Endpoint.Transport;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One run of dunlin test: check by check, each line as soon as it is known, and the verdict. */
final class ProbeRun {
    private static final String ADDRESSES = "other addresses";
    private static final int PORT_MILLIS_MAX = 500;

    private final Args args;
    private final Terminal terminal;
    private final ConnectArgs connect;
    private final Duration patience;
    private final int tries;
    private final boolean all;
    private final @Nullable String jsonFile;
    private final List<Finding> findings = new ArrayList<>();
    private String group = "";

    ProbeRun(Args args, Terminal terminal) {
        if (!args.operands().isEmpty()) {
            String host = args.operands().get(0);
            args.add(host.contains("://") ? "-L" : "-h", host);
        }
        this.args = args;
        this.terminal = terminal;
        this.connect = new ConnectArgs(args, terminal, PropertyArgs.Target.PUBLISH, true);
        this.patience = ConnectArgs.millis(args.seconds("-t", 0.1, 5));
        this.tries = (int) args.number("-q", 1, 100_000, 20);
        this.all = args.has("--all");
        this.jsonFile = args.text("--json");
    }

    int run() {
        String prefix = Long.toString(new Random().nextLong() >>> 20, 36);
        Probe first = new Probe(connect, prefix, patience, ProtocolVersion.V5);
        print("dunlin test " + connect.endpoint() + "\n");
        Map<ProtocolVersion, Properties> versions = versions(first);
        for (Map.Entry<ProtocolVersion, Properties> entry : versions.entrySet()) {
            ProtocolVersion version = entry.getKey();
            Probe probe = first.withVersion(version);
            boolean best = version == versions.keySet().iterator().next();
            if (best) {
                Measures measures = new Measures(probe, entry.getValue(), all, this::found);
                measures.limits();
                measures.latencies(tries);
            }
            if (best || all) {
                new Features(probe, entry.getValue(), "features in " + name(version), this::found).all();
            }
        }
        addresses(first.withVersion(versions.keySet().iterator().next()));
        return verdict();
    }

    private static String name(ProtocolVersion version) {
        return switch (version) {
            case V5 -> "MQTT 5";
            case V3_1_1 -> "MQTT 3.1.1";
            case V3_1 -> "MQTT 3.1";
        };
    }

    /** Those that connect, the newest first, with what the broker stated. */
    private Map<ProtocolVersion, Properties> versions(Probe probe) {
        Map<ProtocolVersion, Properties> connected = new EnumMap<>(ProtocolVersion.class);
        List<ProtocolVersion> asked = args.has("-V")
                ? List.of(connect.version())
                : List.of(ProtocolVersion.V5, ProtocolVersion.V3_1_1, ProtocolVersion.V3_1);
        MqttException failure = null;
        for (ProtocolVersion version : asked) {
            try (MqttClient client = probe.withVersion(version).client(builder -> builder)) {
                Connack connack = client.connect();
                connected.put(version, connack.properties());
                found(new Finding("versions", name(version), State.OK, ""));
            } catch (MqttException e) {
                failure = failure == null ? e : failure;
                if (!(e instanceof ConnectRefused) && connected.isEmpty() && asked.get(0) == version && !isTalking(e)) {
                    throw connect.failed(e);
                }
                boolean login = e instanceof ConnectRefused refused
                        && refused.reason() != ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
                found(new Finding("versions", name(version), login ? State.FAILED : State.ABSENT, "" + e.getMessage()));
            }
        }
        if (connected.isEmpty() && failure != null) {
            throw connect.failed(failure);
        }
        List<ProtocolVersion> order = new ArrayList<>(connected.keySet());
        order.sort((a, b) -> Integer.compare(b.level(), a.level()));
        Map<ProtocolVersion, Properties> sorted = new LinkedHashMap<>();
        order.forEach(version -> sorted.put(version, connected.get(version)));
        return sorted;
    }

    /** Whether somebody is there at all: one that closes at MQTT 5 may well speak 3.1.1. */
    private static boolean isTalking(MqttException e) {
        return !(e instanceof ConnectFailed);
    }

    private void addresses(Probe probe) {
        List<Endpoint> seen = new ArrayList<>();
        for (String url : args.list("--also")) {
            Endpoint endpoint = endpoint(url);
            seen.add(endpoint);
            address(probe, endpoint, State.FAILED);
        }
        Endpoint main = connect.endpoint();
        if (all && main.transport() != Transport.UNIX) {
            for (Endpoint usual : List.of(
                    new Endpoint(Transport.TLS, main.host(), 8883, ""),
                    new Endpoint(Transport.WS, main.host(), 8083, Endpoint.WEBSOCKET_PATH),
                    new Endpoint(Transport.WS, main.host(), 9001, Endpoint.WEBSOCKET_PATH),
                    new Endpoint(Transport.WSS, main.host(), 8084, Endpoint.WEBSOCKET_PATH))) {
                if (usual.port() != main.port() && isOpen(usual)) {
                    seen.add(usual);
                    address(probe, usual, State.INFO);
                }
            }
        }
        seen.add(main);
        for (Endpoint endpoint : seen) {
            if (endpoint.transport().isTls()) {
                new TlsProbe(endpoint, patience, Instant.now()).look(this::found);
            }
        }
    }

    private static Endpoint endpoint(String url) {
        try {
            return Endpoint.parse(url);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--also: " + e.getMessage());
        }
    }

    private static boolean isOpen(Endpoint endpoint) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), PORT_MILLIS_MAX);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void address(Probe probe, Endpoint endpoint, State otherwise) {
        try (MqttClient client = probe.clientOf(endpoint)) {
            client.connect();
            found(new Finding(ADDRESSES, endpoint.toString(), State.OK, ""));
        } catch (MqttException e) {
            found(new Finding(ADDRESSES, endpoint.toString(), otherwise, "" + e.getMessage()));
        }
    }

    private void found(Finding finding) {
        findings.add(finding);
        StringBuilder line = new StringBuilder();
        if (!finding.group().equals(group)) {
            group = finding.group();
            line.append('\n').append(group).append('\n');
        }
        String word = finding.state().word();
        String detail = finding.detail();
        line.append(String.format(
                "  %-28s %s%s%n",
                finding.name(), word, detail.isEmpty() ? "" : word.isEmpty() ? detail : ": " + detail));
        print(line.toString());
    }

    private void print(String text) {
        if ("-".equals(jsonFile)) {
            return;
        }
        try {
            terminal.out().write(text.getBytes(StandardCharsets.UTF_8));
            terminal.out().flush();
        } catch (IOException e) {
            throw new CommandFailed("Nobody reads the result.", ExitCode.OK);
        }
    }

    private int verdict() {
        List<String> failed = findings.stream()
                .filter(finding -> finding.state() == State.FAILED)
                .map(Finding::name)
                .distinct()
                .toList();
        long absent = findings.stream()
                .filter(finding -> finding.state() == State.ABSENT)
                .count();
        long works =
                findings.stream().filter(finding -> finding.state() == State.OK).count();
        long failures = findings.stream()
                .filter(finding -> finding.state() == State.FAILED)
                .count();
        String verdict = failed.isEmpty()
                ? "All " + works + " checks passed"
                        + (absent == 0 ? "." : "; " + absent + " not there, as the broker says.")
                : failures + " of " + (works + failures) + " checks failed: " + String.join(", ", failed) + "."
                        + (failed.contains("QoS 0")
                                ? " Does the broker let this user publish below dunlin-test/?"
                                : "");
        print("\n" + verdict + "\n");
        if (jsonFile != null) {
            writeJson(jsonFile, failed.isEmpty(), verdict);
        }
        return failed.isEmpty() ? ExitCode.OK : ExitCode.LIMIT_MISSED;
    }

    private void writeJson(String file, boolean passed, String verdict) {
        Json json = new Json(false).open();
        json.key("address").text(connect.endpoint().toString());
        json.key("passed").bool(passed);
        json.key("verdict").text(verdict);
        json.key("findings").openArray();
        for (Finding finding : findings) {
            json.next().open();
            json.key("group").text(finding.group());
            json.key("name").text(finding.name());
            json.key("state").text(finding.state().name().toLowerCase(Locale.ROOT));
            json.key("detail").text(finding.detail());
            json.close();
        }
        byte[] bytes = (json.closeArray().close() + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (file.equals("-")) {
                terminal.out().write(bytes);
                terminal.out().flush();
            } else {
                Files.write(Path.of(file), bytes);
            }
        } catch (IOException e) {
            throw new CommandFailed("The findings cannot be written: " + e.getMessage() + ".", ExitCode.ERROR);
        }
    }
}
