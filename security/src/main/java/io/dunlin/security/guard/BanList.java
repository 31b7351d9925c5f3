package io.dunlin.security.guard;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Principal;
import io.dunlin.security.acl.Network;
import io.dunlin.security.login.Login;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who is kept out: client ids, users, addresses and networks, each until its end. Asking takes no lock; a change is on disk before it
 * counts. Thread: any; a change blocks for the disk.
 */
public final class BanList {
    /** Bans at a time. */
    public static final int BANS_MAX = 100_000;

    private final Clock clock;
    private final @Nullable BanFile file;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Snapshot now;

    private BanList(@Nullable BanFile file, List<Ban> bans, Clock clock) {
        this.clock = clock;
        this.file = file;
        this.now = new Snapshot(bans);
    }

    /**
     * The bans of a file; without a file there are none, and it is made at the first change.
     *
     * @throws InvalidBanList where the file cannot be understood
     */
    public static BanList open(Path file, Clock clock) {
        BanFile bans = new BanFile(file);
        return new BanList(bans, bans.read(), clock);
    }

    /** One that is forgotten with the process. */
    public static BanList inMemory(Clock clock) {
        return new BanList(null, List.of(), clock);
    }

    private record Key(Ban.Kind kind, String subject) {}

    private static final class Snapshot {
        private final Map<Key, Ban> byKey = new LinkedHashMap<>();
        private final Map<Network, Ban> networks = new HashMap<>();
        private final TreeSet<Integer> prefixes4 = new TreeSet<>(); // lengths that occur
        private final TreeSet<Integer> prefixes6 = new TreeSet<>();

        Snapshot(Collection<Ban> bans) {
            for (Ban ban : bans) {
                byKey.put(new Key(ban.kind(), ban.subject()), ban);
                if (ban.kind() == Ban.Kind.ADDRESS) {
                    Network network = Network.of(ban.subject());
                    networks.put(network, ban);
                    (network.isIpv6() ? prefixes6 : prefixes4).add(network.prefixBits());
                }
            }
        }
    }

    /**
     * Bans somebody, in place of an earlier ban of the same.
     *
     * @param time empty for ever
     * @throws IllegalArgumentException with a sentence, where the subject is not right or there are too many bans
     * @throws UncheckedIOException where it could not be stored; nothing has changed then
     */
    public Ban add(Ban.Kind kind, String subject, String reason, String by, Optional<Duration> time) {
        long since = clock.wallMillis();
        Ban ban = new Ban(
                kind,
                subject,
                reason,
                by,
                since,
                time.map(lasting -> since + lasting.toMillis()).orElse(Ban.FOR_EVER));
        change(bans -> {
            bans.put(new Key(kind, ban.subject()), ban);
            if (bans.size() > BANS_MAX) {
                throw new IllegalArgumentException(
                        "There are " + BANS_MAX + " bans already: remove some, or ban a network instead of addresses.");
            }
            return true;
        });
        return ban;
    }

    /**
     * Lifts a ban.
     *
     * @return whether there was one
     * @throws IllegalArgumentException where an address is none
     * @throws UncheckedIOException where it could not be stored; nothing has changed then
     */
    public boolean remove(Ban.Kind kind, String subject) {
        String named = kind == Ban.Kind.ADDRESS ? Network.of(subject).toString() : subject;
        return change(bans -> bans.remove(new Key(kind, named)) != null);
    }

    private interface Change {
        boolean apply(Map<Key, Ban> bans);
    }

    private boolean change(Change change) {
        lock.lock();
        try {
            long wall = clock.wallMillis();
            Map<Key, Ban> bans = new LinkedHashMap<>(now.byKey);
            bans.values().removeIf(ban -> ban.isOver(wall));
            if (!change.apply(bans)) {
                return false;
            }
            if (file != null) {
                file.write(bans.values());
            }
            now = new Snapshot(bans.values());
        } catch (IOException e) {
            throw new UncheckedIOException("The bans could not be stored: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
        listeners.forEach(Runnable::run);
        return true;
    }

    /** Runs after each change, on the thread that made it: live clients are to be looked at again. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Those that have not ended, in the order in which they were made. */
    public List<Ban> list() {
        long wall = clock.wallMillis();
        List<Ban> list = new ArrayList<>(now.byKey.values());
        list.removeIf(ban -> ban.isOver(wall));
        return list;
    }

    Optional<Ban> ofClient(String clientId) {
        return find(Ban.Kind.CLIENT, clientId);
    }

    Optional<Ban> ofUser(@Nullable String username) {
        return username == null ? Optional.empty() : find(Ban.Kind.USER, username);
    }

    private Optional<Ban> find(Ban.Kind kind, String subject) {
        Snapshot snapshot = now;
        return snapshot.byKey.isEmpty() ? Optional.empty() : living(snapshot.byKey.get(new Key(kind, subject)));
    }

    /** The ban of the address or of the smallest network around it. */
    Optional<Ban> ofAddress(@Nullable InetAddress address) {
        Snapshot snapshot = now;
        if (address == null || snapshot.networks.isEmpty()) {
            return Optional.empty();
        }
        boolean six = address.getAddress().length == 16;
        for (int bits : (six ? snapshot.prefixes6 : snapshot.prefixes4).descendingSet()) {
            Optional<Ban> ban = living(snapshot.networks.get(Network.around(address, bits)));
            if (ban.isPresent()) {
                return ban;
            }
        }
        return Optional.empty();
    }

    private Optional<Ban> living(@Nullable Ban ban) {
        return Optional.ofNullable(ban).filter(each -> !each.isOver(clock.wallMillis()));
    }

    /** Why a connected client has to go, where it is banned by now. */
    public Optional<String> whyGone(Principal principal) {
        if (now.byKey.isEmpty()) {
            return Optional.empty();
        }
        InetAddress address = Network.addressOf(Login.of(principal).address());
        return ofClient(principal.clientId())
                .or(() -> ofUser(principal.username()))
                .or(() -> ofAddress(address))
                .map(Ban::sentence);
    }
}
