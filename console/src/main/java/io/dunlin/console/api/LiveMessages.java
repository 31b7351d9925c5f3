package io.dunlin.console.api;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Sink;
import io.dunlin.console.port.Figures;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages on their way to one page, as server-sent events. The shards put into a short queue and never wait: what does not fit, or comes
 * faster than a page can show, is left out and counted, and the page is told how many.
 */
final class LiveMessages {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int WAITING_MAX = 1_000;
    private static final int PER_SECOND_MAX = 1_000;
    private static final int PAYLOAD_BYTES_MAX = 64 << 10;
    private static final long SILENCE_SECONDS = 10;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Figures figures;
    private final Clock clock;
    private final BlockingQueue<Seen> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final AtomicLong dropped = new AtomicLong();
    private final List<Sink> sinks;
    private long second; // these two: of the writing thread
    private int inSecond;

    private record Seen(Message message, long wallMillis) {}

    LiveMessages(List<TopicFilter> filters, Figures figures, Clock clock) {
        this.figures = figures;
        this.clock = clock;
        this.sinks =
                filters.stream().map(filter -> (Sink) new Tap(filter, filters)).toList();
    }

    /** One of the filters. A message that several match comes through the first of them. */
    private final class Tap implements Sink {
        private final TopicFilter filter;
        private final List<TopicFilter> all;

        Tap(TopicFilter filter, List<TopicFilter> all) {
            this.filter = filter;
            this.all = all;
        }

        @Override
        public String name() {
            return "console";
        }

        @Override
        public TopicFilter filter() {
            return filter;
        }

        @Override
        public boolean offer(Message message) {
            if (!isFirst(message.topic())) {
                return true;
            }
            boolean taken = waiting.offer(new Seen(message, clock.wallMillis()));
            if (!taken) {
                dropped.incrementAndGet();
            }
            return taken;
        }

        private boolean isFirst(TopicName topic) {
            for (TopicFilter other : all) {
                if (other == filter) {
                    return true;
                }
                if (other.matches(topic)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Until the page goes away. */
    void write(OutputStream out) throws IOException {
        sinks.forEach(figures::add);
        try {
            send(out, ": dunlin\n\n");
            out.flush();
            long told = 0;
            while (!Thread.currentThread().isInterrupted()) {
                Seen next = waiting.poll(SILENCE_SECONDS, TimeUnit.SECONDS);
                if (next == null) {
                    send(out, ": silence\n\n"); // finds out whether the page is still there
                }
                while (next != null) {
                    put(out, next);
                    next = waiting.poll();
                }
                long lost = dropped.get();
                if (lost > told) {
                    send(out, "event: dropped\ndata: {\"dropped\":" + (lost - told) + "}\n\n");
                    told = lost;
                }
                out.flush();
            }
        } catch (InterruptedException e) { // the server closes
            Thread.currentThread().interrupt();
        } finally {
            sinks.forEach(figures::remove);
        }
    }

    private void put(OutputStream out, Seen seen) throws IOException {
        long now = clock.nanos() / SECOND_NANOS;
        if (now != second) {
            second = now;
            inSecond = 0;
        }
        if (++inSecond > PER_SECOND_MAX) {
            dropped.incrementAndGet();
            return;
        }
        send(out, "data: " + JSON.writeValueAsString(json(seen)) + "\n\n");
    }

    private static void send(OutputStream out, String event) throws IOException {
        out.write(event.getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode json(Seen seen) {
        Message message = seen.message();
        byte[] payload = message.payload();
        byte[] shown = payload.length > PAYLOAD_BYTES_MAX ? Arrays.copyOf(payload, PAYLOAD_BYTES_MAX) : payload;
        ObjectNode json = JSON.createObjectNode()
                .put("topic", message.topic().text())
                .put("payload", Base64.getEncoder().encodeToString(shown))
                .put("size", payload.length)
                .put("qos", message.qos().ordinal())
                .put("retain", message.retain())
                .put("ts", seen.wallMillis());
        if (!message.publisher().isEmpty()) {
            json.put("clientid", message.publisher());
        }
        @Nullable String type = message.properties().text(Property.CONTENT_TYPE);
        if (type != null) {
            json.putObject("properties").put("content_type", type);
        }
        return json;
    }
}
