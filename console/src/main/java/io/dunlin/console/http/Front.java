package io.dunlin.console.http;

import io.dunlin.console.port.Commands;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests and answers them: host, route, caller, role, then the route's handler. Thread: any; blocks as its routes do. */
public final class Front {
    private static final Logger LOG = LoggerFactory.getLogger(Front.class);

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self';"
                    + " frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin");

    private final Routes routes;
    private final Gate gate;
    private final Pages pages;
    private final HostCheck hosts;

    /** @param hosts the names by which browsers may ask for this server */
    public Front(Routes routes, Gate gate, Pages pages, List<String> hosts) {
        this.routes = routes;
        this.gate = gate;
        this.pages = pages;
        this.hosts = new HostCheck(hosts);
    }

    public Reply answer(Incoming incoming) {
        return headed(answered(incoming), incoming.secure());
    }

    /** To a request that could not be read. */
    static Reply unreadable(int status) {
        return headed(
                Reply.problem(status, "BAD_REQUEST", "the request is no proper HTTP, or its head is too long"), false);
    }

    private static Reply headed(Reply of, boolean secure) {
        Reply reply = of;
        for (Map.Entry<String, String> header : HEADERS.entrySet()) {
            reply = reply.with(header.getKey(), header.getValue());
        }
        if (secure) {
            reply = reply.with("Strict-Transport-Security", "max-age=31536000");
        }
        return reply.headers().containsKey("Cache-Control") ? reply : reply.with("Cache-Control", "no-store");
    }

    private Reply answered(Incoming incoming) {
        try {
            return routed(incoming);
        } catch (Problem e) {
            Reply reply = Reply.problem(e.status(), e.code(), e.sentence());
            return e.status() == 401 ? reply.with("WWW-Authenticate", "Bearer") : reply;
        } catch (Commands.Failed e) {
            return Reply.problem(status(e.code()), e.code(), e.sentence());
        } catch (RuntimeException e) { // a fault of ours: the next request is another one
            LOG.error("{} {} failed", incoming.method(), incoming.path(), e);
            return Reply.problem(500, "INTERNAL_ERROR", "the request failed inside the broker, its log says why");
        }
    }

    private static int status(String code) {
        return switch (code) {
            case "NOT_FOUND" -> 404;
            case "CONFLICT" -> 409;
            case "FORBIDDEN" -> 403;
            case "NOT_IMPLEMENTED" -> 501;
            case "UNAVAILABLE" -> 503;
            default -> 400;
        };
    }

    private Reply routed(Incoming incoming) {
        Optional<String> host = incoming.header().apply("host");
        if (host.isEmpty() || !hosts.isOurs(host.get())) {
            throw new Problem(
                    421,
                    "UNKNOWN_HOST",
                    "this server is not known by the name in the Host header: add it to console.hosts, or ask by address");
        }
        String method = incoming.method().equals("HEAD") ? "GET" : incoming.method();
        return switch (routes.find(method, incoming.path())) {
            case Routes.Found.One one -> {
                Optional<Call.Caller> caller = gate.admit(one.route(), incoming);
                yield one.route()
                        .handler()
                        .handle(new Call(
                                incoming, one.variables(), caller, () -> gate.admitsStill(one.route(), incoming)));
            }
            case Routes.Found.OtherMethods others ->
                Reply.problem(
                                405,
                                "METHOD_NOT_ALLOWED",
                                incoming.path() + " knows " + String.join(", ", others.methods()))
                        .with("Allow", String.join(", ", others.methods()));
            case Routes.Found.None none -> page(method, incoming);
        };
    }

    private Reply page(String method, Incoming incoming) {
        if (!method.equals("GET")) {
            throw Problem.notFound("there is no " + incoming.path());
        }
        return pages.find(incoming.path(), incoming.header().apply("if-none-match"))
                .orElseThrow(() -> Problem.notFound("there is no " + incoming.path()));
    }
}
