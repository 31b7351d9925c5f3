package io.dunlin.security.token;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a text is that may be a token, before any key is looked at. */
sealed interface SignedToken {
    /** A JSON Web Token is refused beyond this length. */
    int CHARS_MAX = 16_384;

    /** No JSON Web Token at all: perhaps a password. */
    record None() implements SignedToken {}

    /** A token that nobody here can check. */
    record Unusable(String why) implements SignedToken {}

    /** A token with a signature, which may be wrong. */
    record Signed(JWSHeader header, byte[] signed, Base64URL signature, Base64URL payload) implements SignedToken {
        /** Whether this key made the signature. */
        boolean isBy(VerificationKey key) {
            return key.verifies(header, signed, signature);
        }

        /** Empty where they are no JSON object. Only after the signature was checked. */
        Optional<Map<String, Object>> claims() {
            try {
                return Optional.of(JSONObjectUtils.parse(payload.decodeToString()));
            } catch (ParseException e) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return "Signed[******]";
        }
    }

    /** Three parts of base64url, or five of an encrypted one. */
    Pattern FORM =
            Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*)?");

    /** Takes a text apart. */
    static SignedToken of(String text) {
        if (!text.startsWith("e") || !FORM.matcher(text).matches()) { // all JSON objects begin so in base64url
            return new None();
        }
        String[] parts = text.split("\\.", -1);
        Map<String, Object> header;
        try {
            header = JSONObjectUtils.parse(new Base64URL(parts[0]).decodeToString());
        } catch (ParseException e) {
            return new None();
        }
        if (!header.containsKey("alg")) {
            return new None();
        }
        if (text.length() > CHARS_MAX) {
            return new Unusable("the token has more than " + CHARS_MAX + " characters");
        }
        if (parts.length != 3) {
            return new Unusable("the token is encrypted: only signed ones are read");
        }
        if ("none".equalsIgnoreCase(String.valueOf(header.get("alg"))) || parts[2].isEmpty()) {
            return new Unusable("the token is not signed");
        }
        if (header.containsKey("crit")) {
            return new Unusable("the token's header asks for what is not known here");
        }
        try {
            return new Signed(
                    JWSHeader.parse(new Base64URL(parts[0])),
                    (parts[0] + '.' + parts[1]).getBytes(StandardCharsets.US_ASCII),
                    new Base64URL(parts[2]),
                    new Base64URL(parts[1]));
        } catch (ParseException | IllegalArgumentException e) {
            return new Unusable("the token's header is malformed");
        }
    }
}
