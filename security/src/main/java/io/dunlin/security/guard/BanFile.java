package io.dunlin.security.guard;

import io.dunlin.security.file.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The bans as a file of JSON, replaced as a whole: after a crash it is the old one or the new one. Not for several threads. */
final class BanFile {
    private static final int FORMAT = 1;

    private final Path path;
    private final JsonMapper json =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    BanFile(Path path) {
        this.path = path;
    }

    /** Empty where there is no file. @throws InvalidBanList where it cannot be understood */
    List<Ban> read() {
        if (!Files.exists(path)) {
            return List.of();
        }
        try {
            JsonNode root = json.readTree(Files.readAllBytes(path));
            if (root.path("format").asInt(0) != FORMAT || !root.path("bans").isArray()) {
                throw new IllegalArgumentException("it is not of format " + FORMAT);
            }
            List<Ban> bans = new ArrayList<>();
            for (JsonNode each : root.path("bans")) {
                bans.add(ban(each));
            }
            return bans;
        } catch (IOException | JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new InvalidBanList(
                    "The list of bans in " + path + " cannot be read (" + e.getMessage()
                            + "): mend it, or move it away to start without bans.",
                    e);
        }
    }

    private static Ban ban(JsonNode node) {
        return new Ban(
                Ban.Kind.valueOf(text(node, "kind").toUpperCase(Locale.ROOT)),
                text(node, "subject"),
                text(node, "reason"),
                text(node, "by"),
                Instant.parse(text(node, "since")).toEpochMilli(),
                node.has("until") ? Instant.parse(text(node, "until")).toEpochMilli() : Ban.FOR_EVER);
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isString()) {
            throw new IllegalArgumentException("a ban has no " + name);
        }
        return value.stringValue();
    }

    /** @throws IOException where it could not be stored; the old file is there then */
    void write(Collection<Ban> bans) throws IOException {
        ObjectNode root = json.createObjectNode();
        root.put("format", FORMAT);
        ArrayNode list = root.putArray("bans");
        for (Ban ban : bans) {
            ObjectNode node = list.addObject();
            node.put("kind", ban.kind().text());
            node.put("subject", ban.subject());
            node.put("reason", ban.reason());
            node.put("by", ban.by());
            node.put("since", Instant.ofEpochMilli(ban.sinceMillis()).toString());
            if (ban.untilMillis() != Ban.FOR_EVER) {
                node.put("until", Instant.ofEpochMilli(ban.untilMillis()).toString());
            }
        }
        Files.createDirectories(path.toAbsolutePath().resolveSibling("")); // its folder
        AtomicFile.create(path, json.writeValueAsBytes(root));
    }
}
