package io.dunlin.console.http;

import io.dunlin.console.account.Role;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that can be asked for.
 *
 * @param template such as {@code /api/v1/clients/{clientid}}
 * @param role what the caller has to have; empty where anybody may ask
 * @param fields the names that its query (GET and DELETE) or its body (POST and PUT) may have
 * @param command the broker's command that does it; "" where the console does it itself
 */
public record Route(
        String method, String template, Optional<Role> role, List<String> fields, String command, Handler handler) {
    public Route {
        fields = List.copyOf(fields);
    }

    /** Does what is asked. Thread: a virtual one for each request; may block. */
    @FunctionalInterface
    public interface Handler {
        Reply handle(Call call);
    }

    private static boolean isVariable(String part) {
        return part.startsWith("{") && part.endsWith("}");
    }

    /** The names of the variables, in order. */
    public List<String> variables() {
        return List.of(template.split("/", -1)).stream()
                .filter(Route::isVariable)
                .map(part -> part.substring(1, part.length() - 1))
                .toList();
    }

    /** The values of the variables where a path is of this route; empty where it is not. */
    Optional<Map<String, String>> match(String path) {
        String[] wanted = template.split("/", -1);
        String[] given = path.split("/", -1);
        if (wanted.length != given.length) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (isVariable(wanted[i])) {
                if (given[i].isEmpty()) {
                    return Optional.empty();
                }
                values.put(wanted[i].substring(1, wanted[i].length() - 1), decoded(given[i]));
            } else if (!wanted[i].equals(given[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("the path has a % that is no escape");
        }
    }
}
