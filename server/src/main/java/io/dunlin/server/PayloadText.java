package io.dunlin.server;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;

/** Payloads for people. */
final class PayloadText {
    private static final int CHARACTERS_MAX = 40;

    private PayloadText() {}

    /**
     * The beginning for a table: text where it is text, else in hex.
     *
     * @param row with {@code payload} in base64, or null where it is not known
     */
    static String of(JsonNode row) {
        if (!row.path("payload").isString()) {
            return "-";
        }
        byte[] payload = Base64.getDecoder().decode(row.path("payload").asString(""));
        String text = text(payload);
        return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX - 3) + "...";
    }

    /** All of it: text where it is text, else base64, which says so. */
    static String whole(JsonNode base64) {
        String encoded = base64.asString("");
        try {
            return decoded(Base64.getDecoder().decode(encoded));
        } catch (CharacterCodingException e) {
            return "base64:" + encoded;
        }
    }

    private static String text(byte[] payload) {
        try {
            return decoded(payload);
        } catch (CharacterCodingException e) { // no text, or cut in the middle of a character
            return HexFormat.of().formatHex(payload, 0, Math.min(payload.length, CHARACTERS_MAX / 2));
        }
    }

    private static String decoded(byte[] payload) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(payload))
                .toString();
    }
}
