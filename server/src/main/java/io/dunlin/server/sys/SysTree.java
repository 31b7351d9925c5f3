package io.dunlin.server.sys;

import io.dunlin.broker.admin.Totals;
import io.dunlin.broker.port.ClientLimit;
import io.dunlin.broker.port.Counters.Counter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The values under {@code $SYS/broker/}, name for name those of mosquitto. Thread: one. */
public final class SysTree {
    static final String PREFIX = "$SYS/broker/";

    private final String version;
    private final ToLongFunction<Counter> counters;
    private final Supplier<Totals> totals;
    private final StoreTopics store;
    private final Supplier<Map<String, Long>> security;
    private final LoadAverages loads = new LoadAverages();
    private long heapMaximum;

    /** @param security what stands under {@code security/}: topics with slashes, and their values */
    public SysTree(
            String version,
            ToLongFunction<Counter> counters,
            Supplier<Totals> totals,
            StoreTopics store,
            Supplier<Map<String, Long>> security) {
        this.store = store;
        this.security = security;
        this.version = version;
        this.counters = counters;
        this.totals = totals;
        load("messages/received", Counter.PACKETS_RECEIVED);
        load("messages/sent", Counter.PACKETS_SENT);
        load("publish/received", Counter.PUBLISHES_RECEIVED);
        load("publish/sent", Counter.PUBLISHES_SENT);
        loads.add(PREFIX + "load/publish/dropped", this::dropped);
        load("bytes/received", Counter.BYTES_RECEIVED);
        load("bytes/sent", Counter.BYTES_SENT);
        load("sockets", Counter.SOCKETS_OPENED);
        load("connections", Counter.CONNECTIONS_OPENED);
    }

    private void load(String name, Counter counter) {
        loads.add(PREFIX + "load/" + name, () -> counters.applyAsLong(counter));
    }

    private long dropped() {
        return counters.applyAsLong(Counter.DROPPED_QUEUE_FULL)
                + counters.applyAsLong(Counter.DROPPED_SOCKET_FULL)
                + counters.applyAsLong(Counter.DROPPED_SINK_FULL)
                + counters.applyAsLong(Counter.DROPPED_TOO_LARGE);
    }

    /**
     * All values by topic.
     *
     * @param elapsed since the last call; zero at the first
     * @param heapBytes in use now
     */
    Map<String, String> values(Duration uptime, Duration elapsed, long heapBytes) {
        if (!elapsed.isZero()) {
            loads.update(elapsed);
        }
        heapMaximum = Math.max(heapMaximum, heapBytes);
        Map<String, String> values = new LinkedHashMap<>();
        values.put(PREFIX + "version", "dunlin version " + version);
        values.put(PREFIX + "uptime", uptime.toSeconds() + " seconds");
        totals(totals.get(), values);
        put(values, "clients/expired", counters.applyAsLong(Counter.SESSIONS_EXPIRED));
        put(values, "messages/received", counters.applyAsLong(Counter.PACKETS_RECEIVED));
        put(values, "messages/sent", counters.applyAsLong(Counter.PACKETS_SENT));
        put(values, "publish/messages/received", counters.applyAsLong(Counter.PUBLISHES_RECEIVED));
        put(values, "publish/messages/sent", counters.applyAsLong(Counter.PUBLISHES_SENT));
        put(values, "publish/messages/dropped", dropped());
        put(values, "publish/bytes/received", counters.applyAsLong(Counter.PUBLISH_BYTES_RECEIVED));
        put(values, "publish/bytes/sent", counters.applyAsLong(Counter.PUBLISH_BYTES_SENT));
        put(values, "bytes/received", counters.applyAsLong(Counter.BYTES_RECEIVED));
        put(values, "bytes/sent", counters.applyAsLong(Counter.BYTES_SENT));
        put(values, "heap/current", heapBytes);
        put(values, "heap/maximum", heapMaximum);
        store.put(values);
        put(values, "security/denied", counters.applyAsLong(Counter.DROPPED_NOT_AUTHORIZED));
        security.get().forEach((name, value) -> put(values, "security/" + name, value));
        for (ClientLimit limit : ClientLimit.values()) {
            put(values, "limits/" + limit.text(), counters.applyAsLong(limit.counter()));
        }
        loads.collect(values);
        return values;
    }

    private static void totals(Totals now, Map<String, String> values) {
        long away = Math.max(0, now.sessions() - now.connected());
        put(values, "clients/total", now.connected() + away);
        put(values, "clients/maximum", now.connectedMax());
        put(values, "clients/connected", now.connected());
        put(values, "clients/active", now.connected());
        put(values, "clients/disconnected", away);
        put(values, "clients/inactive", away);
        put(values, "connections/socket/count", now.connected());
        put(values, "messages/stored", now.retainedMessages() + now.queuedMessages());
        put(values, "store/messages/count", now.retainedMessages() + now.queuedMessages());
        put(values, "store/messages/bytes", now.retainedBytes() + now.queuedBytes());
        put(values, "retained messages/count", now.retainedMessages());
        put(values, "subscriptions/count", now.subscriptions());
        put(values, "shared_subscriptions/count", now.sharedSubscriptions());
    }

    private static void put(Map<String, String> values, String name, long value) {
        values.put(PREFIX + name, Long.toString(value));
    }
}
