package io.dunlin.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.server.Server;
import io.dunlin.server.config.ConfigLoader;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.ConfigSources.Given;
import io.dunlin.testkit.Answers;
import io.dunlin.testkit.Batch;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a message costs the whole broker over sockets, counted and never timed: bytes that the shard's thread allocates, and its system
 * calls. A sender writes a batch at once, which the broker sees as one read, and waits until all of it has arrived.
 *
 * <p>The calls are those of the JDK's own network interface (NIO), which the kernel counts in {@code /proc}. With epoll they are as many, by
 * {@code strace -c}.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the counters of /proc")
@Timeout(value = 120)
class SocketCostTest {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int PAYLOAD_BYTES = 64;
    private static final int TURNS = 200;
    private static final int ROUNDS_MAX = 1_000; // the compiler may take seconds

    /**
     * The bounds. The core's bytes (see {@link CoreCostTest}) and about one for the transport, with 12 of room. A read for what comes and a
     * write to each who gets something, once for each step of a handshake, and half a call of room for the wake-ups of others.
     */
    enum Case {
        ONE_0(QoS.AT_MOST_ONCE, 1, 64, 164, 2.5),
        ONE_1(QoS.AT_LEAST_ONCE, 1, 64, 260, 4.5),
        ONE_2(QoS.EXACTLY_ONCE, 1, 64, 356, 8.5),
        HUNDRED_0(QoS.AT_MOST_ONCE, 100, 16, 8, 102);

        private final QoS qos;
        private final int receivers;
        private final int batch; // messages in one write of the sender
        private final double bytesMax; // for each message delivered
        private final double callsMax; // for each batch

        Case(QoS qos, int receivers, int batch, double bytesMax, double callsMax) {
            this.qos = qos;
            this.receivers = receivers;
            this.batch = batch;
            this.bytesMax = bytesMax;
            this.callsMax = callsMax;
        }
    }

    /** The native threads of the shards in this process. */
    private static Set<String> shardThreads() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.filter(task -> comm(task).equals("shard-0"))
                    .map(task -> task.getFileName().toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String comm(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException e) {
            return ""; // it has ended meanwhile
        }
    }

