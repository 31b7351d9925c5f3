import io.dunlin.client.Delivery;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.PublishResult;
import io.dunlin.client.Reply;
import io.dunlin.client.Subscription;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What Dunlin's client does against a broker that its authors did not write: {@code ClientBrokers PORT VERSIONS [WORDS ...]} prints one line for each check,
 * {@code ok} or {@code bad}, its name, and what was wrong.
 */
public final class ClientBrokers {
    private static final int WAIT_SECONDS = 15;
    private static final int NONE_MILLIS = 300;
    private static final int MANY = 500;
    private static int names;

    private final String url;
    private final ProtocolVersion version;
    private final List<MqttClient> clients = new ArrayList<>();

    private ClientBrokers(int port, ProtocolVersion version) {
        this.url = "mqtt://127.0.0.1:" + port;
        this.version = version;
    }

    private interface Check {
        void run() throws Exception;
    }

    private Map<String, Check> checks() {
        Map<String, Check> checks = new LinkedHashMap<>();
        for (QoS qos : QoS.values()) {
            checks.put("QoS " + qos.value() + " out and in", () -> delivers(qos, qos));
        }
        checks.put("QoS 2 out, 1 in", () -> delivers(QoS.EXACTLY_ONCE, QoS.AT_LEAST_ONCE));
        checks.put("QoS 1 out, 2 subscribed", () -> delivers(QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE));
        checks.put("many at QoS 1 in order", () -> many(QoS.AT_LEAST_ONCE));
        checks.put("many at QoS 2 in order", () -> many(QoS.EXACTLY_ONCE));
        checks.put("wildcards", this::wildcards);
        checks.put("unsubscribe", this::unsubscribe);
        checks.put("retained, replaced and deleted", this::retained);
        checks.put("will", this::will);
        checks.put("session is resumed", this::resumes);
        checks.put("1 MB", this::large);
        checks.put("empty payload and long topic", this::extremes);
        checks.put("shared subscription", this::shared);
        if (version.hasProperties()) {
            checks.put("properties", this::properties);
            checks.put("request and response", this::request);
            checks.put("no local and retain as published", this::subscriptionOptions);
        }
        return checks;
    }

    private ClientBuilder builder(String id) {
        return MqttClient.builder().url(url).clientId(id).version(version);
    }

    private MqttClient open(ClientBuilder builder) {
        MqttClient client = builder.build();
        clients.add(client);
        client.connect();
        return client;
    }

    private MqttClient open() {
        return open(builder(unique()));
    }

    private static String unique() {
        return "cb" + ProcessHandle.current().pid() + "x" + ++names;
    }

    private static void equal(Object actual, Object expected) {
        if (!actual.equals(expected)) {
            throw new AssertionError("got " + actual + ", not " + expected);
        }
    }

    private static Delivery next(BlockingQueue<Delivery> queue) throws InterruptedException {
        Delivery delivery = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (delivery == null) {
            throw new AssertionError("no message within " + WAIT_SECONDS + " s");
        }
        return delivery;
    }

    private static void none(BlockingQueue<Delivery> queue) throws InterruptedException {
        Delivery delivery = queue.poll(NONE_MILLIS, TimeUnit.MILLISECONDS);
        if (delivery != null) {
            throw new AssertionError("a message too many: " + delivery);
        }
    }

    private static BlockingQueue<Delivery> subscribe(MqttClient client, Subscription subscription) {
        BlockingQueue<Delivery> queue = new LinkedBlockingQueue<>();
        equal(client.subscribe(subscription, queue::add).isAccepted(), true);
        return queue;
    }

    private static Message message(String topic, String text, QoS qos) {
        return Message.of(topic, text).withQos(qos);
    }

    private static void publish(MqttClient client, Message message) {
        equal(client.publish(message).isAccepted(), true);
    }

    private void delivers(QoS published, QoS subscribed) throws Exception {
        String topic = unique();
        BlockingQueue<Delivery> queue = subscribe(open(), Subscription.of(topic).withQos(subscribed));
        publish(open(), message(topic, "\u00fcber", published));
        Delivery delivery = next(queue);
        equal(delivery.text(), "\u00fcber");
        equal(delivery.topic(), topic);
        equal(delivery.qos(), published.value() < subscribed.value() ? published : subscribed);
        equal(delivery.retain(), false);
        none(queue);
    }

