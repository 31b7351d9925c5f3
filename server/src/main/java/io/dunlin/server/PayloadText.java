package io.dunlin.server;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;

/** The beginning of a payload for a table: text where it is text, else in hex. */
final class PayloadText {
    private static final int CHARACTERS_MAX = 40;

    private PayloadText() {}

    /** @param row with {@code payload} in base64, or null where it is not known */
    static String of(JsonNode row) {
        if (!row.path("payload").isString()) {
            return "-";
        }
        byte[] payload = Base64.getDecoder().decode(row.path("payload").asString(""));
        String text = text(payload);
        return text.length() <= CHARACTERS_MAX ? text : text.substring(0, CHARACTERS_MAX - 3) + "...";
    }

    private static String text(byte[] payload) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString();
        } catch (CharacterCodingException e) { // no text, or cut in the middle of a character
            return HexFormat.of().formatHex(payload, 0, Math.min(payload.length, CHARACTERS_MAX / 2));
        }
    }
}
