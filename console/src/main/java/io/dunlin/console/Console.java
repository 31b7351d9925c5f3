package io.dunlin.console;

import io.dunlin.broker.port.Clock;
import io.dunlin.console.account.Accounts;
import io.dunlin.console.account.Logins;
import io.dunlin.console.account.Sessions;
import io.dunlin.console.api.ApiRoutes;
import io.dunlin.console.api.HealthRoutes;
import io.dunlin.console.api.MetricsRoutes;
import io.dunlin.console.api.SessionRoutes;
import io.dunlin.console.api.StreamRoutes;
import io.dunlin.console.http.Front;
import io.dunlin.console.http.Gate;
import io.dunlin.console.http.HttpServer;
import io.dunlin.console.http.Pages;
import io.dunlin.console.http.Route;
import io.dunlin.console.http.Routes;
import io.dunlin.console.metrics.MetricSet;
import io.dunlin.console.port.Commands;
import io.dunlin.console.port.Figures;
import io.dunlin.console.port.Health;
import io.dunlin.security.audit.AuditLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The HTTP server of a running broker. Thread: any but the shards. */
public final class Console implements AutoCloseable {
    private final HttpServer server;
    private final String url;

    private Console(HttpServer server, String url) {
        this.server = server;
        this.url = url;
    }

    /** What it needs of the broker. */
    public record Parts(
            Commands commands,
            Health health,
            Figures figures,
            Supplier<MetricSet> metrics,
            Accounts accounts,
            AuditLog audit,
            Clock clock) {}

    /** @throws IOException with the reason, where it cannot listen or its certificate cannot be used */
    public static Console start(ConsoleOptions options, Parts parts) throws IOException {
        HttpServer server = HttpServer.start(
                options.host(), options.port(), options.tls().map(Console::files), front(options, parts));
        return new Console(server, url(options, server));
    }

    private static HttpServer.PemFiles files(ConsoleOptions.Tls tls) {
        return new HttpServer.PemFiles(tls.certfile(), tls.keyfile());
    }

    /** @throws IOException with a sentence that says what to do, where a console could not use these files */
    public static void check(ConsoleOptions.Tls tls) throws IOException {
        HttpServer.check(files(tls));
    }

    /** Takes the files of TLS as they are now for new connections. @throws IOException as {@link #check}; it goes on with what it has */
    public void reloadTls() throws IOException {
        server.reloadTls();
    }

    static Front front(ConsoleOptions options, Parts parts) {
        Sessions sessions = new Sessions(parts.clock(), options.session());
        StreamRoutes streams = new StreamRoutes(parts.figures(), parts.clock());
        parts.accounts().onChange(sessions::endAll);
        parts.accounts().onKeyDeleted(streams::review);
        sessions.onEnd(streams::review);
        List<String> hosts = new ArrayList<>(options.hosts());
        hosts.add(options.host());
        return new Front(
                new Routes(routes(options, parts, sessions, streams)),
                new Gate(parts.accounts(), sessions),
                new Pages(),
                hosts);
    }

    static List<Route> routes(ConsoleOptions options, Parts parts) {
        return routes(
                options,
                parts,
                new Sessions(parts.clock(), options.session()),
                new StreamRoutes(parts.figures(), parts.clock()));
    }

    private static List<Route> routes(ConsoleOptions options, Parts parts, Sessions sessions, StreamRoutes streams) {
        List<Route> all = new ArrayList<>();
        all.addAll(new HealthRoutes(parts.health()).all());
        all.addAll(new SessionRoutes(
                        new Logins(parts.accounts(), parts.clock()), sessions, parts.commands(), parts.audit())
                .all());
        all.addAll(ApiRoutes.of(parts.commands()));
        all.addAll(streams.all());
        all.addAll(new MetricsRoutes(parts.metrics(), options.compat(), options.metricsWithoutLogin()).all());
        return all;
    }

    private static String url(ConsoleOptions options, HttpServer server) {
        String host = options.host().isEmpty() ? "localhost" : options.host();
        return (server.isSecure() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + server.port() + "/";
    }

    /** Where a browser finds it. */
    public String url() {
        return url;
    }

    @Override
    public void close() {
        server.close();
    }
}
