package io.dunlin.server;

import io.dunlin.broker.Broker;
import io.dunlin.broker.BrokerPorts;
import io.dunlin.broker.MemoryJournal;
import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.Clock;
import io.dunlin.security.InvalidCredential;
import io.dunlin.security.Users;
import io.dunlin.server.config.ConfigText;
import io.dunlin.server.config.ConfigText.Change;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.server.sys.ClientEvents;
import io.dunlin.server.sys.SysPublisher;
import io.dunlin.transport.Loops;
import io.dunlin.transport.TransportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    private final Loops loops;
    private final Logins logins;
    private final ClientEvents events;
    private final Broker broker;
    private final OpenListeners listeners;
    private final SysPublisher sys;
    private final StallWatch stalls;
    private ServerConfig config;
    private boolean closed;

    private Server(ServerConfig config, Users users) {
        Clock clock = Clock.system();
        this.config = config;
        Logging.level(config.log().level());
        loops = Loops.start(
                config.shards().orElse(Runtime.getRuntime().availableProcessors()),
                Transports.kinds(config.transport()));
        logins = new Logins(users, config, clock);
        events = new ClientEvents(config.node().name(), clock);
        broker = new Broker(
                new BrokerPorts(
                        loops.shards(),
                        clock,
                        new MemoryJournal(),
                        logins,
                        Authorizer.allowAll(),
                        events,
                        new SecureRandom()),
                config.mqtt().toBrokerOptions(config.durability().toRules()));
        listeners = new OpenListeners(loops, broker);
        sys = new SysPublisher(Version.text(), broker.counters()::get, broker::totals, clock, broker::publish);
        stalls = new StallWatch(broker.stallDetector(STALL_MIN));
    }

    /**
     * Starts a broker and opens its listeners.
     *
     * @throws StartFailed with a sentence that says what to do, where it cannot run like that; then nothing of it is left
     */
    public static Server start(ServerConfig config) {
        config.node().dataDir().ifPresent(Server::makeFolder);
        Server server;
        try {
            server = new Server(config, Logins.read(config.authentication()));
        } catch (InvalidCredential e) {
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        }
        try {
            server.open();
            return server;
        } catch (TransportException e) {
            server.close();
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private void open() {
        broker.start().toCompletableFuture().join();
        events.publishTo(broker::publish);
        events.tell(config.log().connections(), config.sys().clientEvents());
        listeners.open(config);
        sys.interval(config.sys().interval());
        stalls.start();
    }

    private static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StartFailed(
                    "the data folder " + folder + " cannot be made: choose a folder where this user can write", e);
        }
    }

    /** What it runs with; after a reload, without the changes that need a restart. */
    public synchronized ServerConfig config() {
        return config;
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
     * @throws StartFailed where the users cannot be read; then nothing has changed
     */
    public synchronized Reloaded reload(ServerConfig next) {
        Users users;
        try {
            users = Logins.read(next.authentication());
        } catch (InvalidCredential e) {
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        }
        List<Change> live = new ArrayList<>();
        List<Change> restart = new ArrayList<>();
        ConfigText.changes(config, next).forEach(change -> (change.restart() ? restart : live).add(change));
        ServerConfig running = next.keepingStarted(config);
        Logging.level(running.log().level());
        logins.replace(users, running);
        broker.options(running.mqtt().toBrokerOptions(running.durability().toRules()));
        events.tell(running.log().connections(), running.sys().clientEvents());
        if (!running.sys().interval().equals(config.sys().interval())) {
            sys.interval(running.sys().interval());
        }
        List<String> failures = listeners.replace(running);
        config = running;
        return new Reloaded(live, restart, failures);
    }

    /** Tells all clients that the broker is shutting down, and ends. Waits for that, a few seconds at most. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stalls.close();
        sys.close();
        listeners.stopAccepting();
        try {
            broker.stop().toCompletableFuture().get(GOODBYE_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("not all clients could be told of the end", e);
        }
        loops.close();
        events.close();
    }
}
