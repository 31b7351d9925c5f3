package io.dunlin.server.control;

import io.dunlin.security.audit.Actor;
import io.dunlin.security.guard.Ban;
import io.dunlin.security.guard.BanList;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who is kept out. A ban ends the connections of whom it concerns at once. Thread: any but the shards; waits for the disk. */
public final class Bans {
    private final BanList bans;
    private final Changes changes;

    public Bans(BanList bans, Changes changes) {
        this.bans = bans;
        this.changes = changes;
    }

    /**
     * A ban.
     *
     * @param kind client, user or address
     * @param until null for ever
     */
    public record View(
            String kind,
            String subject,
            String reason,
            String by,
            Instant since,
            @Nullable Instant until) {
        private static View of(Ban ban) {
            return new View(
                    ban.kind().text(),
                    ban.subject(),
                    ban.reason(),
                    ban.by(),
                    Instant.ofEpochMilli(ban.sinceMillis()),
                    ban.untilMillis() == Ban.FOR_EVER ? null : Instant.ofEpochMilli(ban.untilMillis()));
        }
    }

    public List<View> list() {
        return bans.list().stream().map(View::of).toList();
    }

    /**
     * Bans somebody, in place of an earlier ban of the same.
     *
     * @param time such as {@code 30m}, {@code 2h} or {@code 7d}; empty for ever
     * @throws CommandFailed where the subject or the time is none
     */
    public View add(Actor who, String kind, String subject, String reason, Optional<String> time) {
        Ban.Kind of = kind(kind);
        Optional<Duration> lasting = time.map(Times::duration);
        return changes.change(who, "ban.added", fields(kind, subject, reason, time.orElse("for ever")), () -> {
            try {
                return View.of(bans.add(of, subject, reason, who.toString(), lasting));
            } catch (IllegalArgumentException | UncheckedIOException e) {
                throw new CommandFailed(String.valueOf(e.getMessage()));
            }
        });
    }

    /** @throws CommandFailed where there is none */
    public String remove(Actor who, String kind, String subject) {
        Ban.Kind of = kind(kind);
        return changes.change(who, "ban.removed", fields(kind, subject, "", ""), () -> {
            try {
                if (!bans.remove(of, subject)) {
                    throw new CommandFailed("no " + kind + " " + subject + " is banned");
                }
                return subject;
            } catch (IllegalArgumentException | UncheckedIOException e) {
                throw new CommandFailed(String.valueOf(e.getMessage()));
            }
        });
    }

    private static Map<String, Object> fields(String kind, String subject, String reason, String time) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("kind", kind);
        fields.put("subject", subject);
        if (!reason.isEmpty()) {
            fields.put("reason", reason);
        }
        if (!time.isEmpty()) {
            fields.put("for", time);
        }
        return fields;
    }

    private static Ban.Kind kind(String text) {
        return Arrays.stream(Ban.Kind.values())
                .filter(kind -> kind.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new CommandFailed(text + " cannot be banned: expected is client, user or address"));
    }
}
