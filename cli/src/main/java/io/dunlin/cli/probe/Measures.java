package io.dunlin.cli.probe;

import io.dunlin.cli.probe.Finding.State;
import io.dunlin.cli.probe.Probe.Receiver;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/** The limits that a broker really has, and how long its answers take. */
final class Measures {
    private static final String LIMITS = "limits";
    private static final int IN_FLIGHT_TRIED = 300;
    private static final long USUAL_BYTES = 1 << 20;
    private static final long LARGE_BYTES = 64 << 20;
    /** What a PUBLISH of the test has beside its payload, at most. */
    private static final long HEADER_BYTES = 100;

    private final Probe probe;
    private final Properties stated;
    private final boolean large;
    private final Consumer<Finding> findings;

    Measures(Probe probe, Properties stated, boolean large, Consumer<Finding> findings) {
        this.probe = probe;
        this.stated = stated;
        this.large = large;
        this.findings = findings;
    }

    void limits() {
        greatest("client id length", "", new long[] {23, 64, 256, 1024, 4096, 65_535}, this::connectsWithId);
        greatest("topic length", "", new long[] {100, 1000, 10_000, 65_535}, length -> publishes(topic(length), 0));
        greatest("topic levels", "", new long[] {10, 50, 200, 1000, 10_000}, levels -> publishes(levels(levels), 0));
        greatest("payload bytes", packetWord(), payloadSizes(), size -> publishes(probe.topic("size"), (int) size));
        String receive = stated.has(Property.RECEIVE_MAXIMUM)
                ? stated.number(Property.RECEIVE_MAXIMUM, 0) + " to the broker"
                : "";
        int inFlight = inFlight();
        fact("unacknowledged messages", inFlight >= IN_FLIGHT_TRIED ? "at least " + inFlight : "" + inFlight, receive);
        stated();
    }

    private String packetWord() {
        return stated.has(Property.MAXIMUM_PACKET_SIZE)
                ? stated.number(Property.MAXIMUM_PACKET_SIZE, 0) + " bytes a packet"
                : "";
    }

    /** Powers of four, and just below what the broker states. */
    private long[] payloadSizes() {
        long most = large ? LARGE_BYTES : USUAL_BYTES;
        long just = stated.number(Property.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE) - HEADER_BYTES;
        return LongStream.concat(
                        LongStream.iterate(1024, size -> size <= most, size -> size * 4),
                        just > 0 && just < most ? LongStream.of(just) : LongStream.empty())
                .sorted()
                .toArray();
    }

    private void stated() {
        if (!probe.version().hasProperties()) {
            return;
        }
        fact("topic aliases", stated.number(Property.TOPIC_ALIAS_MAXIMUM, 0) + "", "stated");
        fact("highest QoS", stated.number(Property.MAXIMUM_QOS, 2) + "", "stated");
        if (stated.has(Property.SERVER_KEEP_ALIVE)) {
            fact("keep alive", stated.number(Property.SERVER_KEEP_ALIVE, 0) + " s", "stated");
        }
        if (stated.has(Property.SESSION_EXPIRY_INTERVAL)) {
            fact("session expiry", stated.number(Property.SESSION_EXPIRY_INTERVAL, 0) + " s", "stated");
        }
    }

    private void fact(String name, String value, String word) {
        findings.accept(new Finding(LIMITS, name, State.INFO, value + (word.isEmpty() ? "" : " (" + word + ")")));
    }

    /** Tries growing values until one is refused. */
    private void greatest(String name, String word, long[] values, LongPredicate works) {
        long best = 0;
        boolean refused = false;
        for (long value : values) {
            try {
                refused = !works.test(value);
            } catch (MqttException e) {
                refused = true;
            }
            if (refused) {
                break;
            }
            best = value;
        }
        fact(name, (refused ? "" : "at least ") + String.format(Locale.ROOT, "%,d", best), word);
    }

    private boolean connectsWithId(long length) {
        String id = probe.clientId("id");
        String padded = id.length() >= length
                ? id.substring(id.length() - (int) length)
                : id + "x".repeat((int) length - id.length());
        try (Receiver receiver = probe.receiver(builder -> builder.clientId(padded))) {
            return receiver.messages().isEmpty();
        }
    }

    private String topic(long length) {
        String topic = probe.topic("length");
        return topic + "x".repeat((int) Math.max(0, length - topic.length()));
    }

    private String levels(long count) {
        return probe.topic("levels") + "/x".repeat((int) count - 3);
    }

    private boolean publishes(String topic, int bytes) {
        try (Receiver receiver = probe.receiver()) {
            Message message = Message.of(topic, new byte[bytes]).withQos(QoS.AT_LEAST_ONCE);
            boolean accepted = receiver.client().publish(message).isAccepted();
            return accepted
                    && receiver.client()
                            .publish(Probe.message(probe.topic("after"), "", 1))
                            .isAccepted();
        }
    }

    /** How many messages the broker sends before it wants an acknowledgement. */
    private int inFlight() {
        String topic = probe.topic("window");
        try (Receiver receiver = probe.receiver(builder -> builder.manualAck().executor(Runnable::run));
                Receiver other = probe.receiver(builder -> builder.inFlightMax(20))) {
            receiver.subscribe(topic, 1);
            MqttClient publisher = other.client();
            List<CompletableFuture<?>> answers = new ArrayList<>();
            for (int i = 0; i < IN_FLIGHT_TRIED; i++) {
                answers.add(publisher.publishAsync(Probe.message(topic, "m" + i, 1)));
            }
            CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                    .join();
            int count = 0;
            while (receiver.next(Duration.ofMillis(300)) != null) {
                count++;
            }
            return count;
        } catch (MqttException | CompletionException e) {
            return 0;
        }
    }

    /** From publish until the message is back, one after the other. */
    void latencies(int tries) {
        long most = stated.number(Property.MAXIMUM_QOS, 2);
        for (int qos = 0; qos <= most; qos++) {
            String name = "QoS " + qos;
            try (Receiver receiver = probe.receiver()) {
                findings.accept(
                        new Finding("latency, there and back", name, State.INFO, latency(receiver, qos, tries)));
            } catch (MqttException e) {
                findings.accept(new Finding("latency, there and back", name, State.FAILED, "" + e.getMessage()));
            }
        }
    }

    private String latency(Receiver receiver, int qos, int tries) {
        String topic = probe.topic("latency");
        receiver.subscribe(topic, qos);
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < tries + 3; i++) {
            long start = System.nanoTime();
            receiver.client().publishAsync(Probe.message(topic, "m", qos));
            if (receiver.next() == null) {
                return "a message did not come back";
            }
            if (i >= 3) { // the first ones load classes
                micros.add((System.nanoTime() - start) / 1000);
            }
        }
        Collections.sort(micros);
        return String.format(
                Locale.ROOT,
                "median %.2f ms, worst %.2f ms of %d",
                micros.get(micros.size() / 2) / 1e3,
                micros.get(micros.size() - 1) / 1e3,
                tries);
    }
}
