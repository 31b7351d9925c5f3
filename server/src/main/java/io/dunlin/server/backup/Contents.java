package io.dunlin.server.backup;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a backup says of itself, in its first part.
 *
 * @param version of the program that took it
 * @param node of the broker
 * @param taken when
 * @param counts what the broker had then
 */
public record Contents(String version, String node, Instant taken, Counts counts) {
    static final int FORMAT = 1;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    public Contents {
        taken = taken.truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * How much a broker has, as it counts it.
     *
     * @param queued messages that wait in sessions
     */
    public record Counts(long sessions, long subscriptions, long retained, long queued, long users) {}

    byte[] json() {
        return JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("format", FORMAT)
                .put("dunlin", version)
                .put("node", node)
                .put("taken", taken.toString())
                .put("sessions", counts.sessions)
                .put("subscriptions", counts.subscriptions)
                .put("retained", counts.retained)
                .put("queued", counts.queued)
                .put("users", counts.users));
    }

    /** @throws BackupRefused where it is of a newer format, or damaged */
    static Contents read(byte[] bytes) throws BackupRefused {
        JsonNode tree;
        try {
            tree = JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw damaged();
        }
        long format = tree.path("format").asLong(0);
        if (format > FORMAT) {
            throw new BackupRefused(
                    "the backup has format " + format + ", which a newer Dunlin wrote; this one knows format " + FORMAT
                            + ": restore it with that newer one");
        }
        try {
            Contents contents = new Contents(
                    tree.path("dunlin").asString(""),
                    tree.path("node").asString(""),
                    Instant.parse(tree.path("taken").asString("")),
                    new Counts(
                            tree.path("sessions").asLong(0),
                            tree.path("subscriptions").asLong(0),
                            tree.path("retained").asLong(0),
                            tree.path("queued").asLong(0),
                            tree.path("users").asLong(0)));
            if (format == FORMAT) {
                return contents;
            }
        } catch (DateTimeException e) { // the same as below
            throw damaged();
        }
        throw damaged();
    }

    private static BackupRefused damaged() {
        return new BackupRefused("the backup is damaged: its part " + PartNames.ABOUT
                + " cannot be understood; take another copy of it, or an older backup");
    }
}
