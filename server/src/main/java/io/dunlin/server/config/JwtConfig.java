package io.dunlin.server.config;

import io.dunlin.security.token.JwtSettings;
import io.dunlin.security.token.JwtSettings.Claims;
import io.dunlin.security.token.JwtSettings.Keys;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Logins with JSON Web Tokens. */
public record JwtConfig(
        @Setting("The secret that the issuer signs with (HS256, HS384, HS512), 32 bytes or more")
        Optional<Secret> secret,

        @Setting(value = "Whether the secret is written in base64", byDefault = "false")
        boolean secretBase64,

        @Setting("A file with public keys or certificates in PEM: RSA, P-256, P-384, P-521 or Ed25519")
        Optional<Path> publicKeyFile,

        @Setting("A file with a JSON Web Key Set") Optional<Path> jwksFile,

        @Setting("The address of a JSON Web Key Set, such as `https://issuer/.well-known/jwks.json`")
        Optional<String> jwksUrl,

        @Setting("Authorities that are trusted for `jwks-url`, in PEM, instead of those of the machine")
        Optional<Path> cafile,

        @Setting(
                value = "How old fetched keys may become before they are fetched again; one that was taken out is"
                        + " refused after twice this time at the latest",
                byDefault = "5m",
                min = "1s",
                max = "1d")
        Duration refreshInterval,

        @Setting(
                value = "The least time between two fetches, however many tokens name a key that is not known",
                byDefault = "10s",
                min = "1s",
                max = "1h")
        Duration refetchInterval,

        @Setting(
                value = "How long fetched keys serve while their address does not answer; no less than"
                        + " `refresh-interval`",
                byDefault = "1d",
                min = "1m",
                max = "30d")
        Duration keepKeys,

        @Setting(value = "For one fetch of the keys", byDefault = "5s", min = "10ms", max = "1m")
        Duration timeout,

        @Setting(value = "Where clients put the token", byDefault = "password")
        JwtSettings.Place tokenIn,

        @Setting(
                value = "How far the clocks of issuer and broker may be apart",
                byDefault = "30s",
                min = "0s",
                max = "10m")
        Duration clockSkew,

        @Setting("What the claim `iss` must be") Optional<String> issuer,

        @Setting("The claim `aud` must name one of these; give it where the issuer serves others than this broker")
        List<String> audience,

        @Setting(value = "Whether tokens without the claim `exp` are refused", byDefault = "true")
        boolean requireExpiry,

        @Setting(
                value = "The claim that is the user name; names of claims may lead into objects: `realm_access.roles`",
                byDefault = "sub")
        String usernameClaim,

        @Setting("The claim that must be the client id, or a list with it")
        Optional<String> clientIdClaim,

        @Setting("The claim with the roles: a list, or a text with names between spaces")
        Optional<String> rolesClaim,

        @Setting("The claim with the groups, in the same form")
        Optional<String> groupsClaim,

        @Setting(value = "The claim with rights, in the forms that EMQX knows", byDefault = "acl")
        String aclClaim,

        @Setting("The claim that is true for one who may do everything")
        Optional<String> superuserClaim,

        @Setting("Further claims and what they must be; `${clientid}` and `${username}` stand for what the client says")
        Map<String, String> verifyClaims) {

    /** As the source of logins takes it; only where {@link #problems} finds none. */
    public JwtSettings toSettings() {
        return new JwtSettings(
                keys(),
                tokenIn,
                clockSkew,
                issuer,
                audience,
                requireExpiry,
                new Claims(
                        usernameClaim,
                        clientIdClaim,
                        rolesClaim,
                        groupsClaim,
                        Optional.of(aclClaim),
                        superuserClaim,
                        verifyClaims));
    }

    private Keys keys() {
        if (secret.isPresent()) {
            return new JwtSettings.Secret(secretBytes(secret.get()));
        }
        if (publicKeyFile.isPresent()) {
            return new JwtSettings.PublicKeyFile(publicKeyFile.get());
        }
        if (jwksFile.isPresent()) {
            return new JwtSettings.JwksFile(jwksFile.get());
        }
        URI url = URI.create(jwksUrl.orElseThrow());
        return new JwtSettings.JwksUrl(url, refreshInterval, refetchInterval, keepKeys, timeout, cafile);
    }

    private byte[] secretBytes(Secret text) {
        byte[] bytes = text.value().getBytes(StandardCharsets.UTF_8);
        return secretBase64 ? Base64.getMimeDecoder().decode(bytes) : bytes;
    }

    /** What does not fit together, as sentences without the group's name; empty where nothing is wrong. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        long given =
                List.of(secret.isPresent(), publicKeyFile.isPresent(), jwksFile.isPresent(), jwksUrl.isPresent())
                        .stream()
                        .filter(Boolean::booleanValue)
                        .count();
        if (given != 1) {
            problems.add((given == 0 ? "has no keys" : "has keys at " + given + " places")
                    + ": give one of secret-file, secret, public-key-file, jwks-file and jwks-url");
        }
        if (jwksUrl.isEmpty() && cafile.isPresent()) {
            problems.add("has a cafile, but no jwks-url that needs it: leave it out");
        }
        if (keepKeys.compareTo(refreshInterval) < 0) {
            problems.add("has keep-keys below refresh-interval: keys would be gone before they are fetched again");
        }
        jwksUrl.ifPresent(url -> {
            try {
                URI.create(url);
            } catch (IllegalArgumentException e) {
                problems.add("has a jwks-url that is no address: expected is https://host/path");
            }
        });
        secret.ifPresent(text -> {
            try {
                int bytes = secretBytes(text).length;
                if (bytes < 32) {
                    problems.add(
                            "has a secret of " + bytes + " bytes: expected are at least 32 (openssl rand -base64 48)");
                }
            } catch (IllegalArgumentException e) {
                problems.add("has a secret that is no base64: write it so, or leave secret-base64 out");
            }
        });
        return problems;
    }
}
