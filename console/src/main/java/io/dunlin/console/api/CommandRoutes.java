package io.dunlin.console.api;

import io.dunlin.console.account.Role;
import io.dunlin.console.http.Call;
import io.dunlin.console.http.Problem;
import io.dunlin.console.http.Reply;
import io.dunlin.console.http.Route;
import io.dunlin.console.port.Commands;
import io.dunlin.console.port.Download;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes routes that have a command of the broker done. */
final class CommandRoutes {
    static final String PREFIX = "/api/v1";

    private static final JsonMapper JSON = JsonMapper.shared();
    /** Older commands, whose fields are named as in Java. */
    private static final Set<String> JAVA_NAMED = Set.of("status", "audit", "acl.explain", "reload");

    private static final List<String> PAGING = List.of("page", "limit", "sort");

    private final Commands commands;
    private final List<Route> routes = new ArrayList<>();

    CommandRoutes(Commands commands) {
        this.commands = commands;
    }

    List<Route> all() {
        return List.copyOf(routes);
    }

    /** Asks for one thing; its parameters stand in the query. */
    CommandRoutes get(String path, Role role, String command, String... fields) {
        Fields known = Fields.of(List.of(fields));
        return add("GET", path, role, known, command, call -> shown(command, run(command, known.ofQuery(call), call)));
    }

    /**
     * As {@link #get}, where a list of the answer is empty for some.
     *
     * @param hidden the name of that list
     * @param shownTo the role from which on it is shown
     */
    CommandRoutes getHiding(String hidden, Role shownTo, String path, Role role, String command, String... fields) {
        Fields known = Fields.of(List.of(fields));
        return add("GET", path, role, known, command, call -> {
            JsonNode answer = run(command, known.ofQuery(call), call);
            if (answer instanceof ObjectNode object && !call.who().role().covers(shownTo)) {
                object.putArray(hidden);
            }
            return shown(command, answer);
        });
    }

    /** Asks for a list whose command pages and filters itself. */
    CommandRoutes list(String path, Role role, String command, String... filters) {
        return get(path, role, command, withPaging(filters));
    }

    /** Asks for a list that its command gives as a whole. */
    CommandRoutes rows(String path, Role role, String command, String... filters) {
        Fields known = Fields.of(List.of(withPaging(filters)));
        return add("GET", path, role, known, command, call -> {
            ObjectNode wanted = known.ofQuery(call);
            JsonNode all = SnakeCase.of(run(command, JSON.createObjectNode(), call));
            return Reply.ok(Rows.page(all, wanted));
        });
    }

    /** Changes something; its parameters stand in the body. */
    CommandRoutes post(String path, Role role, String command, String... fields) {
        return change("POST", path, role, command, fields);
    }

    CommandRoutes put(String path, Role role, String command, String... fields) {
        return change("PUT", path, role, command, fields);
    }

    /** Takes something away; its parameters stand in the path and the query. */
    CommandRoutes delete(String path, Role role, String command, String... fields) {
        Fields known = Fields.of(List.of(fields));
        return add(
                "DELETE", path, role, known, command, call -> shown(command, run(command, known.ofQuery(call), call)));
    }

    /** Gives a file that its command makes while it is sent, however long it is; its parameters stand in the query. */
    CommandRoutes download(String path, Role role, String command, String... fields) {
        Fields known = Fields.of(List.of(fields));
        return add("GET", path, role, known, command, call -> file(command, known.ofQuery(call), call));
    }

    /** The same, of what takes more than a look. */
    CommandRoutes stream(String path, Role role, String command) {
        Fields none = Fields.of(List.of());
        return add("POST", path, role, none, command, call -> file(command, none.ofBody(call), call));
    }

    private Reply file(String command, ObjectNode arguments, Call call) {
        requireThere(command);
        Download file = commands.download(command, arguments, call.who().actor());
        return Reply.feed(file.type(), out -> {
                    try (file) {
                        file.write(out);
                    }
                })
                .with("Content-Disposition", "attachment; filename=\"" + safe(file.name()) + "\"");
    }

    /** Takes a file as the body, however long it is; its parameters stand in the query. */
    CommandRoutes upload(String path, Role role, String command, String... fields) {
        Fields known = Fields.of(List.of(fields));
        return add("POST", path, role, known, command, call -> {
            requireThere(command);
            return shown(
                    command,
                    commands.upload(
                            command,
                            known.ofQuery(call),
                            call.stream(),
                            call.who().actor()));
        });
    }

    private static String safe(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]", "_");
    }

    private CommandRoutes change(String method, String path, Role role, String command, String... fields) {
        Fields known = Fields.of(List.of(fields));
        return add(method, path, role, known, command, call -> shown(command, run(command, known.ofBody(call), call)));
    }

    private CommandRoutes add(
            String method, String path, Role role, Fields fields, String command, Route.Handler handler) {
        routes.add(new Route(method, PREFIX + path, Optional.of(role), fields.names(), command, handler));
        return this;
    }

    private static String[] withPaging(String... filters) {
        List<String> all = new ArrayList<>(PAGING);
        all.addAll(List.of(filters));
        return all.toArray(String[]::new);
    }

    private void requireThere(String command) {
        if (!commands.has(command)) {
            throw new Problem(501, "NOT_IMPLEMENTED", "this broker has no command " + command);
        }
    }

    private JsonNode run(String command, ObjectNode arguments, Call call) {
        requireThere(command);
        return commands.run(command, arguments, call.who().actor());
    }

    private static Reply shown(String command, JsonNode result) {
        JsonNode named = JAVA_NAMED.contains(command) ? SnakeCase.of(result) : result;
        return Reply.ok(named.isValueNode() ? JSON.createObjectNode().set("result", named) : named);
    }
}
