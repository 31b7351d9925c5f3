package io.dunlin.security.token;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a token must be.
 *
 * @param clockSkew how far the clocks of this machine and of the issuer may be apart
 * @param issuer the claim {@code iss} must be this
 * @param audience the claim {@code aud} must name one of these; empty for no check
 * @param requireExpiry whether a token without {@code exp} is refused
 */
public record JwtSettings(
        Keys keys,
        Place tokenIn,
        Duration clockSkew,
        Optional<String> issuer,
        List<String> audience,
        boolean requireExpiry,
        Claims claims) {

    public JwtSettings {
        audience = List.copyOf(audience);
    }

    /** Where a client of MQTT 3 or one without enhanced authentication puts its token. */
    public enum Place {
        PASSWORD,
        USERNAME
    }

    /** Where the keys are that tokens are signed with. */
    public sealed interface Keys {}

    /** A secret that issuer and broker share, for HMAC. */
    public record Secret(byte[] secret) implements Keys {
        @Override
        public String toString() {
            return "Secret[******]";
        }
    }

    /** One or more public keys or certificates in PEM. */
    public record PublicKeyFile(Path file) implements Keys {}

    /** A JSON Web Key Set. */
    public record JwksFile(Path file) implements Keys {}

    /**
     * A JSON Web Key Set that is fetched.
     *
     * @param refresh how old it may become before it is fetched again; a key that was taken out there is refused here after twice this
     *     time at the latest
     * @param between the least time between two fetches, however many unknown keys clients show
     * @param keepFor how long the keys serve while the service is away
     * @param timeout for one fetch
     */
    public record JwksUrl(
            URI url, Duration refresh, Duration between, Duration keepFor, Duration timeout, Optional<Path> cafile)
            implements Keys {}

    /**
     * Which claims say what. A name with dots that is no claim itself leads into nested objects: {@code realm_access.roles}.
     *
     * @param username must be there
     * @param clientId must be the client's id, or a list with it
     * @param roles a list of names, or one text with names between spaces
     * @param groups as roles
     * @param acl rights, see {@link io.dunlin.security.acl.ClaimedRules}
     * @param superuser true for one who may do everything
     * @param required further claims and the values they must have; {@code ${clientid}} and {@code ${username}} stand for what the
     *     client says of itself
     */
    public record Claims(
            String username,
            Optional<String> clientId,
            Optional<String> roles,
            Optional<String> groups,
            Optional<String> acl,
            Optional<String> superuser,
            Map<String, String> required) {
        /** The user name in {@code sub}, rights in {@code acl}. */
        public static final Claims DEFAULTS = new Claims(
                "sub",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("acl"),
                Optional.empty(),
                Map.of());

        public Claims {
            required = Map.copyOf(required);
        }
    }
}
