package io.dunlin.server.control;

import io.dunlin.security.token.JwtKeys;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** The keys that JSON Web Tokens are verified with: where they are from and how they came, nothing of the keys themselves. Thread: any. */
public final class TokenKeys {
    private static final Comparator<Row> BY_SETTING = Comparator.comparing(Row::setting);
    private static final Map<String, Comparator<Row>> ORDERS = Map.of(
            "setting",
            BY_SETTING,
            "source",
            Comparator.comparing(Row::source),
            "keys",
            Comparator.comparingInt(Row::keys));

    private final Supplier<List<JwtKeys>> all;

    public TokenKeys(Supplier<List<JwtKeys>> all) {
        this.all = all;
    }

    /**
     * A set of keys.
     *
     * @param setting where it is configured, such as {@code authentication.jwt.jwks-url}
     * @param source the file, or the address without its query; empty for a secret
     * @param keys that are trusted now
     * @param keyIds the {@code kid} of those that have one
     * @param fetchedAt when they were read or fetched, null where they never were
     * @param error why the last fetch brought none, null where it did
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Row(
            String setting,
            String source,
            int keys,
            List<String> keyIds,
            @Nullable Instant fetchedAt,
            @Nullable String error,
            long fetches,
            long failedFetches) {
        private static Row of(JwtKeys of) {
            return new Row(
                    "authentication.jwt." + of.kind(),
                    of.source(),
                    of.keys(),
                    of.keyIds(),
                    of.fetched().orElse(null),
                    of.error().orElse(null),
                    of.fetches(),
                    of.failedFetches());
        }
    }

    /** Adds the command {@code jwt_keys.list}. */
    public void addTo(ControlCommands commands) {
        commands.add(
                "jwt_keys.list",
                request -> Listed.of(
                        request, all.get().stream().map(Row::of).toList(), Listed.order(request, ORDERS, BY_SETTING)));
    }
}
