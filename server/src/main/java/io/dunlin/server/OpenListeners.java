package io.dunlin.server;

import io.dunlin.broker.Broker;
import io.dunlin.broker.port.Admission;
import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.server.config.ListenerSettings;
import io.dunlin.server.config.Listeners;
import io.dunlin.server.config.ServerConfig;
import io.dunlin.transport.Listener;
import io.dunlin.transport.ListenerConfig;
import io.dunlin.transport.Loops;
import io.dunlin.transport.TransportException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of a running broker by name: opened, closed and changed one by one. Thread: any but the shards. */
public final class OpenListeners {
    private static final Logger LOG = LoggerFactory.getLogger(OpenListeners.class);

    private final Loops loops;
    private final Broker broker;
    private final Admission admission;
    private final Map<String, Entry> entries = new TreeMap<>();

    /** The names of those that an administrator has stopped: whoever reloads does not mean these. */
    private final Set<String> stoppedByHand = new TreeSet<>();

    OpenListeners(Loops loops, Broker broker, Admission admission) {
        this.loops = loops;
        this.broker = broker;
        this.admission = admission;
    }

    /** One listener. */
    public final class Entry {
        private final String name;
        private final ListenerSettings settings;
        private final boolean anonymous;
        private final ListenerOptions options;
        private final Listener listener;

        private Entry(
                String name, ListenerSettings settings, boolean anonymous, ListenerOptions options, Listener listener) {
            this.name = name;
            this.anonymous = anonymous;
            this.settings = settings;
            this.options = options;
            this.listener = listener;
        }

        public String name() {
            return name;
        }

        public ListenerSettings settings() {
            return settings;
        }

        /** Whether clients may come without a user name. */
        public boolean isAnonymous() {
            return anonymous;
        }

        public boolean isOpen() {
            return listener.isStarted();
        }

        /** @throws TransportException with a sentence, where it cannot be opened */
        public void start() {
            broker.listener(options);
            listener.start();
        }

        /** Closes it and ends the connections that came through it. */
        public void stop() {
            listener.retire();
            disconnectAll(ReasonCode.ADMINISTRATIVE_ACTION);
        }

        private void disconnectAll(ReasonCode reason) {
            broker.disconnectAll(name, reason).toCompletableFuture().join();
        }

        /** The port that it has; -1 for a unix domain socket. */
        public int port() {
            return localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
        }

        private SocketAddress localAddress() {
            SocketAddress address = listener.localAddress();
            if (address == null) {
                throw new IllegalStateException("listener " + name + " is closed");
            }
            return address;
        }

        /** As clients write it, such as {@code ws://127.0.0.1:8083/mqtt}. */
        public String url() {
            ListenerSettings.Type type = settings.type();
            if (settings.bind().isUnix()) {
                return "unix:" + settings.bind().host();
            }
            String host =
                    settings.bind().host().isEmpty() ? "*" : settings.bind().host();
            String path = type.isWebSocket() ? settings.websocket().path().replace("*", "/") : "";
            return type.scheme() + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port() + path;
        }
    }

    /** @throws TransportException where one cannot be opened; those before it stay open */
    synchronized void open(ServerConfig config) {
        wanted(config).forEach((name, settings) -> {
            Entry entry = entry(name, settings, config, Optional.empty());
            entries.put(name, entry);
            entry.start();
        });
    }

    private static Map<String, ListenerSettings> wanted(ServerConfig config) {
        Map<String, ListenerSettings> wanted = new TreeMap<>(config.listeners());
        wanted.values().removeIf(settings -> !settings.enabled());
        return wanted;
    }

