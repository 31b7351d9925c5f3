package io.dunlin.server;

import io.dunlin.broker.Broker;
import io.dunlin.broker.BrokerPorts;
import io.dunlin.broker.admin.Views;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Journal;
import io.dunlin.protocol.topic.TopicFilter;
import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditEntry;
import io.dunlin.server.assess.Facts;
import io.dunlin.server.assess.OpenFiles;
import io.dunlin.server.assess.Severity;
import io.dunlin.server.backup.BackupCommands;
import io.dunlin.server.backup.Contents;
import io.dunlin.server.backup.Restores;
import io.dunlin.server.config.Bound;
import io.dunlin.server.config.ConfigSources;
import io.dunlin.server.config.ConfigText;
import io.dunlin.server.config.ConfigText.Change;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.server.config.SettingsWalk;
import io.dunlin.server.control.Certificates;
import io.dunlin.server.control.Configs;
import io.dunlin.server.control.ImportantTopicsWatch;
import io.dunlin.server.control.LogLines;
import io.dunlin.server.control.Reloads;
import io.dunlin.server.control.TokenKeys;
import io.dunlin.server.sys.ClientEvents;
import io.dunlin.server.sys.StoreTopics;
import io.dunlin.server.sys.SysPublisher;
import io.dunlin.server.sys.SysTree;
import io.dunlin.transport.Loops;
import io.dunlin.transport.TransportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assembly: everything that a running broker consists of, made in reading order. Thread: any but the shards; the methods
 * that change it exclude each other.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Duration STALL_MIN = Duration.ofSeconds(2);
    private static final Duration GOODBYE_MAX = Duration.ofSeconds(5);

    private final Clock clock;
    private final Loops loops;
    private final DataStore store;
    private final Security security;
    private final ClientEvents events;
    private final Broker broker;
    private final OpenListeners listeners;
    private final SysPublisher sys;
    private final StallWatch stalls;
    private final Operation operation;
    private final BackupCommands backups;
    private final ImportantTopicsWatch important;
    private final LiveCertificates certificates;
    private final CertificateWatch certificateWatch;
    private final Measures measures;
    private final Alarms alarms;
    private final ConsoleDoor console = new ConsoleDoor();
    private final TelemetryDoor telemetry;
    private volatile Bound<ServerConfig> config;
    private volatile ConfigSources sources = ConfigSources.NONE;
    private volatile boolean closed;

    private Server(
            Bound<ServerConfig> bound,
            Operation operation,
            Security security,
            LiveCertificates certificates,
            DataStore store,
            Clock clock) {
        this.config = bound;
        this.clock = clock;
        this.certificates = certificates;
        this.operation = operation;
        this.store = store;
        this.backups = backups();
        ServerConfig config = bound.value();
        loops = Loops.start(
                config.shards().orElse(Runtime.getRuntime().availableProcessors()),
                Transports.kinds(config.transport()));
        this.security = security;
        events = new ClientEvents(config.node().name(), clock, security.guard().notices());
        important = new ImportantTopicsWatch(security.authorizer());
        important.watch(config.audit().importantTopics());
        telemetry = TelemetryDoor.open(config, clock);
        broker = new Broker(
                new BrokerPorts(
                        loops.shards(),
                        clock,
                        store.journal(),
                        security.authenticator(),
                        important,
                        new AuditedEvents(events, operation.log(), important),
                        new SecureRandom(),
                        telemetry.tracing()),
                config.mqtt()
                        .toBrokerOptions(config.limits(), config.durability().toRules()));
        listeners = new OpenListeners(loops, broker, security.guard().admission());
        certificates.of(listeners);
        certificateWatch = new CertificateWatch(
                listeners,
                console,
                operation.log(),
                this::reviewClients,
                this::backEndAuthorities,
                security::refreshKeys,
                clock);
        StoreTopics storeTopics = new StoreTopics(
                store::figures,
                () -> store.journal().condition().name().toLowerCase(Locale.ROOT),
                broker.counters()::get,
                broker::answerTimes);
        sys = new SysPublisher(
                new SysTree(Version.text(), broker.counters()::get, broker::totals, storeTopics, this::securityFigures),
                clock,
                broker::publish);
        measures = new Measures(
                broker,
                store,
                this::securityFigures,
                Operation.folder(config),
                config.node().name(),
                clock);
        alarms = new Alarms(AlarmRules.of(measures, this::queueAge), broker::publish, clock);
        stalls = new StallWatch(broker.stallDetector(STALL_MIN));
    }

    /**
     * Starts a broker and opens its listeners.
     *
     * @throws StartFailed with a sentence that says what to do, where it cannot run like that; then nothing of it is left
     */
    public static Server start(Bound<ServerConfig> bound) {
        ServerConfig config = bound.value();
        Logging.level(config.log().level());
        Clock clock = Clock.system();
        restoreStaged(config);
        LiveCertificates certificates = new LiveCertificates();
        Security security = Security.start(bound, certificates, clock);
        DataStore store = open(config, security, clock);
        Operation operation = operation(config, security, store, clock);
        Server server = new Server(bound, operation, security, certificates, store, clock);
        try {
            server.open();
            return server;
        } catch (StartFailed e) {
            server.close();
            throw e;
        } catch (TransportException e) {
            server.close();
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        } catch (UncheckedIOException | CompletionException e) { // of the store, as it was read
            server.close();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw DataStore.cannotUse(config.node().dataDir(), cause);
        }
    }

    /** Before anything is read of the data folder. */
    private static void restoreStaged(ServerConfig config) {
        Operation.folder(config).ifPresent(folder -> {
            try {
                Restores.applyStaged(folder).ifPresent(line -> LOG.info("{}", line));
            } catch (IOException e) {
                throw new StartFailed(
                        "the backup that is staged in " + folder + " cannot be restored: " + e.getMessage(), e);
            }
        });
    }

    /** Of a configuration of which nobody knows where it stands. */
    public static Server start(ServerConfig config) {
        return start(new Bound<>(config, Map.of(), List.of()));
    }

    private static Operation operation(ServerConfig config, Security security, DataStore store, Clock clock) {
        try {
            return Operation.start(config, clock);
        } catch (StartFailed e) {
            store.close();
            security.close();
            throw e;
        }
    }

    private static DataStore open(ServerConfig config, Security security, Clock clock) {
        try {
            return config.store().enabled()
                    ? DataStore.open(config.node().dataDir(), config.store().toStoreOptions(), clock)
                    : DataStore.none();
        } catch (StartFailed e) {
            security.close();
            throw e;
        }
    }

    private void open() {
        warnOfOpenFiles(config);
        broker.start().toCompletableFuture().join();
        security.guard()
                .onNotice((limit, line) -> operation
                        .log()
                        .writeSeldom(
                                "limit " + limit,
                                AuditEntry.of("limit", Actor.BROKER, "limit", limit.toString(), "line", line)));
        security.guard().bans().onChange(() -> broker.review(security::whyGone));
        security.users().onChange(base -> broker.review(security::whyGone));
        security.onKeysDropped(() -> broker.review(security::whyGone));
        ServerConfig running = config.value();
        events.publishTo(broker::publish);
        events.tell(running.log().connections(), running.sys().clientEvents());
        listeners.open(running);
        sys.interval(running.sys().interval());
        stalls.start();
        certificateWatch.start();
        alarms.start();
        telemetry.measure(measures);
        operation.also(measures::addTo);
        operation.also(alarms::addTo);
        operation.also(new Certificates(certificateWatch::all, clock)::addTo);
        operation.also(new TokenKeys(security::tokenKeys)::addTo);
        operation.also(new LogLines(Logging::recent, clock)::addTo);
        backups.start();
        operation.also(backups::addTo);
        operation.open(new Operation.Parts(
                broker,
                () -> config,
                () -> listeners().stream().map(OpenListeners.Entry::url).toList(),
                () -> security.rights().uses().stream()
                        .map(use -> new Facts.Grant(use.origin(), use.rule(), use.allows(), use.uses()))
                        .toList(),
                security.guard().bans(),
                security.users(),
                security.hashing(),
                security::figures,
                security::rights,
                important,
                new ServerDoors(listeners, broker.views()),
                () -> sources,
                this::tryOut));
    }

    /** What {@link #reload} would say of the files that another configuration names. */
    private Configs.Tried tryOut(Bound<ServerConfig> next) {
        List<String> problems = new ArrayList<>();
        boolean isTaken = true;
        try {
            security.check(next);
        } catch (StartFailed e) {
            problems.add(String.valueOf(e.getMessage()));
            isTaken = false;
        }
        problems.addAll(OpenListeners.problems(next.value().keepingStarted(config.value())));
        problems.addAll(ConsoleDoor.problems(next.value().console()));
        return new Configs.Tried(isTaken, problems);
    }

    private BackupCommands backups() {
        return new BackupCommands(
                new BackupCommands.Source(
                        Operation.folder(config.value()),
                        store::cut,
                        this::contents,
                        () -> ConfigText.join(ConfigText.print(config, true, true)),
                        clock),
                operation.changes());
    }

    /** What a backup says of this broker. */
    private Contents contents() {
        Views.Lasting lasting = broker.views().lasting();
        return new Contents(
                Version.text(),
                config.value().node().name(),
                Instant.ofEpochMilli(clock.wallMillis()),
                new Contents.Counts(
                        lasting.sessions(),
                        lasting.subscriptions(),
                        broker.views()
                                .countRetained(TopicFilter.of("#"))
                                .messages(), // without $SYS, which is not stored
                        lasting.queued(),
                        security.users().snapshot().users().size()));
    }

    private Duration queueAge() {
        return config.value().alarms().queueAge();
    }

    /** What {@code $SYS/broker/security/} says. Thread: any. */
    Map<String, Long> securityFigures() {
        Map<String, Long> all = new TreeMap<>(security.figures());
        all.putAll(certificateWatch.figures());
        return all;
    }

    /** The authorities by which services are known, by the setting. */
    private Map<String, Path> backEndAuthorities() {
        Map<String, Path> files = new TreeMap<>();
        boolean exports = config.value().telemetry().endpoint().isPresent();
        SettingsWalk.settings(config).forEach((path, value) -> {
            boolean isUsed = !path.startsWith("listeners.") && (exports || !path.startsWith("telemetry."));
            if (value instanceof Path file && path.endsWith(".cafile") && isUsed) {
                files.put(path, file);
            }
        });
        return files;
    }

    /** Holds all live clients against the users, rights and certificates of now. */
    private void reviewClients() {
        certificates.review(
                () -> broker.review(security::whyGone).toCompletableFuture().join());
    }

    /** What it runs with; after a reload, without the changes that need a restart. */
    public ServerConfig config() {
        return config.value();
    }

    /** From now on dry runs know what the broker was started with besides the file. */
    void sources(ConfigSources startedWith) {
        sources = startedWith;
    }

    /** Reading the configuration again, whoever asks for it. */
    Reloads reloads() {
        return operation.reloads();
    }

    public Broker broker() {
        return broker;
    }

    /** A sentence for the user where the preferred network interface does not run here, else empty. */
    public String fallback() {
        String sentence = loops.fallback();
        return sentence == null ? "" : sentence;
    }

    /** @throws IllegalArgumentException where there is none of this name */
    public OpenListeners.Entry listener(String name) {
        return listeners.entry(name);
    }

    /** The listeners that are open, by name. */
    public List<OpenListeners.Entry> listeners() {
        return listeners.entries();
    }

    /** Whether only this machine reaches what is open. */
    boolean isLoopback() {
        return listeners.isLoopback();
    }

    /** The port that an open listener of this name has. */
    public int port(String listener) {
        return listeners.entry(listener).port();
    }

    /** What a reload did. */
    public record Reloaded(List<Change> live, List<Change> restart, List<String> failures) {}

    /**
     * Goes over to another configuration as far as that is possible while running. Listeners are opened, closed and reopened as
     * needed; one that cannot be opened is told as a failure, and an old one in its place stays.
     *
     * @throws StartFailed where users or rights cannot be read; then nothing has changed
     */
    public synchronized Reloaded reload(Bound<ServerConfig> bound) {
        security.prepare(bound);
        try {
            return replace(bound);
        } finally {
            security.release();
        }
    }

    private Reloaded replace(Bound<ServerConfig> bound) {
        ServerConfig before = config.value();
        ServerConfig running = bound.value().keepingStarted(before);
        List<Change> live = new ArrayList<>();
        List<Change> restart = new ArrayList<>();
        ConfigText.changes(before, bound.value()).forEach(change -> (change.restart() ? restart : live).add(change));
        OpenListeners.Replacement doors = listeners.prepare(running);
        boolean taken = false;
        try {
            doors.stop();
            security.take(doors.kept());
            taken = true;
            config = new Bound<>(running, bound.origins(), bound.warnings(), bound.secretFiles());
            tell(before, running);
        } finally { // also after a fault: no socket stays closed, and clients are held against what holds now
            if (taken) {
                doors.open(security::keep);
                certificateWatch.filesAreRead();
            } else {
                doors.restore();
            }
            doors.drop();
            reviewClients();
        }
        warnOfOpenFiles(config);
        List<String> failures = new ArrayList<>(doors.failures());
        failures.addAll(console.reloadTls());
        return new Reloaded(live, restart, failures);
    }

    /** Those that matter at once; {@code dunlin audit} has them all. */
    private static void warnOfOpenFiles(Bound<ServerConfig> bound) {
        OpenFiles.of(bound).stream()
                .filter(open -> open.severity() == Severity.HIGH)
                .forEach(open -> LOG.warn("{}", open.sentence()));
    }

    /** What needs no preparing. */
    private void tell(ServerConfig before, ServerConfig running) {
        Logging.level(running.log().level());
        broker.options(running.mqtt()
                .toBrokerOptions(running.limits(), running.durability().toRules()));
        events.tell(running.log().connections(), running.sys().clientEvents());
        important.watch(running.audit().importantTopics());
        if (!running.sys().interval().equals(before.sys().interval())) {
            sys.interval(running.sys().interval());
        }
    }

    /**
     * Opens the console where it is to be; the broker runs on without it where that cannot be.
     *
     * @return what there is to say of it to the person who has started the broker: a secret may be among it
     */
    public List<String> openConsole() {
        return openConsole(true);
    }

    /**
     * The same.
     *
     * @param isSeen whether what is said goes to a person and nowhere else; a secret is put into a file otherwise, where there is a folder
     */
    public synchronized List<String> openConsole(boolean isSeen) {
        return closed ? List.of() : console.open(config, operation, measures, alarms, this::unready, clock, isSeen);
    }

    /** What it can be asked to do, by name. */
    Set<String> commandNames() {
        return operation.administration().commands().names();
    }

    /** Why clients cannot be served. */
    private List<String> unready() {
        List<String> reasons = new ArrayList<>();
        if (closed) {
            reasons.add("the broker is stopping");
        }
        if (listeners().isEmpty()) {
            reasons.add("no listener is open");
        }
        if (store.journal().condition() == Journal.Condition.FAILED) {
            reasons.add("the store has failed");
        }
        return reasons;
    }

    /** Goes over to a configuration of which nobody knows where it stands. */
    public Reloaded reload(ServerConfig next) {
        return reload(new Bound<>(next, Map.of(), List.of()));
    }

    /** Done, with what has happened, once nothing can be stored any more: the process has to end then. */
    public CompletionStage<String> failure() {
        return store.failure();
    }

    /** Tells all clients that the broker is shutting down, stores everything, and ends. Waits for that. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        console.close();
        alarms.close();
        backups.close();
        operation.stopping();
        stalls.close();
        certificateWatch.close();
        sys.close();
        listeners.stopAccepting();
        try {
            broker.stop().toCompletableFuture().get(GOODBYE_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("not all clients could be told of the end", e);
        }
        telemetry.close();
        store.close();
        loops.close();
        security.close();
        events.close();
        operation.close();
    }
}
