import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.MqttPersistable;
import org.eclipse.paho.client.mqttv3.MqttPersistenceException;
import org.eclipse.paho.client.mqttv3.persist.MqttDefaultFilePersistence;

/**
 * An application that publishes numbers 1, 2, 3 ... at QoS 2, or one that writes down the numbers it gets, on Eclipse Paho with its file
 * persistence. Both may be killed at any instant and started again: {@code ExactlyOnce pub|sub PORT FOLDER}.
 *
 * <p>Each keeps the little that the library leaves to an application. The publisher: which number it was about to hand over
 * ({@code intents}) and which the library has finished ({@code done}), so that after a restart it knows whether to hand over the last one again.
 * The subscriber: the numbers themselves ({@code record}) and, at a start, which messages the library still holds as received although they were
 * written down before the process died: only these may, and will, be delivered a second time, and only these are skipped.
 */
public final class ExactlyOnce implements MqttCallback {
    private static final String TOPIC = "exactly/once";
    private static final int IN_FLIGHT_MAX = 10;
    private static final int BODY_BYTES = 12;

    private final boolean publishes;
    private final Path folder;
    private final Ledger ledger;
    private final MqttAsyncClient client;
    private final Semaphore events = new Semaphore(0);
    private final Set<Long> written = ConcurrentHashMap.newKeySet();
    private final Set<Long> mayComeAgain = ConcurrentHashMap.newKeySet();

    /** Paho's file persistence that also tells which of our numbers it holds, and writes down the sent ones that it lets go. */
    private static final class Ledger extends MqttDefaultFilePersistence {
        private final Path folder;
        private final Map<String, Long> sent = new ConcurrentHashMap<>();
        private final Set<Long> received = ConcurrentHashMap.newKeySet();

        Ledger(Path folder) {
            super(folder.resolve("persistence").toString());
            this.folder = folder;
        }

        @Override
        public void open(String clientId, String serverUri) throws MqttPersistenceException {
            super.open(clientId, serverUri);
            for (String key : Collections.list(keys())) {
                if (key.startsWith("s-") || key.startsWith("r-")) {
                    long number = ExactlyOnce.number(super.get(key).getHeaderBytes());
                    if (number < 0) {
                        // The library writes these files in place. A torn one was never sent or acknowledged: it must not come to life.
                        super.remove(key);
                    } else if (key.startsWith("s-")) {
                        sent.put(key, number);
                    } else {
                        received.add(number);
                    }
                }
            }
        }

        @Override
        public void put(String key, MqttPersistable message) throws MqttPersistenceException {
            super.put(key, message);
            if (key.startsWith("s-")) {
                sent.put(key, ExactlyOnce.number(message.getPayloadBytes()));
            }
        }

        @Override
        public void remove(String key) throws MqttPersistenceException {
            Long number = sent.get(key);
            // Without the note that PUBREC came ("sc-"), the library only takes back what it could not send at this moment.
            if (number != null && containsKey("sc-" + key.substring(2))) {
                append(folder.resolve("done"), number);
            }
            super.remove(key);
            sent.remove(key);
        }

        Collection<Long> pending() {
            return sent.values();
        }
    }

    private ExactlyOnce(boolean publishes, int port, Path folder) throws MqttException, IOException {
        this.publishes = publishes;
        this.folder = folder;
        Files.createDirectories(folder.resolve("persistence"));
        ledger = new Ledger(folder);
        client = new MqttAsyncClient("tcp://127.0.0.1:" + port, publishes ? "exactly-pub" : "exactly-sub", ledger);
        client.setCallback(this);
    }

    private static byte[] body(long number) {
        return "EO%09d.".formatted(number).getBytes(StandardCharsets.US_ASCII);
    }

    /** The number in the last bytes, or -1 where these are no body of ours. */
    private static long number(byte[] bytes) {
        if (bytes == null || bytes.length < BODY_BYTES) {
            return -1;
        }
        String tail = new String(bytes, bytes.length - BODY_BYTES, BODY_BYTES, StandardCharsets.US_ASCII);
        return tail.matches("EO\\d{9}\\.") ? Long.parseLong(tail.substring(2, 11)) : -1;
    }

    /** One write of ten bytes: there as a whole or not at all when the process is killed. */
    private static void append(Path file, long number) {
        try {
            Files.writeString(file, "%09d\n".formatted(number), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            Runtime.getRuntime().halt(3);
        }
    }

    private static List<Long> read(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file).stream().map(Long::parseLong).toList() : List.of();
    }

    private void complain(String what) throws IOException {
        Files.writeString(folder.resolve("complaints"), what + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void connect() throws InterruptedException, IOException {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setCleanSession(false);
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1); // else it goes on with 3.1, which tells of no session
        options.setMaxInflight(1_000);
        options.setConnectionTimeout(5);
        while (!client.isConnected()) {
            try {
                var token = client.connect(options);
                token.waitForCompletion(10_000);
                boolean expected = Files.exists(folder.resolve("session"));
                if (expected && !token.getSessionPresent()) {
                    complain("session present = 0");
                }
                if (!publishes && !token.getSessionPresent()) {
                    client.subscribe(TOPIC, 2).waitForCompletion(10_000);
                }
                Files.writeString(folder.resolve("session"), "made\n");
            } catch (MqttException e) {
                events.tryAcquire(50, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void publishAll() throws Exception {
        List<Long> intents = read(folder.resolve("intents"));
        Set<Long> done = Set.copyOf(read(folder.resolve("done")));
        long last = intents.isEmpty() ? 0 : intents.get(intents.size() - 1);
        // All before the last one were handed over; the last one was if the library holds it or has finished it.
        boolean handedOver = last == 0 || ledger.pending().contains(last) || done.contains(last);
        long next = handedOver ? last + 1 : last;
        boolean intended = !handedOver;
        while (true) {
            connect();
            boolean stopping = Files.exists(folder.resolve("stop"));
            if (stopping && ledger.pending().isEmpty() && !intended) {
                Files.writeString(folder.resolve("last"), Long.toString(next - 1));
                return;
            }
            if (stopping && !intended || ledger.pending().size() >= IN_FLIGHT_MAX) {
                events.tryAcquire(20, TimeUnit.MILLISECONDS);
                continue;
            }
            if (!intended) {
                append(folder.resolve("intents"), next);
                intended = true;
            }
            try {
                client.publish(TOPIC, body(next), 2, false);
            } catch (MqttException e) {
                if (!ledger.pending().contains(next)) {
                    events.tryAcquire(20, TimeUnit.MILLISECONDS);
                    continue;
                }
            }
            next++;
            intended = false;
            events.tryAcquire(2, TimeUnit.MILLISECONDS);
        }
    }

    private void receiveAll() throws Exception {
        written.addAll(read(folder.resolve("record")));
        for (long number : ledger.received) {
            if (written.contains(number)) {
                mayComeAgain.add(number);
            }
        }
        while (!Files.exists(folder.resolve("stop"))) {
            connect();
            events.tryAcquire(100, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        long number = number(message.getPayload());
        if (!mayComeAgain.remove(number)) {
            append(folder.resolve("record"), number);
        }
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
        events.release();
    }

    @Override
    public void connectionLost(Throwable cause) {
        events.release();
    }

    public static void main(String[] args) throws Exception {
        ExactlyOnce application = new ExactlyOnce(args[0].equals("pub"), Integer.parseInt(args[1]), Path.of(args[2]));
        if (application.publishes) {
            application.publishAll();
        } else {
            application.receiveAll();
        }
        Runtime.getRuntime().halt(0);
    }
}
