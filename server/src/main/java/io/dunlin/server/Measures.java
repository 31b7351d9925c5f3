package io.dunlin.server;

import io.dunlin.broker.Broker;
import io.dunlin.broker.admin.Totals;
import io.dunlin.broker.port.ClientLimit;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Sink;
import io.dunlin.console.metrics.MetricSet;
import io.dunlin.console.metrics.MetricSet.Steps;
import io.dunlin.console.port.Figures;
import io.dunlin.server.control.ControlCommands;
import io.dunlin.storage.StoreFigures;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The figures of a running broker, as the history keeps them and as Prometheus reads them. Thread: any but the shards. */
final class Measures implements Figures {
    private static final String DROPPED = "DROPPED_";
    private static final String RECEIVED = "received";
    private static final String SENT = "sent";
    private static final long PAGE_BYTES = 4_096;

    private final Broker broker;
    private final DataStore store;
    private final Supplier<Map<String, Long>> security;
    private final Optional<Path> folder;
    private final String node;
    private final Clock clock;
    private final long startedNanos;

    /** @param folder the data folder, empty where nothing is stored */
    Measures(
            Broker broker,
            DataStore store,
            Supplier<Map<String, Long>> security,
            Optional<Path> folder,
            String node,
            Clock clock) {
        this.broker = broker;
        this.store = store;
        this.security = security;
        this.folder = folder;
        this.node = node;
        this.clock = clock;
        this.startedNanos = clock.nanos();
    }

    /** Adds the commands {@code metrics} and {@code nodes}. */
    void addTo(ControlCommands commands) {
        commands.add("metrics", request -> numbers()).add("nodes", request -> nodes());
    }

    private Map<String, Number> numbers() {
        Map<String, Number> all = new LinkedHashMap<>();
        now().forEach((name, value) -> all.put(name, JsonNumber.of(value)));
        return all;
    }

    private Map<String, Object> nodes() {
        Runtime runtime = Runtime.getRuntime();
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("node", node);
        own.put("version", Version.text());
        own.put("node_status", "running");
        own.put("uptime", uptimeSeconds());
        own.put("processors", runtime.availableProcessors());
        own.put("memory_used", runtime.totalMemory() - runtime.freeMemory());
        own.put("memory_total", runtime.maxMemory());
        return Map.of("data", List.of(own), "meta", Map.of("page", 1, "limit", 1, "count", 1, "hasnext", false));
    }

    private long uptimeSeconds() {
        return (clock.nanos() - startedNanos) / 1_000_000_000;
    }

    @Override
    public Map<String, Double> now() {
        Map<String, Double> all = new LinkedHashMap<>();
        Totals totals = broker.totals();
        put(all, "connections_count", totals.connected());
        put(all, "sessions_count", totals.sessions());
        put(all, "subscriptions_count", totals.subscriptions() + totals.sharedSubscriptions());
        put(all, "subscriptions_shared_count", totals.sharedSubscriptions());
        put(all, "retained_count", totals.retainedMessages());
        put(all, "retained_bytes", totals.retainedBytes());
        put(all, "queued_messages", totals.queuedMessages());
        put(all, "queued_bytes", totals.queuedBytes());
        Runtime runtime = Runtime.getRuntime();
        put(all, "heap_used_bytes", runtime.totalMemory() - runtime.freeMemory());
        put(all, "heap_max_bytes", runtime.maxMemory());
        put(all, "cpu_milliseconds", cpu().toMillis());
        store.figures().ifPresent(now -> put(all, "store_bytes", now.logBytes() + now.stateBytes()));
        disk().ifPresent(space -> {
            put(all, "disk_free_bytes", space.free());
            put(all, "disk_total_bytes", space.total());
        });
        for (Counter counter : Counter.values()) {
            put(all, counter.name().toLowerCase(Locale.ROOT), broker.counters().get(counter));
        }
        return all;
    }

    private static void put(Map<String, Double> all, String name, long value) {
        all.put(name, (double) value);
    }

    @Override
    public boolean grows(String name) {
        return name.equals("cpu_milliseconds")
                || Arrays.stream(Counter.values())
                        .anyMatch(counter ->
                                counter.name().toLowerCase(Locale.ROOT).equals(name));
    }

    @Override
    public void add(Sink sink) {
        broker.addSink(sink);
    }

