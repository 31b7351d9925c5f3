package io.dunlin.console.api;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Sink;
import io.dunlin.console.api.HandOver.Seen;
import io.dunlin.console.port.Figures;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.protocol.topic.TopicName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages on their way to one page, as server-sent events: what does not fit into the {@link HandOver}, or comes faster than a page can
 * show, is left out and counted, and the page is told how many. It ends with the login or the key by which it was asked for.
 */
final class LiveMessages {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PER_SECOND_MAX = 1_000;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long SILENCE_NANOS = 10 * SECOND_NANOS;

    private final Figures figures;
    private final Clock clock;
    private final BooleanSupplier holds;
    private final HandOver handOver;
    private final List<Sink> sinks;

    // of the writing thread
    private long second;
    private int inSecond;
    private boolean allowed = true;
    private long askedNanos;
    private long saidNanos;

    /** @param holds whether who asked may still see it @param bytesOfAll what waits for all pages */
    LiveMessages(
            List<TopicFilter> filters, Figures figures, Clock clock, BooleanSupplier holds, AtomicLong bytesOfAll) {
        this.figures = figures;
        this.clock = clock;
        this.holds = holds;
        this.handOver = new HandOver(bytesOfAll);
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
            return !isFirst(message.topic()) || handOver.offer(message, clock.wallMillis());
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

    /** Somebody's rights have changed: asks at once whether these still hold. Thread: any; does not wait. */
    void review() {
        handOver.call();
    }

    /** Until the page goes away, or who asked may not see it any more. */
    void write(OutputStream out) throws IOException {
        sinks.forEach(figures::add);
        try {
            allowed = holds.getAsBoolean();
            askedNanos = clock.nanos();
            saidNanos = askedNanos;
            if (allowed) {
                send(out, ": dunlin\n\n");
                out.flush();
            }
            writeWhileAllowed(out);
        } catch (InterruptedException e) { // the server closes
            Thread.currentThread().interrupt();
        } finally {
            sinks.forEach(figures::remove);
            handOver.close();
        }
    }

    private void writeWhileAllowed(OutputStream out) throws IOException, InterruptedException {
        long told = 0;
        while (!Thread.currentThread().isInterrupted() && isAllowed()) {
            Seen next = handOver.take(SECOND_NANOS);
            while (next != null && isAllowed()) {
                put(out, next);
                next = handOver.take(0);
            }
            long lost = handOver.dropped();
            if (lost > told) {
                send(out, "event: dropped\ndata: {\"dropped\":" + (lost - told) + "}\n\n");
                told = lost;
            }
            if (clock.nanos() - saidNanos >= SILENCE_NANOS) {
                send(out, ": silence\n\n"); // finds out whether the page is still there
            }
            out.flush();
        }
        if (!allowed) {
            send(out, "event: ended\ndata: {}\n\n");
            out.flush();
        }
    }

    /** Asked anew after each change of somebody's rights, and each second, as logins run out. */
    private boolean isAllowed() {
        long now = clock.nanos();
        if (allowed && (handOver.wasCalled() || now - askedNanos >= SECOND_NANOS)) {
            askedNanos = now;
            allowed = holds.getAsBoolean();
        }
        return allowed;
    }

    private void put(OutputStream out, Seen seen) throws IOException {
        long now = clock.nanos() / SECOND_NANOS;
        if (now != second) {
            second = now;
            inSecond = 0;
        }
        if (++inSecond > PER_SECOND_MAX) {
            handOver.drop();
            return;
        }
        send(out, "data: " + JSON.writeValueAsString(json(seen)) + "\n\n");
    }

    private void send(OutputStream out, String event) throws IOException {
        out.write(event.getBytes(StandardCharsets.UTF_8));
        saidNanos = clock.nanos();
    }

    private static ObjectNode json(Seen seen) {
        Message message = seen.message();
        ObjectNode json = JSON.createObjectNode()
                .put("topic", message.topic().text())
                .put("payload", Base64.getEncoder().encodeToString(message.payload()))
                .put("size", seen.size())
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