    private static Set<Long> javaShardThreads() {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(info -> info != null && info.getThreadName().equals("shard-0"))
                .map(info -> info.getThreadId())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static <T> T only(Set<T> after, Set<T> before) {
        after.removeAll(before);
        assertThat(after).as("threads of shard-0").hasSize(1);
        return after.iterator().next();
    }

    /** A client on a socket. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final Answers answers = new Answers();
        private final ByteBuffer in = ByteBuffer.allocate(256 << 10);

        Client(int port, String clientId) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            send(Batch.connect(clientId, ProtocolVersion.V3_1_1));
            readNow();
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        /** What has come, and at least something. */
        private void readNow() throws IOException {
            int count = socket.getInputStream().read(in.array(), in.position(), in.remaining());
            if (count < 0) {
                throw new EOFException("the broker has closed the connection");
            }
            in.position(in.position() + count).flip();
            answers.take(in);
            in.compact();
        }

        void readUntilReceived(long count) throws IOException {
            while (answers.received() < count) {
                readNow();
            }
        }

        void readUntilCompleted(long count) throws IOException {
            while (answers.completed() < count) {
                readNow();
            }
        }

        void readUntilOwed(int packets) throws IOException {
            while (answers.owedBytes() < packets * 4) {
                readNow();
            }
        }

        void answer() throws IOException {
            ByteBuffer owed = answers.owed();
            socket.getOutputStream().write(owed.array(), owed.arrayOffset(), owed.limit());
            answers.sent();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** A broker with one shard and the clients of a case. */
    private static final class Stage implements AutoCloseable {
        private final Case one;
        private final Server server;
        private final String nativeThread;
        private final long javaThread;
        private final Client sender;
        private final List<Client> receivers = new ArrayList<>();
        private final byte[] batch;

        Stage(Case one, String network) throws Exception {
            this.one = one;
            Set<String> nativeBefore = shardThreads();
            Set<Long> javaBefore = javaShardThreads();
            List<Given> settings = Stream.of(
                            "listeners.tcp.bind=127.0.0.1:0",
                            "store.enabled=false",
                            "log.connections=false",
                            "shards=1",
                            "transport=" + network)
                    .map(setting -> setting.split("=", 2))
                    .map(setting -> new Given(setting[0], setting[1], setting[0]))
                    .toList();
            server = Server.start(ConfigLoader.load(new ConfigSources(Optional.empty(), Map.of(), settings))
                    .value());
            int port = server.port("tcp");
            for (int i = 0; i < one.receivers; i++) {
                Client receiver = new Client(port, "receiver-" + i);
                receiver.send(Batch.subscribe("plant/+/temperature", one.qos, ProtocolVersion.V3_1_1));
                receiver.readNow();
                receivers.add(receiver);
            }
            sender = new Client(port, "sender");
            nativeThread = only(shardThreads(), nativeBefore);
            javaThread = only(javaShardThreads(), javaBefore);
            batch = Batch.publishes(one.batch, "plant/7/temperature", one.qos, PAYLOAD_BYTES, ProtocolVersion.V3_1_1);
        }

        /** One batch, until all of it has arrived and was answered. */
        void turn() throws IOException {
            sender.send(batch);
            if (one.qos == QoS.EXACTLY_ONCE) {
                sender.readUntilOwed(one.batch); // PUBREC
                sender.answer();
            }
            if (one.qos != QoS.AT_MOST_ONCE) {
                sender.readUntilCompleted(sender.answers.completed() / one.batch * one.batch + one.batch);
            }
            for (Client receiver : receivers) {
                receiver.readUntilReceived(receiver.answers.received() / one.batch * one.batch + one.batch);
                if (one.qos != QoS.AT_MOST_ONCE) {
                    receiver.answer();
                }
                if (one.qos == QoS.EXACTLY_ONCE) {
                    receiver.readUntilOwed(one.batch); // PUBREL
                    receiver.answer();
                }
            }
        }

        void turns() throws IOException {
            for (int i = 0; i < TURNS; i++) {
                turn();
            }
        }

        /** The kernel's count of read and write, of every kind that is not for sockets alone, by the shard's thread. */
        long callsOfFiles() throws IOException {
            return Files.readAllLines(Path.of("/proc/self/task", nativeThread, "io")).stream()
                    .filter(line -> line.startsWith("syscr:") || line.startsWith("syscw:"))
                    .mapToLong(line -> Long.parseLong(line.substring(6).strip()))
                    .sum();
        }

        @Override
        public void close() throws IOException {
            sender.close();
            for (Client receiver : receivers) {
                receiver.close();
            }
            server.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMessageAllocatesNoMoreThanItsBound(Case one) throws Exception {
        try (Stage stage = new Stage(one, "auto")) {
            double least = Double.MAX_VALUE;
            int rounds = 0;
            while (rounds < ROUNDS_MAX && least > one.bytesMax) {
                long before = THREADS.getThreadAllocatedBytes(stage.javaThread);
                stage.turns();
                long bytes = THREADS.getThreadAllocatedBytes(stage.javaThread) - before;
                least = Math.min(least, (double) bytes / TURNS / one.batch / one.receivers);
                rounds++;
            }
            report(one, "bytes for each message", least, one.bytesMax);
            assertThat(least).as("bytes allocated for each message delivered").isLessThanOrEqualTo(one.bytesMax);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBatchIsReadAndWrittenAtOnce(Case one) throws Exception {
        try (Stage stage = new Stage(one, "nio")) {
            stage.turns();
            long before = stage.callsOfFiles();
            stage.turns();
            double calls = (double) (stage.callsOfFiles() - before) / TURNS;
            report(one, "reads and writes (NIO) for each batch", calls, one.callsMax);
            assertThat(calls).as("reads and writes for each batch").isLessThanOrEqualTo(one.callsMax);
        }
    }

    private static void report(Case one, String what, double counted, double max) {
        CostReport.line(
                String.format(Locale.ROOT, "sockets %-10s %-42s %8.2f (at most %.1f)", one, what, counted, max));
    }
}
