package io.dunlin.bench;

import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.testkit.Batch;
import io.dunlin.testkit.ConnectSpec;
import io.dunlin.testkit.LeanConnection;
import io.dunlin.testkit.LeanShard;
import io.dunlin.testkit.PacketWriter;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Connects many clients without sockets, with a subscription each, and prints what a session takes of the heap: by the slope between the first
 * step and the last, and which objects it consists of. See bench/sessions.
 */
public final class SessionsAtScale {
    private static final int STEPS = 4;
    private static final int CLASSES_SHOWN = 60;
    private static final List<String> STAND_IN =
            List.of(LeanConnection.class.getName()); // what stands for the network, and is not the broker's

    private final LeanShard shard = LeanShard.start(BrokerOptions.DEFAULTS);
    private final List<LeanConnection> connections; // as a transport would know them
    private final int sessions;
    private final ProtocolVersion version;

    private SessionsAtScale(int sessions, ProtocolVersion version) {
        this.sessions = sessions;
        this.version = version;
        this.connections = new ArrayList<>(sessions);
    }

    /**
     * @param args how many sessions, and 3 or 5 for the version
     * @throws JMException where this JVM has no histogram of classes
     */
    public static void main(String[] args) throws JMException {
        int sessions = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        boolean older = args.length > 1 && args[1].startsWith("3");
        new SessionsAtScale(sessions, older ? ProtocolVersion.V3_1_1 : ProtocolVersion.V5).run();
    }

    private void run() throws JMException {
        open(sessions / 10); // what is there once, and what grows in leaps, comes first
        Map<String, long[]> before = Map.of();
        long bytesBefore = 0;
        int countBefore = 0;
        System.out.println("sessions    heap bytes       bytes for each, since the last line");
        for (int step = 1; step <= STEPS; step++) {
            open((int) ((long) sessions * step / STEPS));
            long bytes = usedBytes();
            int more = connections.size() - countBefore;
            System.out.printf(
                    Locale.ROOT,
                    "%,9d %,15d %8.1f%n",
                    connections.size(),
                    bytes,
                    (double) (bytes - bytesBefore) / more);
            if (step == 1) {
                before = histogram();
            }
            bytesBefore = bytes;
            countBefore = connections.size();
        }
        int first = sessions / STEPS;
        print(before, histogram(), sessions - first);
        if (shard.broker().totals().connected() != sessions) {
            throw new IllegalStateException(
                    "not all clients are connected: " + shard.broker().totals());
        }
    }

    private void open(int until) {
        for (int i = connections.size(); i < until; i++) {
            LeanConnection connection = shard.open();
            String clientId = String.format(Locale.ROOT, "device-%07d", i);
            connection.send(ByteBuffer.wrap(PacketWriter.write(
                    new ConnectSpec(version, clientId).keepAlive(60).build(), version)));
            connection.send(ByteBuffer.wrap(Batch.subscribe("cmd/" + clientId + "/#", QoS.AT_LEAST_ONCE, version)));
            shard.settle();
            connections.add(connection);
        }
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Instances and bytes of each class that is alive. */
    private static Map<String, long[]> histogram() throws JMException {
        String table = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Map<String, long[]> classes = new LinkedHashMap<>();
        for (String line : table.split("\n")) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length >= 4 && columns[0].endsWith(":")) {
                classes.put(columns[3], new long[] {Long.parseLong(columns[1]), Long.parseLong(columns[2])});
            }
        }
        return classes;
    }

    private static void print(Map<String, long[]> before, Map<String, long[]> after, int more) {
        System.out.println("objects   bytes   for each session, of class");
        List<Map.Entry<String, long[]>> grown = new ArrayList<>();
        double total = 0;
        for (Map.Entry<String, long[]> each : after.entrySet()) {
            long[] old = before.getOrDefault(each.getKey(), new long[2]);
            long[] growth = {each.getValue()[0] - old[0], each.getValue()[1] - old[1]};
            grown.add(Map.entry(each.getKey(), growth));
            total += growth[1];
        }
        grown.sort((a, b) -> Long.compare(b.getValue()[1], a.getValue()[1]));
        double standIn = 0;
        for (Map.Entry<String, long[]> each : grown) {
            standIn += STAND_IN.contains(each.getKey()) ? each.getValue()[1] : 0;
        }
        for (Map.Entry<String, long[]> each : grown.subList(0, Math.min(CLASSES_SHOWN, grown.size()))) {
            long[] growth = each.getValue();
            System.out.printf(
                    Locale.ROOT,
                    "%7.2f %7.1f   %s%n",
                    (double) growth[0] / more,
                    (double) growth[1] / more,
                    each.getKey());
        }
        System.out.printf(
                Locale.ROOT,
                "together %.1f bytes for each session, %.1f of them stand for the network%n",
                total / more,
                standIn / more);
    }
}