    private void many(QoS qos) throws Exception {
        String topic = unique();
        BlockingQueue<Delivery> queue = subscribe(open(), Subscription.of(topic).withQos(qos));
        MqttClient publisher = open();
        List<CompletableFuture<PublishResult>> results = IntStream.range(0, MANY)
                .mapToObj(i -> publisher.publishAsync(message(topic, Integer.toString(i), qos)))
                .toList();
        for (int i = 0; i < MANY; i++) {
            equal(next(queue).text(), Integer.toString(i));
        }
        for (CompletableFuture<PublishResult> result : results) {
            equal(result.get(WAIT_SECONDS, TimeUnit.SECONDS).isAccepted(), true);
        }
    }

    private void wildcards() throws Exception {
        String root = unique();
        MqttClient client = open();
        BlockingQueue<Delivery> plus = subscribe(client, Subscription.of(root + "/+/c").withQos(1));
        BlockingQueue<Delivery> all = subscribe(client, Subscription.of(root + "/all/#").withQos(1));
        MqttClient publisher = open();
        for (String topic : List.of("/a/c", "/a/b/c", "/c", "/all", "/all/a/b")) {
            publish(publisher, message(root + topic, topic, QoS.AT_LEAST_ONCE));
        }
        equal(next(plus).text(), "/a/c");
        equal(next(all).text(), "/all");
        equal(next(all).text(), "/all/a/b");
        none(plus);
        none(all);
    }

    private void unsubscribe() throws Exception {
        String topic = unique();
        MqttClient client = open();
        BlockingQueue<Delivery> queue = subscribe(client, Subscription.of(topic).withQos(1));
        equal(client.unsubscribe(topic).isAccepted(), true);
        publish(client, message(topic, "x", QoS.AT_LEAST_ONCE));
        none(queue);
    }

    private void retained() throws Exception {
        String topic = unique();
        MqttClient publisher = open();
        publish(publisher, message(topic, "old", QoS.AT_LEAST_ONCE).withRetain(true));
        publish(publisher, message(topic, "new", QoS.AT_LEAST_ONCE).withRetain(true));
        Delivery delivery = next(subscribe(open(), Subscription.of(topic).withQos(1)));
        equal(delivery.text(), "new");
        equal(delivery.retain(), true);
        publish(publisher, message(topic, "", QoS.AT_LEAST_ONCE).withRetain(true));
        none(subscribe(open(), Subscription.of(topic).withQos(1)));
    }

    /** The connection ends without DISCONNECT, as another one takes over the client identifier. [MQTT-3.1.4-3] */
    private void will() throws Exception {
        String id = unique();
        BlockingQueue<Delivery> queue = subscribe(open(), Subscription.of("will/" + id).withQos(1));
        open(builder(id)
                .noReconnect()
                .will(new Will(
                        TopicName.of("will/" + id), QoS.AT_LEAST_ONCE, false, Properties.NONE, "gone".getBytes(StandardCharsets.UTF_8))));
        none(queue);
        open(builder(id));
        equal(next(queue).text(), "gone");
    }

    private void resumes() throws Exception {
        String id = unique();
        String topic = unique();
        ClientBuilder lasting = builder(id).cleanStart(false).sessionExpiry(Duration.ofMinutes(5));
        MqttClient first = open(lasting);
        subscribe(first, Subscription.of(topic).withQos(2));
        first.close();
        MqttClient publisher = open();
        for (int i = 0; i < 20; i++) {
            publish(publisher, message(topic, Integer.toString(i), QoS.of(1 + i % 2)));
        }
        BlockingQueue<Delivery> queue = new LinkedBlockingQueue<>();
        MqttClient second = lasting.onMessage(topic, queue::add).build();
        clients.add(second);
        equal(second.connect().sessionPresent(), true);
        for (int i = 0; i < 20; i++) {
            equal(next(queue).text(), Integer.toString(i));
        }
        none(queue);
    }

