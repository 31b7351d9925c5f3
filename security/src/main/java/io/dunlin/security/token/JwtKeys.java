package io.dunlin.security.token;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The keys that tokens are verified with, as administrators see them: nothing of a key itself.
 *
 * @param kind secret, public-key-file, jwks-file or jwks-url
 * @param source the file, or the address without its query, which may hold a secret; empty for a secret
 * @param keys that are trusted now
 * @param keyIds the {@code kid} of those that have one
 * @param fetched when they were read or fetched; empty where they never were
 * @param error why the last fetch brought none; empty where it did, or none was tried
 * @param fetches of the address
 * @param failedFetches among them those that brought no keys
 */
public record JwtKeys(
        String kind,
        String source,
        int keys,
        List<String> keyIds,
        Optional<Instant> fetched,
        Optional<String> error,
        long fetches,
        long failedFetches) {
    public JwtKeys {
        keyIds = List.copyOf(keyIds);
    }
}
