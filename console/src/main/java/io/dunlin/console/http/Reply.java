package io.dunlin.console.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer.
 *
 * @param type its media type, "" where it has no body
 * @param feed writes the body as long as it likes, in place of {@code body}
 */
public record Reply(
        int status,
        String type,
        byte[] body,
        Map<String, String> headers,
        @Nullable Feed feed) {
    static final String JSON = "application/json";
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final byte[] NOTHING = {};

    public Reply {
        headers = Map.copyOf(headers);
    }

    /** A body that is written piece by piece; on a virtual thread, ends where the other side has gone. */
    @FunctionalInterface
    public interface Feed {
        void write(OutputStream out) throws IOException;
    }

    /** @param value a tree, a record, a map or a list of these */
    public static Reply json(int status, Object value) {
        return new Reply(status, JSON, MAPPER.writeValueAsBytes(value), Map.of(), null);
    }

    public static Reply ok(Object value) {
        return json(200, value);
    }

    public static Reply nothing() {
        return new Reply(204, "", NOTHING, Map.of(), null);
    }

    public static Reply text(int status, String type, String body) {
        return bytes(status, type, body.getBytes(StandardCharsets.UTF_8));
    }

    public static Reply bytes(int status, String type, byte[] body) {
        return new Reply(status, type, body, Map.of(), null);
    }

    public static Reply feed(String type, Feed feed) {
        return new Reply(200, type, NOTHING, Map.of(), feed);
    }

    static Reply problem(int status, String code, String sentence) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("code", code);
        fields.put("message", sentence);
        return json(status, fields);
    }

    public Reply with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Reply(status, type, body, more, feed);
    }
}
