package io.dunlin.console.api;

import static io.dunlin.console.account.Role.ADMIN;
import static io.dunlin.console.account.Role.OPERATOR;
import static io.dunlin.console.account.Role.VIEWER;

import io.dunlin.console.http.Route;
import io.dunlin.console.port.Commands;
import java.util.List;

/** What of the API the broker's commands do. The contract is openapi.yaml, which a test compares with this table. */
public final class ApiRoutes {
    /** Of messages in the order in which they wait. */
    private static final String[] WAITING = {"page", "limit", "payload", "max_payload_bytes"};

    private ApiRoutes() {}

    public static List<Route> of(Commands commands) {
        CommandRoutes routes = new CommandRoutes(commands);
        figures(routes);
        clients(routes);
        topics(routes);
        operation(routes);
        users(routes);
        groupsAndRoles(routes);
        traces(routes);
        console(routes);
        return routes.all();
    }

    private static void figures(CommandRoutes routes) {
        routes.get("/status", VIEWER, "status")
                .get("/stats", VIEWER, "stats")
                .get("/metrics.json", VIEWER, "metrics")
                .get("/nodes", VIEWER, "nodes")
                .get("/history", VIEWER, "history", "metric", "from", "since", "to", "step")
                .rows("/alarms", VIEWER, "alarms.list", "name", "severity", "active", "like_message")
                .get("/security", VIEWER, "security")
                .list("/certificates", VIEWER, "certificates.list", "like_setting", "like_subject", "state")
                .list("/jwt_keys", VIEWER, "jwt_keys.list");
    }

    private static void clients(CommandRoutes routes) {
        String[] filters = {
            "clientid",
            "username",
            "like_clientid",
            "like_username",
            "ip_address",
            "conn_state",
            "proto_ver",
            "clean_start",
            "listener",
            "gte_created_at",
            "lte_created_at",
            "gte_connected_at",
            "lte_connected_at"
        };
        routes.list("/clients", VIEWER, "clients.list", filters)
                .get("/clients/{clientid}", VIEWER, "clients.show")
                .delete("/clients/{clientid}", OPERATOR, "clients.kick")
                .list("/clients/{clientid}/subscriptions", VIEWER, "clients.subscriptions")
                .get("/clients/{clientid}/inflight_messages", VIEWER, "clients.inflight_messages", WAITING)
                .get("/clients/{clientid}/mqueue_messages", VIEWER, "clients.mqueue_messages", WAITING)
                .get("/clients/{clientid}/events", VIEWER, "clients.events", "page", "limit", "since", "messages")
                .post("/clients/{clientid}/subscribe", OPERATOR, "clients.subscribe", "topic", "qos", "nl", "rap", "rh")
                .post("/clients/{clientid}/unsubscribe", OPERATOR, "clients.unsubscribe", "topic")
                .post("/clients/kickout/bulk", OPERATOR, "clients.kick_bulk", "clientids")
                .list("/sessions", VIEWER, "sessions.list", filters)
                .delete("/sessions/{clientid}", OPERATOR, "sessions.clear")
                .list("/slow_subscribers", VIEWER, "slow_subscribers.list", filters)
                .list(
                        "/subscriptions",
                        VIEWER,
                        "subscriptions.list",
                        "clientid",
                        "topic",
                        "match_topic",
                        "share_group",
                        "qos")
                .list("/shared_groups", VIEWER, "shared_groups.list", "group=share_group", "topic", "like_topic")
                .getHiding("rule", OPERATOR, "/why", VIEWER, "why", "clientid", "topic", "since");
    }

    private static void topics(CommandRoutes routes) {
        routes.list("/topics", VIEWER, "topics.list", "prefix", "topic", "payload", "max_payload_bytes")
                .get("/topics/talkers", VIEWER, "topics.talkers", "page", "limit", "by")
                .list("/retained", VIEWER, "retained.list", "topic", "like_topic", "payload", "max_payload_bytes")
                .get("/retained/{topic}", VIEWER, "retained.show")
                .post("/retained/count", VIEWER, "retained.count", "topic")
                .delete("/retained/{topic}", OPERATOR, "retained.delete")
                .delete("/retained", OPERATOR, "retained.delete", "topic")
                .post(
                        "/publish",
                        OPERATOR,
                        "publish",
                        "topic",
                        "payload",
                        "payload_encoding",
                        "qos",
                        "retain",
                        "properties")
                .post("/publish/bulk", OPERATOR, "publish.bulk", "messages");
    }

