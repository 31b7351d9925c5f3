package io.dunlin.protocol.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/**
 * The part of SASLprep (RFC 4013) that makes two ways to type one name equal: other spaces become a space, invisible joiners and
 * hyphens go, the rest is brought to the form NFKC, and control characters are refused. Left out: the tables of unassigned code
 * points and the rule for mixed writing directions, which only refuse more.
 */
public final class SaslPrep {
    private SaslPrep() {}

    /** Null where the text is not allowed. */
    public static @Nullable String prepare(String text) {
        StringBuilder mapped = new StringBuilder(text.length());
        text.codePoints().filter(c -> !isDropped(c)).forEach(c -> mapped.appendCodePoint(isOtherSpace(c) ? ' ' : c));
        String result = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
        return result.codePoints().anyMatch(SaslPrep::isRefused) ? null : result;
    }

    /** A password as SCRAM hashes it; bytes that are no such text stay as they are. */
    public static byte[] password(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            String prepared = prepare(text);
            return prepared == null ? bytes : prepared.getBytes(StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            return bytes;
        }
    }

    private static boolean isOtherSpace(int c) {
        return c != ' ' && Character.getType(c) == Character.SPACE_SEPARATOR || c == 0x200B;
    }

    private static boolean isDropped(int c) { // RFC 3454, table B.1
        return c == 0xAD
                || c == 0x34F
                || c == 0x1806
                || c >= 0x180B && c <= 0x180D
                || c == 0x200C
                || c == 0x200D
                || c == 0x2060
                || c >= 0xFE00 && c <= 0xFE0F
                || c == 0xFEFF;
    }

    private static boolean isRefused(int c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.PRIVATE_USE
                || type == Character.SURROGATE
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || (c & 0xFFFE) == 0xFFFE
                || c >= 0xFDD0 && c <= 0xFDEF;
    }
}
