package io.dunlin.security.http;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How one service is asked. Its text shows no header and no body, which may hold secrets.
 *
 * @param url with placeholders after the host only
 * @param headers sent as they are
 * @param body name and template of each value: the JSON object or form of a POST, the query of a GET
 * @param timeout for one whole answer
 * @param concurrentMax questions under way at the same time; more fail at once
 * @param responseBytesMax longer answers are failures
 * @param cafile authorities that are trusted instead of the machine's
 * @param rememberAllowed how long an allowing answer holds, 0 for not at all
 * @param rememberDenied how long another answer holds, 0 for not at all
 * @param rememberedMax answers that are kept
 * @param failuresMax failures in a row, at least 1, after which nothing is asked for a while
 * @param pause that while
 */
public record HttpSettings(
        String url,
        Method method,
        Map<String, String> headers,
        Map<String, String> body,
        Duration timeout,
        int concurrentMax,
        int responseBytesMax,
        Optional<Path> cafile,
        Duration rememberAllowed,
        Duration rememberDenied,
        int rememberedMax,
        int failuresMax,
        Duration pause) {

    public HttpSettings {
        headers = Map.copyOf(headers);
        body = Map.copyOf(body);
    }

    /** Methods of HTTP. */
    public enum Method {
        POST,
        GET
    }

    @Override
    public String toString() {
        return "HttpSettings[" + method + "]";
    }
}