    private void large() throws Exception {
        String topic = unique();
        byte[] payload = new byte[1_000_000];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (i * 31 >> 3);
        }
        BlockingQueue<Delivery> queue = subscribe(open(), Subscription.of(topic).withQos(2));
        publish(open(), Message.of(topic, payload).withQos(2));
        equal(Arrays.equals(next(queue).payload(), payload), true);
    }

    private void extremes() throws Exception {
        String topic = unique() + "/" + "\u20ac/".repeat(90) + "x".repeat(800);
        BlockingQueue<Delivery> queue = subscribe(open(), Subscription.of(topic).withQos(1));
        publish(open(), message(topic, "", QoS.AT_LEAST_ONCE));
        Delivery delivery = next(queue);
        equal(delivery.topic(), topic);
        equal(delivery.payload().length, 0);
    }

    private void shared() throws Exception {
        String topic = unique();
        BlockingQueue<Delivery> queue = new LinkedBlockingQueue<>();
        for (int i = 0; i < 2; i++) {
            equal(open().subscribe(Subscription.of("$share/g/" + topic).withQos(1), queue::add).isAccepted(), true);
        }
        MqttClient publisher = open();
        for (int i = 0; i < 20; i++) {
            publish(publisher, message(topic, Integer.toString(i), QoS.AT_LEAST_ONCE));
        }
        List<Integer> got = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            got.add(Integer.parseInt(next(queue).text()));
        }
        equal(got.stream().sorted().toList(), IntStream.range(0, 20).boxed().toList());
        none(queue);
    }

    private void properties() throws Exception {
        String topic = unique();
        BlockingQueue<Delivery> queue = subscribe(open(), Subscription.of(topic).withQos(1));
        publish(
                open(),
                message(topic, "x", QoS.AT_LEAST_ONCE)
                        .withContentType("text/plain")
                        .withTextFormat()
                        .withExpiry(Duration.ofMinutes(1))
                        .withResponseTopic("answers/here")
                        .withCorrelationData(new byte[] {0, 1, -1})
                        .withUserProperty("a", "1")
                        .withUserProperty("a", "2"));
        Delivery delivery = next(queue);
        equal(String.valueOf(delivery.contentType()), "text/plain");
        equal(delivery.isTextFormat(), true);
        equal(String.valueOf(delivery.responseTopic()), "answers/here");
        equal(Arrays.toString(delivery.correlationData()), "[0, 1, -1]");
        equal(delivery.userProperties().stream().map(p -> p.name() + p.value()).toList(), List.of("a1", "a2"));
        Duration expiry = delivery.expiry();
        equal(expiry != null && expiry.toSeconds() >= 50 && expiry.toSeconds() <= 60, true);
    }

    private void request() {
        String topic = unique();
        open().respond(topic, asked -> Reply.of(asked.text() + "!"));
        equal(open().request(topic, "hello", Duration.ofSeconds(WAIT_SECONDS)).text(), "hello!");
    }

    private void subscriptionOptions() throws Exception {
        String topic = unique();
        MqttClient client = open();
        BlockingQueue<Delivery> queue = subscribe(client, Subscription.of(topic).withQos(1).withNoLocal().withRetainAsPublished());
        publish(client, message(topic, "own", QoS.AT_LEAST_ONCE));
        publish(open(), message(topic, "other", QoS.AT_LEAST_ONCE).withRetain(true));
        Delivery delivery = next(queue);
        equal(delivery.text(), "other");
        equal(delivery.retain(), true);
    }

    private boolean run(String prefix, List<String> words) {
        boolean good = true;
        for (Map.Entry<String, Check> check : checks().entrySet()) {
            String name = prefix + " " + check.getKey();
            if (!words.isEmpty() && words.stream().noneMatch(name::contains)) {
                continue;
            }
            long from = System.nanoTime();
            String outcome;
            try {
                check.getValue().run();
                outcome = "ok\t" + name + "\t" + (System.nanoTime() - from) / 1_000_000 + " ms";
            } catch (Exception | AssertionError e) {
                outcome = "bad\t" + name + "\t" + String.valueOf(e).replace('\n', ' ');
                good = false;
            }
            for (MqttClient client : clients) {
                try {
                    client.close();
                } catch (RuntimeException e) {
                    outcome = "bad\t" + name + "\tclose: " + e;
                }
            }
            clients.clear();
            System.out.println(outcome);
        }
        return good;
    }

    public static void main(String[] args) {
        List<String> words = List.of(args).subList(2, args.length);
        boolean good = true;
        for (ProtocolVersion version : List.of(ProtocolVersion.V3_1_1, ProtocolVersion.V5)) {
            String name = version == ProtocolVersion.V5 ? "5" : "3.1.1";
            if (List.of(args[1].split(",")).contains(name)) {
                good &= new ClientBrokers(Integer.parseInt(args[0]), version).run(name, words);
            }
        }
        System.exit(good ? 0 : 1);
    }
}
