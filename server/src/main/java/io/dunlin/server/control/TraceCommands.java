package io.dunlin.server.control;

import io.dunlin.broker.admin.Page;
import io.dunlin.console.port.Download;
import io.dunlin.protocol.topic.InvalidTopic;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.server.trace.Selection;
import io.dunlin.server.trace.TraceFile;
import io.dunlin.server.trace.TraceRows;
import io.dunlin.server.trace.TraceRun;
import io.dunlin.server.trace.TracedPacket;
import io.dunlin.server.trace.Traces;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Traces of packets: begins, shows, ends and hands them out. Thread: any but the shards; waits for them. */
public final class TraceCommands {
    private static final Duration TIME_MAX = Duration.ofHours(1);
    private static final int SECONDS = 60;
    private static final long BYTES = 16 << 20;
    private static final long BYTES_MIN = 1_000;
    private static final int WAIT_MILLIS_MAX = 5_000;
    private static final List<String> TYPES = List.of("clientid", "username", "ip_address", "topic");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,10}) ?(|[kKmM])(i?[bB])?");

    private static final Comparator<TracedPacket> BY_NUMBER = Comparator.comparingLong(TracedPacket::number);
    private static final Map<String, Comparator<TracedPacket>> ORDERS = Map.of(
            "number", BY_NUMBER,
            "at", Comparator.comparingLong(TracedPacket::wallNanos),
            "length", Comparator.comparingInt(packet -> packet.bytes().length),
            "packet", Comparator.comparing(TracedPacket::type));

    private final Traces traces;
    private final Changes changes;

    public TraceCommands(Traces traces, Changes changes) {
        this.traces = traces;
        this.changes = changes;
    }

    /** {@code trace.start}, {@code list}, {@code show}, {@code log}, {@code stop}, {@code delete} and {@code download}. */
    public void addTo(ControlCommands commands) {
        commands.add("trace.start", this::start)
                .add("trace.list", this::list)
                .add("trace.show", request -> View.of(find(request)))
                .add("trace.log", this::log)
                .add("trace.stop", this::stop)
                .add("trace.delete", this::delete)
                .addDownload("trace.download", this::download);
    }

    /**
     * A trace.
     *
     * @param status running or stopped
     * @param type clientid, username, ip_address or topic, the first of those that it is by; "" for everything
     * @param value of the type
     * @param what all that it is by, in words
     * @param endAt when it ended, or will at the latest
     * @param reason why it has ended, "" while it runs
     * @param dropped bytes that came faster than they could be looked at
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record View(
            String name,
            String status,
            String type,
            String value,
            @Nullable String clientid,
            @Nullable String username,
            @Nullable String ipAddress,
            @Nullable String topic,
            String what,
            Instant startAt,
            Instant endAt,
            String reason,
            int packets,
            long bytes,
            long dropped) {
        private static View of(TraceRun run) {
            TraceRun.State state = run.state();
            Map<String, String> by = state.what().fields();
            String type = by.keySet().stream().findFirst().orElse("");
            return new View(
                    state.name(),
                    state.ended().isEmpty() ? "running" : "stopped",
                    type,
                    by.getOrDefault(type, ""),
                    by.get("clientid"),
                    by.get("username"),
                    by.get("ip_address"),
                    by.get("topic"),
                    state.what().text(),
                    state.start(),
                    state.end(),
                    state.ended(),
                    state.packets(),
                    state.bytes(),
                    state.missedBytes());
        }

        private static Map<String, Comparator<View>> orders() {
            Map<String, Comparator<View>> orders = new HashMap<>();
            orders.put("name", Comparator.comparing(View::name));
            orders.put("status", Comparator.comparing(View::status));
            orders.put("type", Comparator.comparing(View::type));
            orders.put("value", Comparator.comparing(View::value));
            orders.put("packets", Comparator.comparingInt(View::packets));
            orders.put("bytes", Comparator.comparingLong(View::bytes));
            orders.put("start_at", Comparator.comparing(View::startAt));
            orders.put("end_at", Comparator.comparing(View::endAt));
            return orders;
        }
    }

    /**
     * Packets of a trace.
     *
     * @param last the number to go on after
     * @param running whether more may come
     * @param reason why none will come, "" while it runs
     */
    public record Log(List<Map<String, Object>> data, Listed.Meta meta, long last, boolean running, String reason) {}

    private View start(Request request) {
        Selection selection = selection(request);
        Duration time = request.optional("for")
                .map(Times::duration)
                .orElseGet(() -> Duration.ofSeconds(request.number("seconds", SECONDS, 1, (int) TIME_MAX.toSeconds())));
        if (time.compareTo(TIME_MAX) > 0) {
            throw new CommandFailed("a trace runs for an hour at most: give it less, and start another one then");
        }
        long bytes = request.optional("max_size")
                .map(TraceCommands::bytes)
                .orElseGet(() -> request.number("max_bytes", BYTES));
        if (bytes < BYTES_MIN || bytes > Traces.WEIGHT_MAX) {
            throw new CommandFailed("the size of a trace is from 1 kB to " + (Traces.WEIGHT_MAX >> 20) + " MiB");
        }
        String name = request.optional("name").orElse("");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            throw new CommandFailed(
                    "the name of a trace has 1 to 64 letters, digits, dots, hyphens and underscores: take another one");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("of", selection.text());
        fields.put("seconds", time.toSeconds());
        return changes.change(request.who(), "trace.started", fields, () -> begin(name, selection, time, bytes));
    }

    private View begin(String name, Selection selection, Duration time, long bytes) {
        return switch (traces.start(name, selection, time, bytes)) {
            case Traces.Outcome.Begun begun -> View.of(begun.run());
            case Traces.Outcome.Refused refused -> throw new CommandFailed(refused.why());
        };
    }

    /** What it is to be of: fields of their own, or a type and a value. */
    private static Selection selection(Request request) {
        Map<String, String> by = new LinkedHashMap<>();
        for (String type : TYPES) {
            request.optional(type).ifPresent(value -> by.put(type, value));
        }
        request.optional("type").ifPresent(type -> {
            if (!TYPES.contains(type)) {
                throw new CommandFailed(
                        type + " is no type of a trace: expected is one of " + String.join(", ", TYPES));
            }
            by.put(type, request.text("value"));
        });
        return new Selection(
                Optional.ofNullable(by.get("clientid")),
                Optional.ofNullable(by.get("username")),
                Optional.ofNullable(by.get("ip_address")).map(Addresses::of),
                Optional.ofNullable(by.get("topic")).map(TraceCommands::filter));
    }

    private static TopicFilter filter(String text) {
        try {
            return TopicFilter.of(text);
        } catch (InvalidTopic e) {
            throw new CommandFailed(text + " is no topic and no filter: " + e.getMessage());
        }
    }

    private static long bytes(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw new CommandFailed(text + " is no size: expected is one such as 500KiB or 16MiB");
        }
        long thousand = "b".equalsIgnoreCase(size.group(3)) ? 1_000 : 1_024; // MB, and MiB or M
        long unit =
                switch (size.group(2).toLowerCase(Locale.ROOT)) {
                    case "k" -> thousand;
                    case "m" -> thousand * thousand;
                    default -> 1;
                };
        return Long.parseLong(size.group(1)) * unit;
    }

    private Listed<View> list(Request request) {
        List<View> all = traces.all().stream().map(View::of).toList();
        Comparator<View> asTheyBegan = Comparator.comparing(View::startAt).thenComparing(View::name);
        return Listed.of(request, all, Listed.order(request, View.orders(), asTheyBegan));
    }

    private TraceRun find(Request request) {
        String name = request.text("name");
        return traces.find(name)
                .orElseThrow(() -> CommandFailed.notFound("there is no trace " + name
                        + ": it was deleted, or gave way to newer ones; dunlin trace list says which there are"));
    }

    /** Pages of it, or what comes after a number, which waits for the first where there is none yet. */
    private Log log(Request request) {
        TraceRun run = find(request);
        Page.Wanted wanted = Listed.wanted(request);
        long after = request.number("after", 0);
        Optional<String> client = request.optional("clientid");
        Optional<String> type = request.optional("packet");
        Predicate<TracedPacket> filter =
                packet -> client.map(packet.who().clientId()::equals).orElse(true)
                        && type.map(packet.type()::equals).orElse(true);
        TraceRun.Part part = part(run, after, request.number("wait_ms", 0, 0, WAIT_MILLIS_MAX));
        Page<TracedPacket> page =
                Page.of(part.packets()::forEach, filter, Listed.order(request, ORDERS, BY_NUMBER), wanted);
        Listed<Map<String, Object>> rows =
                Listed.of(page, wanted, packet -> TraceRows.row(packet, TraceRows.SHOWN_BYTES));
        long last = page.rows().stream().mapToLong(TracedPacket::number).max().orElse(after);
        boolean running = part.ended().isEmpty() || page.hasNext(wanted);
        return new Log(rows.data(), rows.meta(), last, running, part.ended());
    }

    private static TraceRun.Part part(TraceRun run, long after, int waitMillis) {
        try {
            return run.after(after, Duration.ofMillis(waitMillis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("the broker is stopping");
        }
    }

    private View stop(Request request) {
        TraceRun run = find(request);
        return changes.change(request.who(), "trace.stopped", Map.of("name", run.name()), () -> {
            run.stop("it was stopped");
            return View.of(run);
        });
    }

    private Map<String, String> delete(Request request) {
        TraceRun run = find(request);
        return changes.change(request.who(), "trace.deleted", Map.of("name", run.name()), () -> {
            traces.delete(run.name());
            return Map.of("name", run.name());
        });
    }

    private Download download(Request request) {
        TraceRun run = find(request);
        String format = request.optional("format").orElse("json");
        List<TracedPacket> packets = part(run, 0, 0).packets();
        return switch (format) {
            case "json" -> TraceFile.json(run.name(), packets);
            case "pcapng" -> TraceFile.pcapng(run.name(), packets);
            default -> throw new CommandFailed("a trace comes as json or as pcapng, not as " + format);
        };
    }
}
