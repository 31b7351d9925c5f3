package io.dunlin.console.api;

import io.dunlin.console.account.Identity;
import io.dunlin.console.account.Logins;
import io.dunlin.console.account.Role;
import io.dunlin.console.account.Sessions;
import io.dunlin.console.http.Call;
import io.dunlin.console.http.Gate;
import io.dunlin.console.http.Problem;
import io.dunlin.console.http.Reply;
import io.dunlin.console.http.Route;
import io.dunlin.console.port.Commands;
import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditEntry;
import io.dunlin.security.audit.AuditLog;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Logging in and out, and who one is. */
public final class SessionRoutes {
    private static final int NAME_CHARS_MAX = 64;

    private final Logins logins;
    private final Sessions sessions;
    private final Commands commands;
    private final AuditLog audit;

    public SessionRoutes(Logins logins, Sessions sessions, Commands commands, AuditLog audit) {
        this.logins = logins;
        this.sessions = sessions;
        this.commands = commands;
        this.audit = audit;
    }

    public List<Route> all() {
        return List.of(
                route("POST", "/login", Optional.empty(), this::login, "username", "password"),
                route("POST", "/logout", Optional.of(Role.VIEWER), this::logout),
                route("GET", "/whoami", Optional.of(Role.VIEWER), this::whoAmI),
                route("POST", "/password", Optional.of(Role.VIEWER), this::password, "old_password", "new_password"));
    }

    private interface Handler {
        Reply handle(Call call, ObjectNode given);
    }

    private static Route route(String method, String path, Optional<Role> role, Handler handler, String... fields) {
        Fields known = Fields.of(List.of(fields));
        return new Route(
                method,
                CommandRoutes.PREFIX + path,
                role,
                known.names(),
                "",
                call -> handler.handle(call, method.equals("GET") ? known.ofQuery(call) : known.ofBody(call)));
    }

    private Reply login(Call call, ObjectNode body) {
        Identity who = checked(Call.text(body, "username"), Call.text(body, "password"), call.peer());
        Reply begun = begun(who, call);
        audit.write(AuditEntry.of("console.login", who.actor(), "address", address(call.peer())));
        return begun;
    }

    private Identity checked(String name, String password, SocketAddress peer) {
        return switch (logins.login(name, password, peer)) {
            case Logins.Result.Accepted accepted -> accepted.identity();
            case Logins.Result.Wrong wrong -> {
                throw wrong(name, "wrong name or password", peer);
            }
            case Logins.Result.Slowed slowed -> {
                refused(name, slowed.sentence(), peer);
                throw new Problem(429, "TOO_MANY_REQUESTS", slowed.sentence());
            }
        };
    }

    private Problem wrong(String name, String why, SocketAddress peer) {
        refused(name, why, peer);
        return new Problem(401, "BAD_USERNAME_OR_PWD", "the user name or the password is wrong");
    }

    private void refused(String name, String why, SocketAddress peer) {
        String shown = name.length() > NAME_CHARS_MAX ? name.substring(0, NAME_CHARS_MAX) : name;
        audit.writeSeldom(
                "console.login.refused " + address(peer),
                AuditEntry.of(
                        "console.login.refused", new Actor(shown, "console"), "why", why, "address", address(peer)));
    }

    private static String address(SocketAddress peer) {
        return peer instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "local";
    }

    private Reply begun(Identity who, Call call) {
        Sessions.Begun begun = sessions.begin(who);
        if (!logins.holds(who)) { // asked after it has begun: a change from now on ends it
            sessions.end(begun.token());
            throw wrong(who.name(), "the account was changed while it logged in", call.peer());
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("token", begun.token());
        answer.put("csrf", begun.session().csrf());
        answer.put("username", who.name());
        answer.put("role", who.role().text());
        return Reply.ok(answer)
                .with("Set-Cookie", cookie(begun.token(), sessions.lasting().toSeconds(), call.isSecure()));
    }

    private static String cookie(String token, long seconds, boolean secure) {
        return Gate.COOKIE + "=" + token + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + seconds
                + (secure ? "; Secure" : "");
    }

    private Reply logout(Call call, ObjectNode nothing) {
        call.caller().ifPresent(caller -> sessions.end(caller.token()));
        return Reply.nothing().with("Set-Cookie", cookie("", 0, call.isSecure()));
    }

    private Reply whoAmI(Call call, ObjectNode nothing) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("username", call.who().name());
        answer.put("role", call.who().role().text());
        answer.put("csrf", call.caller().map(Call.Caller::csrf).orElse(""));
        return Reply.ok(answer);
    }

    /** One's own; all one's other sessions end. */
    private Reply password(Call call, ObjectNode body) {
        if (call.who().isKey()) {
            throw Problem.badRequest("a key has no password: make another key");
        }
        String name = call.who().name();
        String fresh = Call.text(body, "new_password");
        Identity before = checked(name, Call.text(body, "old_password"), call.peer());
        commands.run(
                "console.password",
                JsonMapper.shared()
                        .createObjectNode()
                        .put("username", name)
                        .put("password", fresh)
                        .put("version", before.version()),
                call.who().actor());
        return begun(checked(name, fresh, call.peer()), call);
    }
}