    @Override
    public void remove(Sink sink) {
        broker.removeSink(sink);
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Of the file system of the data folder. */
    record Space(long free, long total) {}

    Optional<Space> disk() {
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        try {
            FileStore files = Files.getFileStore(folder.get());
            return Optional.of(new Space(files.getUsableSpace(), files.getTotalSpace()));
        } catch (IOException e) { // not of this moment: the next asks again
            return Optional.empty();
        }
    }

    Journal.Condition condition() {
        return store.journal().condition();
    }

    /** For how long a message has been waiting for a client. */
    record Waiting(String clientId, double seconds) {}

    /** The message that waits longest; empty where none does. */
    Optional<Waiting> longestWaiting() {
        return broker.views()
                .longestWaiting()
                .map(view -> new Waiting(view.clientId(), view.lag().queuedNanos() / 1e9));
    }

    Map<String, Long> security() {
        return security.get();
    }

    /** All, as Prometheus reads them. */
    MetricSet metrics() {
        MetricSet all = new MetricSet();
        all.gauge("dunlin_info", "Which broker this is", 1, "version", Version.text(), "node", node)
                .gauge("dunlin_uptime_seconds", "Since the start", uptimeSeconds());
        totals(all);
        traffic(all);
        waiting(all);
        outcomes(all);
        stored(all);
        process(all);
        return all;
    }

    private void totals(MetricSet all) {
        Totals now = broker.totals();
        all.gauge("dunlin_clients_connected", "Clients with a connection", now.connected())
                .gauge("dunlin_clients_connected_max", "The most there have been", now.connectedMax())
                .gauge("dunlin_sessions", "Sessions with and without a connection", now.sessions())
                .gauge("dunlin_subscriptions", "Subscriptions", now.subscriptions() + now.sharedSubscriptions())
                .gauge("dunlin_subscriptions_shared", "Shared subscriptions", now.sharedSubscriptions())
                .gauge("dunlin_retained_messages", "Retained messages", now.retainedMessages())
                .gauge("dunlin_retained_bytes", "Bytes of retained messages", now.retainedBytes())
                .gauge("dunlin_queued_messages", "Messages that wait in sessions", now.queuedMessages())
                .gauge("dunlin_queued_bytes", "Bytes of messages that wait in sessions", now.queuedBytes());
    }

    private double count(Counter counter) {
        return broker.counters().get(counter);
    }

    private void both(MetricSet all, String name, String help, Counter received, Counter sent) {
        all.counter(name, help, count(received), "direction", RECEIVED);
        all.counter(name, help, count(sent), "direction", SENT);
    }

    private void traffic(MetricSet all) {
        both(all, "dunlin_bytes_total", "Bytes of MQTT", Counter.BYTES_RECEIVED, Counter.BYTES_SENT);
        both(all, "dunlin_packets_total", "Packets of MQTT", Counter.PACKETS_RECEIVED, Counter.PACKETS_SENT);
        both(all, "dunlin_messages_total", "Messages", Counter.PUBLISHES_RECEIVED, Counter.PUBLISHES_SENT);
        both(
                all,
                "dunlin_message_bytes_total",
                "Bytes of payloads",
                Counter.PUBLISH_BYTES_RECEIVED,
                Counter.PUBLISH_BYTES_SENT);
        all.counter("dunlin_connections_opened_total", "Clients let in", count(Counter.CONNECTIONS_OPENED))
                .counter("dunlin_connections_refused_total", "Clients refused", count(Counter.CONNECTIONS_REFUSED))
                .counter("dunlin_connections_lost_total", "Ended without DISCONNECT", count(Counter.CONNECTIONS_LOST))
                .counter("dunlin_sessions_expired_total", "Sessions that expired", count(Counter.SESSIONS_EXPIRED))
                .counter("dunlin_sessions_taken_over_total", "Taken over", count(Counter.SESSIONS_TAKEN_OVER));
    }

    private void waiting(MetricSet all) {
        all.histogram(
                        "dunlin_publish_to_deliver_seconds",
                        "From the read of a PUBLISH until it was handed to a socket of a receiver; of some messages",
                        broker.deliveryTimes(),
                        Steps.LATENCY)
                .histogram(
                        "dunlin_queue_age_seconds",
                        "How long messages were in queues before they went to their clients",
                        broker.queueAges(),
                        Steps.AGE)
                .gauge(
                        "dunlin_queue_oldest_seconds",
                        "How long the oldest of all messages in queues waits",
                        longestWaiting().map(Waiting::seconds).orElse(0.0));
    }

    private void outcomes(MetricSet all) {
        for (Counter counter : Counter.values()) {
            if (counter.name().startsWith(DROPPED)) {
                String reason = counter.name().substring(DROPPED.length()).toLowerCase(Locale.ROOT);
                all.counter(
                        "dunlin_messages_dropped_total",
                        "Messages dropped, by reason",
                        count(counter),
                        "reason",
                        reason);
            }
        }
        for (ClientLimit limit : ClientLimit.values()) {
            all.counter("dunlin_limits_total", "What ran into a limit", count(limit.counter()), "limit", limit.text());
        }
        all.counter("dunlin_protocol_errors_total", "Clients that broke the protocol", count(Counter.PROTOCOL_ERRORS))
                .counter("dunlin_faults_total", "Faults of the broker's own", count(Counter.FAULTS));
        security.get()
                .forEach((name, value) -> all.gauge(
                        "dunlin_security", "Logins, rights, certificates and limits by name", value, "name", name));
    }

    private void stored(MetricSet all) {
        for (Durability level : Durability.values()) {
            Counter counter =
                    switch (level) {
                        case MEMORY -> Counter.ACKNOWLEDGED_MEMORY;
                        case OS -> Counter.ACKNOWLEDGED_OS;
                        case DISK -> Counter.ACKNOWLEDGED_DISK;
                    };
            String name = level.name().toLowerCase(Locale.ROOT);
            all.counter("dunlin_acknowledged_total", "Messages acknowledged, by level", count(counter), "level", name);
            if (level != Durability.MEMORY) {
                all.histogram(
                        "dunlin_acknowledgement_seconds",
                        "How long acknowledgements waited for the store",
                        broker.answerTimes(level),
                        Steps.LATENCY,
                        "level",
                        name);
            }
        }
        all.counter("dunlin_store_refused_total", "Refused by a full store", count(Counter.STORE_FULL_REFUSED));
        store.figures().ifPresent(now -> store(all, now));
    }

    private void store(MetricSet all, StoreFigures now) {
        for (Journal.Condition condition : Journal.Condition.values()) {
            all.gauge(
                    "dunlin_store_condition",
                    "1 for how the store does",
                    condition == condition() ? 1 : 0,
                    "condition",
                    condition.name().toLowerCase(Locale.ROOT));
        }
        all.gauge("dunlin_store_log_bytes", "Bytes of the log", now.logBytes())
                .gauge("dunlin_store_state_bytes", "Bytes of the checkpoints", now.stateBytes())
                .gauge("dunlin_store_segments", "Files of the log", now.segments())
                .counter("dunlin_store_written_bytes_total", "Bytes written to the log", now.writtenBytes())
                .counter("dunlin_store_records_total", "Records written to the log", now.appendedRecords())
                .counter("dunlin_store_checkpoints_total", "Checkpoints", now.checkpoints())
                .counter("dunlin_store_checkpoint_failures_total", "Failed checkpoints", now.checkpointFailures())
                .gauge("dunlin_store_checkpoint_seconds", "How long the last took", now.checkpointMillis() / 1e3)
                .histogram("dunlin_store_sync_seconds", "How long syncs of the log took", now.syncs(), Steps.LATENCY);
        disk().ifPresent(space -> all.gauge("dunlin_disk_bytes", "Of the data folder", space.free(), "kind", "free")
                .gauge("dunlin_disk_bytes", "Of the data folder", space.total(), "kind", "total"));
    }

    private static void process(MetricSet all) {
        Runtime runtime = Runtime.getRuntime();
        all.gauge("dunlin_heap_bytes", "Heap", runtime.totalMemory() - runtime.freeMemory(), "kind", "used")
                .gauge("dunlin_heap_bytes", "Heap", runtime.totalMemory(), "kind", "committed")
                .gauge("dunlin_heap_bytes", "Heap", runtime.maxMemory(), "kind", "max")
                .counter("dunlin_cpu_seconds_total", "Time of processors", cpu().toMillis() / 1e3);
        resident().ifPresent(bytes -> all.gauge("dunlin_resident_bytes", "Memory of the process", bytes));
    }

    /** Where Linux tells it. */
    private static Optional<Long> resident() {
        try {
            String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
            return Optional.of(Long.parseLong(pages[1]) * PAGE_BYTES);
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
