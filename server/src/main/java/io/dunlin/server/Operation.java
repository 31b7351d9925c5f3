package io.dunlin.server;

import io.dunlin.broker.Broker;
import io.dunlin.broker.admin.SessionView;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.console.account.Accounts;
import io.dunlin.security.acl.AccessChain;
import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditEntry;
import io.dunlin.security.audit.AuditLog;
import io.dunlin.security.guard.BanList;
import io.dunlin.security.password.Hashing;
import io.dunlin.security.users.UserStore;
import io.dunlin.server.assess.Assessment;
import io.dunlin.server.assess.ConfigDigest;
import io.dunlin.server.assess.Facts;
import io.dunlin.server.assess.Report;
import io.dunlin.server.config.AuditLogConfig;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.server.control.AuditPages;
import io.dunlin.server.control.Bans;
import io.dunlin.server.control.Changes;
import io.dunlin.server.control.Clients;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.Configs;
import io.dunlin.server.control.ConsoleAccounts;
import io.dunlin.server.control.ControlCommands;
import io.dunlin.server.control.ControlSocket;
import io.dunlin.server.control.ImportantTopicsWatch;
import io.dunlin.server.control.Listeners;
import io.dunlin.server.control.LiveRights;
import io.dunlin.server.control.Publishing;
import io.dunlin.server.control.Reloads;
import io.dunlin.server.control.Retained;
import io.dunlin.server.control.SharedGroups;
import io.dunlin.server.control.SlowSubscribers;
import io.dunlin.server.control.SocketPath;
import io.dunlin.server.control.Stats;
import io.dunlin.server.control.Topics;
import io.dunlin.server.control.TraceCommands;
import io.dunlin.server.control.Users;
import io.dunlin.server.control.Whys;
import io.dunlin.server.trace.Traces;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What watches and administers a running broker: the audit log, the control socket, and what they know. Thread: any but the shards. */
final class Operation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Operation.class);
    private static final int CLIENTS_MAX = 100_000;

    private final Clock clock;
    private final long startedNanos;
    private final AuditLog log;
    private final Reloads reloads;
    private final Changes changes;
    private final List<Consumer<ControlCommands>> more = new ArrayList<>(); // before open
    private @Nullable LazyCommands commands; // these two: from open on
    private volatile @Nullable Traces traces; // once somebody has asked for anything
    private @Nullable ControlSocket socket; // where there is one

    private Operation(AuditLog log, Clock clock) {
        this.clock = clock;
        this.startedNanos = clock.nanos();
        this.log = log;
        this.reloads = new Reloads(log);
        this.changes = new Changes(log);
    }

    /** @throws StartFailed where the audit log cannot be written */
    static Operation start(ServerConfig config, Clock clock) {
        return new Operation(log(config.auditLog(), folder(config), clock), clock);
    }

    static Optional<Path> folder(ServerConfig config) {
        return config.store().enabled() ? Optional.of(config.node().dataDir()) : Optional.empty();
    }

    private static AuditLog log(AuditLogConfig config, Optional<Path> folder, Clock clock) {
        Optional<Path> file = config.target(folder);
        if (file.isEmpty()) {
            return AuditLog.none(clock);
        }
        try {
            return AuditLog.open(
                    new AuditLog.Options(file.get(), config.maxSize().bytes(), config.keep()), clock);
        } catch (IOException e) {
            throw new StartFailed(
                    "the audit log " + file.get() + " cannot be written: " + e.getMessage()
                            + "; set audit-log.file to another file, or audit-log.enabled = false",
                    e);
        }
    }

    AuditLog log() {
        return log;
    }

    Reloads reloads() {
        return reloads;
    }

    Changes changes() {
        return changes;
    }

    /** Has others add their commands; before {@link #open}. */
    void also(Consumer<ControlCommands> others) {
        more.add(others);
    }

    /** What there is to administer. */
    record Parts(
            Broker broker,
            Supplier<Bound<ServerConfig>> config,
            Supplier<List<String>> listeners,
            Supplier<List<Facts.Grant>> grants,
            BanList bans,
            UserStore users,
            Hashing hashing,
            Supplier<Map<String, Long>> figures,
            Supplier<AccessChain> rights,
            ImportantTopicsWatch watch,
            Listeners.Doors doors,
            Supplier<ConfigSources> sources,
            Configs.Trial trial) {}

    /**
     * Opens the control socket where there is to be one, and tells the audit log of the start.
     *
     * @throws StartFailed where another broker has it
     */
    void open(Parts parts) {
        ServerConfig config = parts.config().get().value();
        log.write(AuditEntry.of(
                "broker.started",
                Actor.BROKER,
                "version",
                Version.text(),
                "user",
                System.getProperty("user.name"),
                "listeners",
                parts.listeners().get(),
                "config",
                ConfigDigest.of(config)));
        LazyCommands lazy = new LazyCommands(() -> commands(parts));
        commands = lazy;
        Optional<Path> path = config.control().socket().or(() -> folder(config).map(SocketPath::of));
        if (!config.control().enabled() || path.isEmpty()) {
            return;
        }
        try {
            if (config.control().socket().isEmpty()) {
                SocketPath.prepare(path.get(), config.node().dataDir()).ifPresent(sentence -> LOG.warn("{}", sentence));
            }
            socket = ControlSocket.open(path.get(), lazy);
        } catch (IOException e) {
            throw new StartFailed("the control socket cannot be opened: " + e.getMessage(), e);
        }
    }

    /** Made when somebody connects: nothing of it, nor the library for JSON, is loaded before. */
    private static final class LazyCommands implements ControlSocket.Handler {
        private final Supplier<Administration> make;
        private final ReentrantLock lock = new ReentrantLock();
        private volatile @Nullable Administration made;

        LazyCommands(Supplier<Administration> make) {
            this.make = make;
        }

        Administration get() {
            lock.lock();
            try {
                Administration all = made;
                if (all == null) {
                    all = make.get();
                    made = all;
                }
                return all;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public String answer(String line, Actor who) {
            return commands().answer(line, who);
        }

        @Override
        public boolean download(String line, Actor who, OutputStream out) throws IOException {
            return commands().download(line, who, out);
        }

        private ControlCommands commands() {
            Administration all = made;
            return (all == null ? get() : all).commands();
        }
    }

    /** The commands, and those who may use them through the console. */
    record Administration(ControlCommands commands, ConsoleAccounts accounts) {}

    /** Made when somebody asks for it. */
    Administration administration() {
        return Optional.ofNullable(commands)
                .map(LazyCommands::get)
                .orElseThrow(() -> new IllegalStateException("the broker has not started"));
    }

    private Administration commands(Parts parts) {
        ServerConfig config = parts.config().get().value();
        ConsoleAccounts accounts =
                new ConsoleAccounts(() -> Accounts.open(folder(config), parts.hashing(), clock), changes);
        Clients clients = new Clients(parts.broker(), changes);
        Stats stats = new Stats(parts.broker(), clock, startedNanos);
        Bans bans = new Bans(parts.bans(), changes);
        LiveRights rights = new LiveRights(clients, parts.rights());
        ControlCommands commands = new ControlCommands()
                .add("status", request -> status(parts))
                .add("reload", request -> reloads.run(request.who()))
                .add("stats", request -> stats.all())
                .add(
                        "acl.explain",
                        request -> rights.explain(
                                request.text("client"),
                                request.text("action"),
                                request.text("topic"),
                                (int) request.number("qos", 0),
                                request.flag("retain")))
                .add("bans.list", request -> bans.list())
                .add(
                        "bans.add",
                        request -> bans.add(
                                request.who(),
                                request.text("kind"),
                                request.text("subject"),
                                request.optional("reason").orElse(""),
                                request.optional("time")))
                .add(
                        "bans.remove",
                        request -> bans.remove(request.who(), request.text("kind"), request.text("subject")))
                .add("security", request -> parts.figures().get())
                .add("audit.facts", request -> facts(parts, clients))
                .add("audit", request -> assess(parts, clients));
        clients.addTo(commands);
        new Retained(parts.broker().views(), changes).addTo(commands);
        new Publishing(parts.broker(), changes).addTo(commands);
        new Topics(parts.broker().views(), clock).addTo(commands);
        new SharedGroups(parts.broker().views()).addTo(commands);
        new SlowSubscribers(parts.broker().views()).addTo(commands);
        new Listeners(parts.doors(), changes).addTo(commands);
        new Configs(parts.config(), parts.sources(), parts.trial()).addTo(commands);
        new Users(parts.users(), parts.hashing(), changes).addTo(commands);
        Traces begun = new Traces(parts.broker(), clock);
        traces = begun;
        new TraceCommands(begun, changes).addTo(commands);
        new Whys(parts.broker().why(), parts.rights(), clock).addTo(commands);
        accounts.addTo(commands);
        new AuditPages(config.auditLog().target(folder(config)), clock).addTo(commands);
        commands.add(
                "history",
                request -> { // until a console keeps one
                    throw CommandFailed.unavailable(
                            "there is no history of the figures, since no console is open, which keeps it: start the broker"
                                    + " with console.enabled = true, and see its log where it has that");
                });
        more.forEach(others -> others.accept(commands));
        return new Administration(commands, accounts);
    }

    /** How the broker is. */
    record Status(
            String version,
            String node,
            long pid,
            String user,
            Instant started,
            List<String> listeners,
            long clients,
            long sessions,
            long subscriptions,
            long retained,
            String dataFolder,
            long auditEntries,
            long auditLost,
            List<String> lastReloadProblems) {}

    private Status status(Parts parts) {
        ServerConfig config = parts.config().get().value();
        var totals = parts.broker().totals();
        AuditLog.Figures figures = log.figures();
        return new Status(
                Version.text(),
                config.node().name(),
                ProcessHandle.current().pid(),
                System.getProperty("user.name"),
                Instant.ofEpochMilli(clock.wallMillis()).minusNanos(clock.nanos() - startedNanos),
                parts.listeners().get(),
                totals.connected(),
                totals.sessions(),
                totals.subscriptions(),
                totals.retainedMessages(),
                folder(config).map(Path::toString).orElse(""),
                figures.written(),
                figures.lost(),
                reloads.problems());
    }

    private Facts facts(Parts parts, Clients clients) {
        List<Facts.Client> connected = new ArrayList<>();
        clients.connected(CLIENTS_MAX).forEach(client -> connected.add(fact(client)));
        return new Facts(
                Version.text(),
                System.getProperty("user.name"),
                (clock.nanos() - startedNanos) / 1_000_000_000,
                ConfigDigest.of(parts.config().get().value()),
                reloads.problems(),
                connected,
                parts.grants().get(),
                parts.watch().seen().stream()
                        .map(seen -> new Facts.UnsafeUse(seen.clientId(), seen.how(), seen.topic(), seen.times()))
                        .toList());
    }

    private static Facts.Client fact(SessionView client) {
        String username = client.principal().username();
        ConnectionInfo connection = client.card().connection();
        return new Facts.Client(
                client.clientId(),
                username == null ? "" : username,
                Clients.address(client),
                connection == null ? "" : connection.listener(),
                connection == null || connection.tls() == null
                        ? ""
                        : connection.tls().protocol());
    }

    private Report assess(Parts parts, Clients clients) {
        Bound<ServerConfig> bound = parts.config().get();
        return Assessment.of(
                bound,
                Optional.of(facts(parts, clients)),
                ConfiguredRules.of(bound),
                Instant.ofEpochMilli(clock.wallMillis()));
    }

    /** Closes the socket; the log stays open for what stopping has to tell. */
    void stopping() {
        Traces begun = traces;
        if (begun != null) {
            begun.close();
        }
        ControlSocket open = socket;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        stopping();
        log.write(AuditEntry.of("broker.stopped", Actor.BROKER));
        log.close();
    }
}