    /** Keeps the old socket where nothing of it has changed. */
    private Entry entry(String name, ListenerSettings settings, ServerConfig config, Optional<Entry> old) {
        ListenerConfig wanted = Transports.listener(name, settings);
        Listener listener = old.map(entry -> entry.listener)
                .filter(kept -> kept.config().equals(wanted))
                .orElseGet(() -> new Listener(
                        wanted,
                        loops,
                        broker,
                        admission,
                        old.map(entry -> entry.listener).orElse(null)));
        return new Entry(
                name,
                settings,
                Listeners.anonymous(settings, config.authentication()),
                Transports.options(name, settings),
                listener);
    }

    /**
     * Reads all that other listeners need, their TLS files above all; nothing has changed yet. One whose files cannot be used stays as it
     * is, and so do the TLS files of one that differs in nothing else.
     */
    synchronized Replacement prepare(ServerConfig config) {
        Replacement replacement = new Replacement(new TreeMap<>(entries));
        try {
            wanted(config).forEach((name, settings) -> replacement.want(name, settings, config));
        } catch (RuntimeException e) {
            replacement.drop();
            throw e;
        }
        return replacement;
    }

    /** What {@link #prepare} would not find in order of the files of another configuration, in a sentence each; uses nothing of them. */
    static List<String> problems(ServerConfig config) {
        Set<String> problems = new LinkedHashSet<>();
        wanted(config).forEach((name, settings) -> {
            try {
                Listener.check(Transports.listener(name, settings));
            } catch (TransportException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        });
        return List.copyOf(problems);
    }

    /**
     * The way to the listeners of another configuration: {@link #stop}, then {@link #open}, then {@link #drop}. In between, who may log in
     * where can change, while no socket that differs takes anybody. Thread: one that waits.
     */
    final class Replacement {
        private final Map<String, Entry> before;
        private final Map<String, Entry> after = new TreeMap<>();
        private final Map<String, Listener.PreparedTls> tls = new TreeMap<>();
        private final Set<String> kept = new TreeSet<>();
        private final List<String> failures = new ArrayList<>();

        private Replacement(Map<String, Entry> before) {
            this.before = before;
        }

        private void want(String name, ListenerSettings settings, ServerConfig config) {
            Entry old = before.get(name);
            try {
                Entry wanted = entry(name, settings, config, Optional.ofNullable(old));
                if (old == null || wanted.listener != old.listener) {
                    Listener.check(wanted.listener.config());
                }
                after.put(name, wanted);
            } catch (TransportException e) {
                failures.add(String.valueOf(e.getMessage()));
                if (old == null) {
                    return;
                }
                after.put(name, old);
                kept.add(name);
            }
            if (old != null && Objects.requireNonNull(after.get(name)).listener == old.listener) {
                prepareTls(name, old.listener);
            }
        }

        private void prepareTls(String name, Listener listener) {
            try {
                tls.put(name, listener.prepareTls());
            } catch (TransportException e) {
                String sentence = String.valueOf(e.getMessage());
                if (!failures.contains(sentence)) { // one that is kept may need the same file
                    failures.add(sentence);
                }
            }
        }

        /** The names of those that stay as they are, although they should not. */
        Set<String> kept() {
            return Set.copyOf(kept);
        }

        /** A sentence for each that could not be had as wanted. */
        List<String> failures() {
            return List.copyOf(failures);
        }

        /** Closes what is gone or differs, and ends the connections that {@link Demands} say. */
        void stop() {
            synchronized (OpenListeners.this) {
                before.forEach((name, old) -> {
                    Entry now = after.get(name);
                    if (now == null) {
                        old.stop();
                        entries.remove(name);
                        stoppedByHand.remove(name);
                    } else if (now.listener == old.listener) {
                        return;
                    } else if (Demands.of(now.listener.config()).letStay(Demands.of(old.listener.config()))) {
                        old.listener.stop();
                    } else {
                        old.listener.retire();
                        old.disconnectAll(ReasonCode.ADMINISTRATIVE_ACTION);
                    }
                });
            }
        }

        /** Opens what is new or differs. @param keep is told of each name whose old listener stays after all, before that is open again */
        void open(Consumer<String> keep) {
            synchronized (OpenListeners.this) {
                after.forEach((name, now) -> {
                    try {
                        open(Optional.ofNullable(before.get(name)), now, keep);
                    } catch (TransportException e) {
                        failures.add(String.valueOf(e.getMessage()));
                    }
                });
            }
        }

        private void open(Optional<Entry> old, Entry now, Consumer<String> keep) {
            if (stoppedByHand.contains(now.name)) {
                entries.put(now.name, now);
                LOG.info("listener {} stays closed, as an administrator has stopped it", now.name);
                return;
            }
            try {
                now.start();
            } catch (TransportException e) {
                if (old.isPresent() && old.get().listener != now.listener) {
                    keep.accept(now.name);
                    old.get().start();
                }
                throw e;
            }
            entries.put(now.name, now);
            Listener.PreparedTls fresh = tls.remove(now.name);
            if (fresh != null) {
                fresh.use();
            }
        }

        /** Opens again what {@link #stop} closed: nothing else has changed. */
        void restore() {
            synchronized (OpenListeners.this) {
                before.forEach((name, old) -> {
                    entries.put(name, old);
                    if (stoppedByHand.contains(name)) {
                        return;
                    }
                    try {
                        old.start();
                    } catch (TransportException e) {
                        LOG.error("listener {} is closed", name, e);
                    }
                });
            }
        }

        /** Lets go of what was read and is not used. */
        void drop() {
            tls.values().forEach(Listener.PreparedTls::drop);
        }
    }

    /** The listener of this name as the transport has it. */
    synchronized Optional<Listener> transport(String name) {
        return Optional.ofNullable(entries.get(name)).map(entry -> entry.listener);
    }

    /** All of them by name. */
    synchronized Map<String, Listener> transports() {
        Map<String, Listener> all = new TreeMap<>();
        entries.forEach((name, entry) -> all.put(name, entry.listener));
        return all;
    }

    /** The files of the open listeners' TLS, by listener. */
    synchronized Map<String, List<Path>> tlsFiles() {
        Map<String, List<Path>> all = new TreeMap<>();
        entries.forEach((name, entry) -> entry.settings
                .tls()
                .filter(tls -> entry.isOpen())
                .ifPresent(tls -> {
                    List<Path> files = new ArrayList<>(List.of(tls.certfile(), tls.keyfile()));
                    tls.cafile().ifPresent(files::add);
                    tls.crlfile().ifPresent(files::add);
                    all.put(name, files);
                }));
        return all;
    }

    /** Reads the files of a listener's TLS anew; returns a sentence where they cannot be used, and it keeps those it has. */
    synchronized List<String> reloadTls(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            return List.of();
        }
        try {
            entry.listener.reloadTls();
            return List.of();
        } catch (TransportException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    synchronized Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("there is no listener " + name + ", but " + entries.keySet());
        }
        return entry;
    }

    /** @throws IllegalArgumentException where there is none of this name @throws TransportException where it cannot be opened */
    synchronized void start(String name) {
        entry(name).start();
        stoppedByHand.remove(name);
    }

    /**
     * Closes it until it is started or the broker restarts, whatever is reloaded.
     *
     * @throws IllegalArgumentException where there is none of this name
     */
    synchronized void stop(String name) {
        entry(name).stop();
        stoppedByHand.add(name);
    }

    /** Those that are closed at this moment, too. */
    synchronized List<Entry> all() {
        return List.copyOf(entries.values());
    }

    synchronized List<Entry> entries() {
        return entries.values().stream().filter(Entry::isOpen).toList();
    }

    /** Takes no more connections anywhere. */
    synchronized void stopAccepting() {
        entries.values().forEach(entry -> entry.listener.stop());
    }

    /** Whether only this machine reaches all that is open. */
    synchronized boolean isLoopback() {
        return entries().stream().allMatch(entry -> entry.settings().bind().isLoopback());
    }
}
