package io.dunlin.server.control;

import io.dunlin.broker.port.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The audit log, the newest first. Thread: any but the shards; reads the file. */
public final class AuditPages {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LIMIT_MAX = 1_000;
    private static final int OLDER_FILES_MAX = 8;

    private final Optional<Path> file;
    private final Clock clock;

    /** @param file empty where none is written */
    public AuditPages(Optional<Path> file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    public void addTo(ControlCommands commands) {
        commands.add("audit_log.list", this::list);
    }

    private Map<String, Object> list(Request request) {
        boolean oldestFirst = isOldestFirst(request);
        Predicate<JsonNode> wanted = wanted(request);
        int page = number(request, "page", 1, 1_000_000);
        int limit = number(request, "limit", 100, LIMIT_MAX);
        long from = (long) (page - 1) * limit;
        List<JsonNode> rows = new ArrayList<>();
        long count = 0;
        for (Path each : oldestFirst ? files().reversed() : files()) {
            for (String line : oldestFirst ? lines(each) : lines(each).reversed()) {
                Optional<JsonNode> entry = entry(line).filter(wanted);
                if (entry.isPresent()) {
                    if (count >= from && rows.size() < limit) {
                        rows.add(entry.get());
                    }
                    count++;
                }
            }
        }
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("page", page);
        meta.put("limit", limit);
        meta.put("count", count);
        meta.put("hasnext", from + rows.size() < count);
        return Map.of("data", rows, "meta", meta);
    }

    private static boolean isOldestFirst(Request request) {
        String sort = request.optional("sort").orElse("-time");
        if (!sort.equals("time") && !sort.equals("-time")) {
            throw new CommandFailed(
                    "the audit log cannot be sorted by " + sort + ", but by time, or -time for the newest first");
        }
        return sort.equals("time");
    }

    /** The newest first. */
    private List<Path> files() {
        List<Path> all = new ArrayList<>();
        file.ifPresent(path -> {
            all.add(path);
            for (int i = 1; i <= OLDER_FILES_MAX; i++) {
                all.add(path.resolveSibling(path.getFileName() + "." + i));
            }
        });
        return all;
    }

    private static List<String> lines(Path path) {
        if (!Files.isRegularFile(path)) {
            return List.of();
        }
        try {
            return Files.readAllLines(path, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new CommandFailed("the audit log " + path + " cannot be read: " + e.getMessage());
        }
    }

    /** Empty for the beginning of a line that is being written. */
    private static Optional<JsonNode> entry(String line) {
        try {
            return Optional.of(JSON.readTree(line)).filter(JsonNode::isObject);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private Predicate<JsonNode> wanted(Request request) {
        Optional<String> like = request.optional("like_event").map(part -> part.toLowerCase(Locale.ROOT));
        Optional<String> event = request.optional("event");
        Optional<String> who = request.optional("who");
        Instant now = Instant.ofEpochMilli(clock.wallMillis());
        Optional<Instant> since = request.optional("since").map(text -> Times.moment(text, now));
        Optional<Instant> until = request.optional("until").map(text -> Times.moment(text, now));
        return entry -> {
            String its = entry.path("event").asString("");
            return event.map(its::equals).orElse(true)
                    && like.map(its::contains).orElse(true)
                    && who.map(entry.path("who").asString("")::equals).orElse(true)
                    && since.map(from -> !time(entry).isBefore(from)).orElse(true)
                    && until.map(to -> !time(entry).isAfter(to)).orElse(true);
        };
    }

    private static Instant time(JsonNode entry) {
        try {
            return Instant.parse(entry.path("time").asString(""));
        } catch (DateTimeParseException e) { // of somebody else's making
            return Instant.EPOCH;
        }
    }

    /** A query brings texts. */
    private static int number(Request request, String name, int otherwise, int max) {
        JsonNode value = request.arguments().path(name);
        int number = value.isMissingNode() ? otherwise : value.asInt(0);
        if (number < 1 || number > max) {
            throw new CommandFailed(name + " is a number from 1 to " + max);
        }
        return number;
    }
}
