package io.dunlin.security.token;

/**
 * What became of logins with tokens since this configuration was read.
 *
 * @param accepted logins with a token
 * @param refused tokens that were wrong
 * @param unknown clients without a token
 * @param unavailable tokens that nothing could be said of, since there were no keys
 * @param keys that are trusted now
 * @param fetches of the JWKS address
 * @param failedFetches among them those that brought no keys
 */
public record JwtFigures(
        long accepted, long refused, long unknown, long unavailable, int keys, long fetches, long failedFetches) {}
