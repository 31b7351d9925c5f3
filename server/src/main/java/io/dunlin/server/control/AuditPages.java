package io.dunlin.server.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The audit log, the newest first. Thread: any but the shards; reads the file. */
public final class AuditPages {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LIMIT_MAX = 1_000;
    private static final int OLDER_FILES_MAX = 8;

    private final Optional<Path> file;

    /** @param file empty where none is written */
    public AuditPages(Optional<Path> file) {
        this.file = file;
    }

    public void addTo(ControlCommands commands) {
        commands.add("audit_log.list", this::list);
    }

    private Map<String, Object> list(Request request) {
        int page = number(request, "page", 1, 1_000_000);
        int limit = number(request, "limit", 100, LIMIT_MAX);
        long from = (long) (page - 1) * limit;
        List<JsonNode> rows = new ArrayList<>();
        long count = 0;
        for (Path each : files()) {
            for (String line : lines(each).reversed()) {
                Optional<JsonNode> entry = entry(line).filter(found -> fits(found, request));
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

    private static boolean fits(JsonNode entry, Request request) {
        String event = entry.path("event").asString("");
        String time = entry.path("time").asString("");
        return request.optional("event").map(event::equals).orElse(true)
                && request.optional("like_event")
                        .map(part -> event.contains(part.toLowerCase(Locale.ROOT)))
                        .orElse(true)
                && request.optional("who")
                        .map(who -> entry.path("who").asString("").equals(who))
                        .orElse(true)
                && request.optional("since")
                        .map(since -> time.compareTo(since) >= 0)
                        .orElse(true)
                && request.optional("until")
                        .map(until -> time.compareTo(until) <= 0)
                        .orElse(true);
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
