package io.dunlin.security.http;

import io.dunlin.security.http.HttpSettings.Method;
import io.dunlin.security.login.InvalidSource;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes requests of a template. Values are encoded for the place where they stand, so that none can reach beyond it: the scheme, the
 * host and the port are fixed by the configuration, and a value in the path stays within its segment. Immutable.
 */
final class RequestTemplate {
    private static final int URL_CHARS_MAX = 8_192;
    private static final JsonMapper JSON = new JsonMapper();

    private final Method method;
    private final String base; // scheme and authority
    private final Template path;
    private final Template query; // with its question mark, or empty
    private final Map<String, Template> body;
    private final Map<String, String> headers;
    private final boolean form;

    /**
     * @param group the name of its settings, for messages
     * @param known the placeholders that have values
     */
    RequestTemplate(String group, HttpSettings settings, Predicate<String> known) {
        String url = settings.url();
        int pathAt = pathStart(url);
        if (url.substring(0, pathAt).contains("${")) {
            throw new InvalidSource(group + ".url has a placeholder before its path: the host must be fixed");
        }
        WebClient.address(group + ".url", url.replaceAll("\\$\\{[^}]*}", "x"));
        if (url.indexOf('#') >= 0) {
            throw new InvalidSource(group + ".url has a part after #, which is never sent: leave it out");
        }
        int queryAt = url.indexOf('?') < 0 ? url.length() : url.indexOf('?');
        this.method = settings.method();
        this.base = url.substring(0, pathAt);
        this.path = Template.of(group + ".url", url.substring(pathAt, queryAt), known);
        this.query = Template.of(group + ".url", url.substring(queryAt), known);
        this.body = new LinkedHashMap<>();
        new TreeMap<>(settings.body())
                .forEach((name, text) -> body.put(name, Template.of(group + ".body." + name, text, known)));
        this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Content-Type", "application/json");
        headers.put("Accept", "application/json");
        headers.putAll(settings.headers());
        this.form = contentType().startsWith("application/x-www-form-urlencoded");
        checkHeaders(group);
    }

    /** @throws InvalidSource where no template can be made of them */
    static void check(String group, HttpSettings settings, Predicate<String> known) {
        RequestTemplate _ = new RequestTemplate(group, settings, known);
    }

    private String contentType() {
        return Optional.ofNullable(headers.get("Content-Type")).orElse("").toLowerCase(Locale.ROOT);
    }

    private void checkHeaders(String group) {
        if (!form && !contentType().startsWith("application/json")) {
            throw new InvalidSource(
                    group + ".headers has a Content-Type that is not known: expected is application/json"
                            + " or application/x-www-form-urlencoded");
        }
        headers.forEach((name, value) -> {
            try {
                HttpRequest.newBuilder().header(name, value);
            } catch (IllegalArgumentException e) {
                throw new InvalidSource(group + ".headers has " + name + ", which cannot be sent so: leave it out");
            }
        });
    }

    /** Where the path begins, or what follows the host. */
    private static int pathStart(String url) {
        int from = url.indexOf("://");
        int at = from < 0 ? 0 : from + 3;
        while (at < url.length() && "/?#\\".indexOf(url.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    /** A request and the text that says all that the service hears of this client. */
    record Question(HttpRequest request, String text) {}

    /** Empty where a value cannot be sent: it would leave its path segment, or the address becomes too long. */
    Optional<Question> question(Function<String, String> values) {
        String path = this.path.render(values, RequestTemplate::percent);
        StringBuilder url = new StringBuilder(base).append(path).append(query.render(values, RequestTemplate::percent));
        String sent = "";
        if (method == Method.GET) {
            if (!body.isEmpty()) {
                url.append(url.indexOf("?") < 0 ? '?' : '&').append(pairs(values));
            }
        } else {
            sent = form ? pairs(values) : json(values);
        }
        if (url.length() > URL_CHARS_MAX || leavesItsSegment(path)) {
            return Optional.empty();
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url.toString()));
        headers.forEach((name, value) -> {
            if (method == Method.POST || !name.equalsIgnoreCase("Content-Type")) {
                request.header(name, value);
            }
        });
        request.method(method.name(), method == Method.POST ? BodyPublishers.ofString(sent) : BodyPublishers.noBody());
        return Optional.of(
                new Question(request.build(), url.append('\n').append(sent).toString()));
    }

    private static boolean leavesItsSegment(String path) {
        for (String segment : path.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return true;
            }
        }
        return false;
    }

    private String json(Function<String, String> values) {
        Map<String, String> object = new LinkedHashMap<>();
        body.forEach((name, template) -> object.put(name, template.render(values, UnaryOperator.identity())));
        return JSON.writeValueAsString(object);
    }

    private String pairs(Function<String, String> values) {
        StringBuilder out = new StringBuilder();
        body.forEach((name, template) -> out.append(out.isEmpty() ? "" : "&")
                .append(percent(name))
                .append('=')
                .append(percent(template.render(values, UnaryOperator.identity()))));
        return out.toString();
    }

    /** All but letters, digits and {@code - . _ ~} as their UTF-8 bytes in hexadecimal. */
    static String percent(String value) {
        StringBuilder out = new StringBuilder(value.length());
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append("0123456789ABCDEF".charAt(c >> 4)).append("0123456789ABCDEF".charAt(c & 15));
            }
        }
        return out.toString();
    }
}
