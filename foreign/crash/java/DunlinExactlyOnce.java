import io.dunlin.client.Backoff;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.Delivery;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.OfflineBuffer;
import io.dunlin.client.Subscription;
import io.dunlin.client.store.FileStore;
import io.dunlin.client.store.SessionStore;
import io.dunlin.protocol.packet.QoS;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * An application that publishes numbers 1, 2, 3 ... at QoS 2, or one that writes down the numbers it gets, on Dunlin's client with its buffer in a
 * file. Both may be killed at any instant and started again: {@code DunlinExactlyOnce pub|sub PORT FOLDER}.
 *
 * <p>Each keeps the little that a client leaves to an application. The publisher: which number it was about to hand over ({@code intents}), and which
 * the client had taken or finished ({@code accepted}). Where it died between the two, and the file of the client does not have the number either, it
 * is handed over again and noted in {@code ambiguous}: as a rule the client never had it, but it can have finished it in that instant. The
 * subscriber: the numbers themselves ({@code record}); the last one of these may come again, as the process can have died before its acknowledgement.
 */
public final class DunlinExactlyOnce {
    private static final String TOPIC = "exactly/once";
    private static final int IN_FLIGHT_MAX = 10;

    private final Path folder;
    private final String url;
    private final Semaphore events = new Semaphore(0);
    private final Set<Long> pending = ConcurrentHashMap.newKeySet();
    private volatile long mayComeAgain;

    private DunlinExactlyOnce(int port, Path folder) {
        this.url = "mqtt://127.0.0.1:" + port;
        this.folder = folder;
    }

    /** One write of ten bytes: there as a whole or not at all when the process is killed. */
    private void append(String file, long number) {
        try {
            Files.writeString(folder.resolve(file), "%09d\n".formatted(number), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            Runtime.getRuntime().halt(3);
        }
    }

    private List<Long> read(String file) throws IOException {
        Path path = folder.resolve(file);
        return Files.exists(path) ? Files.readAllLines(path).stream().map(Long::parseLong).toList() : List.of();
    }

    private static long last(List<Long> numbers) {
        return numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
    }

    private ClientBuilder client(String id) {
        return MqttClient.builder()
                .url(url)
                .clientId(id)
                .cleanStart(false)
                .sessionForever()
                .reconnect(Backoff.constant(Duration.ofMillis(50)))
                .retryFirstConnect()
                .connectTimeout(Duration.ofSeconds(5))
                .offlineBuffer(OfflineBuffer.DEFAULT.inFile(buffer()));
    }

    private Path buffer() {
        return folder.resolve("buffer");
    }

    private void noteSession(boolean present) throws IOException {
        if (Files.exists(folder.resolve("session")) && !present) {
            Files.writeString(folder.resolve("complaints"), "session present = 0\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private boolean isToStop() {
        return Files.exists(folder.resolve("stop"));
    }

    /** The numbers that the client's file holds, read before the client opens it. */
    private Set<Long> held() {
        FileStore store = FileStore.at(buffer());
        try {
            Set<Long> held = ConcurrentHashMap.newKeySet();
            for (SessionStore.Stored stored : store.open("exactly-pub").messages()) {
                held.add(Long.parseLong(new String(stored.message().payload())));
            }
            return held;
        } finally {
            store.close();
        }
    }

    private void publishAll() throws Exception {
        long intended = last(read("intents"));
        Set<Long> accepted = Set.copyOf(read("accepted"));
        Set<Long> held = held();
        boolean handedOver = intended == 0 || accepted.contains(intended) || held.contains(intended);
        if (!handedOver) {
            append("ambiguous", intended);
        }
        long next = handedOver ? intended + 1 : intended;
        try (MqttClient client = client("exactly-pub").build()) {
            noteSession(client.connect().sessionPresent());
            Files.writeString(folder.resolve("session"), "made\n");
            for (; !isToStop(); next++) {
                append("intents", next);
                publish(client, next);
                while (pending.size() >= IN_FLIGHT_MAX) {
                    events.tryAcquire(20, TimeUnit.MILLISECONDS);
                }
                events.tryAcquire(2, TimeUnit.MILLISECONDS);
            }
            while (!client.flush(Duration.ofSeconds(1))) {
                events.tryAcquire(20, TimeUnit.MILLISECONDS);
            }
        }
        Files.writeString(folder.resolve("last"), Long.toString(next - 1));
    }

    private void publish(MqttClient client, long number) {
        pending.add(number);
        client.publishAsync(Message.of(TOPIC, Long.toString(number)).withQos(QoS.EXACTLY_ONCE)).whenComplete((result, problem) -> {
            pending.remove(number);
            events.release();
        });
        append("accepted", number);
    }

    private void receiveAll() throws Exception {
        mayComeAgain = last(read("record"));
        try (MqttClient client = client("exactly-sub").onMessage(TOPIC, this::take).build()) {
            boolean present = client.connect().sessionPresent();
            noteSession(present);
            if (!present) {
                client.subscribe(Subscription.of(TOPIC).withQos(QoS.EXACTLY_ONCE), this::take);
            }
            Files.writeString(folder.resolve("session"), "made\n");
            while (!isToStop()) {
                events.tryAcquire(100, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void take(Delivery delivery) {
        long number = Long.parseLong(delivery.text());
        if (number != mayComeAgain) {
            append("record", number);
        }
        mayComeAgain = 0;
    }

    public static void main(String[] args) throws Exception {
        DunlinExactlyOnce application = new DunlinExactlyOnce(Integer.parseInt(args[1]), Path.of(args[2]));
        if (args[0].equals("pub")) {
            application.publishAll();
        } else {
            application.receiveAll();
        }
        Runtime.getRuntime().halt(0);
    }
}