    private static void operation(CommandRoutes routes) {
        routes
                .list("/listeners", VIEWER, "listeners.list")
                .post("/listeners/{id}/start", ADMIN, "listeners.start")
                .post("/listeners/{id}/stop", ADMIN, "listeners.stop")
                .post("/listeners/{id}/restart", ADMIN, "listeners.restart")
                .get("/configs", ADMIN, "config.show")
                .post("/configs/dry_run", ADMIN, "config.dry_run", "text")
                .post("/configs/reload", ADMIN, "reload")
                .stream("/backup", ADMIN, "backup")
                .upload("/restore", ADMIN, "restore", "dry_run")
                .get("/audit", ADMIN, "audit")
                .list("/audit_log", ADMIN, "audit_log.list", "event", "like_event", "who", "since", "until")
                .list("/log", OPERATOR, "log.list", "level", "like_text", "since")
                .rows("/banned", OPERATOR, "bans.list", "kind", "subject", "like_subject", "like_reason")
                .post("/banned", OPERATOR, "bans.add", "kind", "subject", "reason", "time")
                .delete("/banned/{kind}/{subject}", OPERATOR, "bans.remove");
    }

    private static void users(CommandRoutes routes) {
        routes.rows("/users", ADMIN, "users.list", "name", "like_name", "enabled", "weak")
                .post("/users", ADMIN, "users.create", "user", "password", "hash", "scram", "roles", "groups")
                .delete("/users/{user}", ADMIN, "users.delete")
                .put("/users/{user}/password", ADMIN, "users.password", "password", "hash", "scram")
                .post("/users/{user}/enable", ADMIN, "users.enable")
                .post("/users/{user}/disable", ADMIN, "users.disable")
                .put("/users/{user}/roles/{role}", ADMIN, "users.grant")
                .delete("/users/{user}/roles/{role}", ADMIN, "users.revoke")
                .put("/users/{user}/groups/{group}", ADMIN, "users.join")
                .delete("/users/{user}/groups/{group}", ADMIN, "users.leave");
    }

    private static void groupsAndRoles(CommandRoutes routes) {
        routes.rows("/groups", ADMIN, "groups.list", "name", "like_name")
                .post("/groups", ADMIN, "groups.create", "group", "roles")
                .delete("/groups/{group}", ADMIN, "groups.delete")
                .put("/groups/{group}/roles/{role}", ADMIN, "groups.grant")
                .delete("/groups/{group}/roles/{role}", ADMIN, "groups.revoke")
                .rows("/roles", ADMIN, "roles.list", "name", "like_name")
                .post("/roles", ADMIN, "roles.create", "role", "rules")
                .delete("/roles/{role}", ADMIN, "roles.delete")
                .post("/roles/{role}/rules", ADMIN, "roles.add", "rule", "at")
                .delete("/roles/{role}/rules/{at}", ADMIN, "roles.remove")
                .post("/acl/explain", ADMIN, "acl.explain", "clientid=client", "action", "topic", "qos", "retain");
    }

    private static void traces(CommandRoutes routes) {
        routes.list("/trace", OPERATOR, "trace.list")
                .post("/trace", OPERATOR, "trace.start", "name", "type", "value", "seconds", "max_bytes")
                .get("/trace/{name}", OPERATOR, "trace.show")
                .list("/trace/{name}/log", OPERATOR, "trace.log", "clientid", "packet")
                .download("/trace/{name}/download", OPERATOR, "trace.download", "format")
                .put("/trace/{name}/stop", OPERATOR, "trace.stop")
                .delete("/trace/{name}", OPERATOR, "trace.delete");
    }

    private static void console(CommandRoutes routes) {
        routes.rows("/api_keys", ADMIN, "console.keys.list", "name", "like_name", "role")
                .post("/api_keys", ADMIN, "console.keys.create", "name", "role", "time")
                .delete("/api_keys/{name}", ADMIN, "console.keys.delete")
                .rows("/console_users", ADMIN, "console.users.list", "username", "role")
                .post("/console_users", ADMIN, "console.password", "username", "password", "role")
                .delete("/console_users/{username}", ADMIN, "console.users.delete");
    }
}
