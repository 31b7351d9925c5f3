package io.dunlin.server.control;

import io.dunlin.broker.admin.SessionView;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Which sessions a list is to have, by the arguments that say so. */
final class SessionFilter {
    private SessionFilter() {}

    /** @throws CommandFailed where an argument makes no sense */
    static Predicate<SessionView> of(Request request) {
        List<Predicate<SessionView>> all = new ArrayList<>();
        Set<String> ids = new HashSet<>(request.texts("clientid"));
        if (!ids.isEmpty()) {
            all.add(view -> ids.contains(view.clientId()));
        }
        Set<String> users = new HashSet<>(request.texts("username"));
        if (!users.isEmpty()) {
            all.add(view -> users.contains(nameOf(view)));
        }
        request.optional("like_clientid").ifPresent(part -> all.add(view -> contains(view.clientId(), part)));
        request.optional("like_username").ifPresent(part -> all.add(view -> contains(nameOf(view), part)));
        request.optional("ip_address")
                .ifPresent(address -> all.add(view -> address.equals(SessionRow.address(view.card()))));
        request.optional("listener")
                .ifPresent(name -> all.add(view -> view.card().connection() != null
                        && view.card().connection().listener().equals(name)));
        request.optional("conn_state").ifPresent(state -> all.add(connected(state)));
        request.truth("clean_start")
                .ifPresent(clean -> all.add(view -> view.card().cleanStart() == clean));
        int version = request.number("proto_ver", 0, 0, 5);
        if (version > 0) {
            all.add(view -> SessionRow.version(view.card().version()) == version);
        }
        since(request, "created_at", view -> view.card().createdWallMillis(), all);
        since(request, "connected_at", view -> view.card().connectedWallMillis(), all);
        return view -> {
            for (Predicate<SessionView> each : all) {
                if (!each.test(view)) {
                    return false;
                }
            }
            return true;
        };
    }

    private static String nameOf(SessionView view) {
        String name = view.principal().username();
        return name == null ? "" : name;
    }

    private static boolean contains(String text, String part) {
        return text.contains(part) || text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }

    private static Predicate<SessionView> connected(String state) {
        return switch (state) {
            case "connected" -> view -> view.card().connected();
            case "disconnected", "away" -> view -> !view.card().connected();
            case "all" -> view -> true;
            default ->
                throw new CommandFailed(state
                        + " is no state of a connection: expected is connected, disconnected, away (the same) or all");
        };
    }

    private static void since(
            Request request, String field, ToLongFunction<SessionView> time, List<Predicate<SessionView>> all) {
        instant(request, "gte_" + field).ifPresent(from -> all.add(view -> time.applyAsLong(view) >= from));
        instant(request, "lte_" + field)
                .ifPresent(to -> all.add(view -> time.applyAsLong(view) > 0 && time.applyAsLong(view) <= to));
    }

    private static Optional<Long> instant(Request request, String name) {
        return request.optional(name).map(text -> {
            try {
                return OffsetDateTime.parse(text).toInstant().toEpochMilli();
            } catch (DateTimeException e) {
                throw new CommandFailed(name + " " + text + " is no time: expected is one such as "
                        + Instant.ofEpochSecond(1_800_000_000));
            }
        });
    }
}
