package io.dunlin.cli.bench;

import io.dunlin.cli.args.Args;
import io.dunlin.cli.args.Terminal;
import io.dunlin.cli.args.UsageException;
import io.dunlin.cli.connect.ConnectArgs;
import io.dunlin.cli.connect.PropertyArgs;
import io.dunlin.protocol.packet.QoS;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a bench does.
 *
 * @param intervalNanos between two connections
 * @param rate messages a second of all clients together; 0 for as many as the window allows
 * @param messagesMax of all clients together; {@link Long#MAX_VALUE} for no limit
 * @param stamped whether messages carry the time of their sending
 */
record BenchPlan(
        Mode mode,
        ConnectArgs connect,
        int clients,
        int subscribers,
        long intervalNanos,
        String clientId,
        String username,
        String topic,
        QoS qos,
        boolean retain,
        byte[] payload,
        boolean stamped,
        double rate,
        int window,
        long messagesMax,
        long durationNanos,
        long warmupNanos) {
    private static final int CLIENTS_MAX = 1_000_000;
    private static final int PAYLOAD_MAX = 1 << 24;
    private static final double FOREVER_SECONDS = 1e9;

    /** What is loaded. */
    enum Mode {
        CONN,
        PUB,
        SUB,
        P2P;

        boolean publishes() {
            return this == PUB || this == P2P;
        }
    }

    /** @throws UsageException where options are missing or contradict each other */
    static BenchPlan of(Args args, Terminal terminal) {
        Mode mode = mode(args);
        ConnectArgs connect = new ConnectArgs(args, terminal, PropertyArgs.Target.PUBLISH, true);
        int clients = (int) args.number("-c", 1, CLIENTS_MAX, mode == Mode.P2P ? 10 : 100);
        double interval = args.has("--ramp")
                ? args.seconds("--ramp", 0, 0) / clients
                : args.seconds("-i", 0, mode == Mode.CONN || args.has("-i") ? 10 : 1) / 1000;
        boolean text = args.has("-m");
        int size = (int) args.number("-s", 0, PAYLOAD_MAX, 64);
        byte[] payload = text ? args.text("-m", "").getBytes(StandardCharsets.UTF_8) : new byte[size];
        boolean stamped = !text && size >= Stamp.BYTES;
        if (mode == Mode.P2P && !stamped) {
            throw new UsageException("p2p measures by a time in the message: leave out -m, and give at least "
                    + Stamp.BYTES + " bytes with -s.");
        }
        boolean endless = args.has("--messages") && !args.has("--duration");
        double seconds = args.seconds("--duration", 0.01, endless ? FOREVER_SECONDS : mode == Mode.CONN ? 0 : 10);
        return new BenchPlan(
                mode,
                connect,
                clients,
                (int) args.number("--subscribers", 1, CLIENTS_MAX, mode == Mode.P2P ? clients : 0),
                nanos(interval),
                args.text("-I", "dunlin-bench-" + ProcessHandle.current().pid() + "-%i"),
                args.text("-u", ""),
                args.text("-t", mode == Mode.SUB ? "dunlin/bench/#" : "dunlin/bench/%i"),
                QoS.of((int) args.number("-q", 0, 2, 0)),
                args.has("-r"),
                payload,
                stamped,
                rate(args, clients),
                (int) args.number("-M", 1, 65_534, connect.version().hasProperties() ? 100 : 20),
                args.number("--messages", 1, Long.MAX_VALUE, Long.MAX_VALUE),
                nanos(seconds),
                nanos(args.seconds("--warmup", 0, 0)));
    }

    private static Mode mode(Args args) {
        String word = args.operands().isEmpty() ? "" : args.operands().get(0);
        return switch (word) {
            case "conn" -> Mode.CONN;
            case "pub" -> Mode.PUB;
            case "sub" -> Mode.SUB;
            case "p2p" -> Mode.P2P;
            default -> throw new UsageException("Write what to measure: dunlin bench conn, pub, sub or p2p.");
        };
    }

    private static double rate(Args args, int clients) {
        if (!args.has("-im")) {
            return decimal("--rate", args.text("--rate"), 0);
        }
        if (args.has("--rate")) {
            throw new UsageException("--rate and -im exclude each other: give one of them.");
        }
        return clients * 1000 / Math.max(decimal("-im", args.text("-im"), 0), 0.001);
    }

    /** A number that is greater than zero. */
    static double decimal(String name, @Nullable String text, double absent) {
        if (text == null) {
            return absent;
        }
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && value <= 1e9) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new UsageException(name + " must be a number, not '" + text + "'.");
        }
        throw new UsageException(name + " must be greater than 0, not " + text + ".");
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * TimeUnit.SECONDS.toNanos(1));
    }

    /** The client id of a client; those of subscribers of p2p are marked, for the numbers are used twice. */
    String clientIdOf(int number, boolean subscriber) {
        String id = clientId.replace("%i", Integer.toString(number)).replace("%u", username);
        return subscriber && mode == Mode.P2P ? id + "-sub" : id;
    }

    /** The topic, or the filter, of a client. */
    String topicOf(int number) {
        return topic.replace("%i", Integer.toString(number))
                .replace("%c", clientIdOf(number, false))
                .replace("%u", username.replace("%i", Integer.toString(number)));
    }

    @Override
    public String toString() {
        return "bench " + mode.name().toLowerCase(Locale.ROOT);
    }
}
