package io.dunlin.security.guard;

import io.dunlin.broker.port.Admission;
import io.dunlin.broker.port.Clock;
import io.dunlin.security.acl.Network;
import io.dunlin.security.guard.GuardOptions.Connections;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections before they cost anything. What it holds grows with the connections that are open; the rates of those that come
 * and go stand in a table of bounded size. Thread: any.
 */
final class Doorkeeper implements Admission {
    private static final int ADDRESSES_MAX = 32_768;
    private static final long RATE_KEPT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final BanList bans;
    private final Supplier<GuardOptions> options;
    private final Clock clock;
    private final Figures figures;
    private final Notices notices;
    private final ReentrantLock rateLock = new ReentrantLock();
    private final Bucket rate;
    private final RecentTable<AddressKey, Bucket> rates = new RecentTable<>(ADDRESSES_MAX);
    private final ConcurrentHashMap<AddressKey, Live> live = new ConcurrentHashMap<>();
    private final Set<Exactly> strangers = ConcurrentHashMap.newKeySet(); // who has not logged in
    private final AtomicInteger unauthenticated = new AtomicInteger();
    private final AtomicInteger handshakes = new AtomicInteger();

    /** Connections of one address; changed only inside the map's compute. */
    private static final class Live {
        private int connections;
        private int strangers;
    }

    /** This very object: behind a proxy two connections may claim the same address and port. */
    private record Exactly(Object peer) {
        @Override
        @SuppressWarnings("ReferenceEquality")
        public boolean equals(@Nullable Object other) {
            return other instanceof Exactly(Object its) && its == peer;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(peer);
        }
    }

    Doorkeeper(BanList bans, Supplier<GuardOptions> options, Clock clock, Figures figures, Notices notices) {
        this.bans = bans;
        this.options = options;
        this.clock = clock;
        this.figures = figures;
        this.notices = notices;
        this.rate = new Bucket(Integer.MAX_VALUE, clock.nanos()); // full, whatever the limit is
    }

    @Override
    public boolean admits(String listener, SocketAddress peer) {
        InetAddress address = Network.addressOf(peer);
        GuardOptions all = options.get();
        if (bans.ofAddress(address).isPresent()) {
            return refuse(Limit.BANNED_ADDRESS, listener, address, 0);
        }
        AddressKey key = AddressKey.orNull(address);
        boolean exempt = address == null || isExempt(all, address);
        Connections limits = all.connections();
        int mostStrangers = limits.unauthenticated();
        if (unauthenticated.get() >= mostStrangers && mostStrangers > 0) {
            return refuse(Limit.UNAUTHENTICATED, listener, address, mostStrangers);
        }
        long now = clock.nanos();
        int most = limits.perAddressAndSecond();
        boolean slow = exempt
                || key == null
                || most == 0
                || rates.with(key, now, RATE_KEPT_NANOS, () -> new Bucket(most, now), bucket -> bucket.take(now, most));
        if (!slow) {
            return refuse(Limit.CONNECT_RATE_PER_ADDRESS, listener, address, most);
        }
        if (!withinRate(now, limits.perSecond())) {
            return refuse(Limit.CONNECT_RATE, listener, address, limits.perSecond());
        }
        Limit reached = key == null ? null : enter(key, exempt, limits);
        if (reached != null) {
            int bound =
                    reached == Limit.CONNECTIONS_PER_ADDRESS ? limits.perAddress() : limits.unauthenticatedPerAddress();
            return refuse(reached, listener, address, bound);
        }
        strangers.add(new Exactly(peer));
        unauthenticated.incrementAndGet();
        return true;
    }

    static boolean isExempt(GuardOptions options, InetAddress address) {
        for (Network network : options.exempt()) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    private boolean withinRate(long now, int perSecond) {
        if (perSecond == 0) {
            return true;
        }
        rateLock.lock();
        try {
            return rate.take(now, perSecond);
        } finally {
            rateLock.unlock();
        }
    }

    /** Counts it in, or says what speaks against that. */
    private @Nullable Limit enter(AddressKey key, boolean exempt, Connections limits) {
        Limit[] reached = new Limit[1];
        live.compute(key, (same, known) -> {
            Live here = known == null ? new Live() : known;
            if (!exempt && limits.perAddress() > 0 && here.connections >= limits.perAddress()) {
                reached[0] = Limit.CONNECTIONS_PER_ADDRESS;
            } else if (!exempt
                    && limits.unauthenticatedPerAddress() > 0
                    && here.strangers >= limits.unauthenticatedPerAddress()) {
                reached[0] = Limit.UNAUTHENTICATED_PER_ADDRESS;
            } else {
                here.connections++;
                here.strangers++;
            }
            return here;
        });
        return reached[0];
    }

    private boolean refuse(Limit limit, String listener, @Nullable InetAddress address, int most) {
        figures.refused(limit);
        String who = address == null ? "a local process" : AddressKey.shown(address);
        boolean ofAll = limit == Limit.UNAUTHENTICATED || limit == Limit.CONNECT_RATE || limit == Limit.TLS_HANDSHAKES;
        notices.tell(
                limit.text(),
                ofAll ? listener : who,
                () -> "listener " + listener + " turns away " + who
                        + (limit == Limit.BANNED_ADDRESS ? "" : ": at most " + most + " " + unit(limit)));
        return false;
    }

    private static String unit(Limit limit) {
        return switch (limit) {
            case CONNECTIONS_PER_ADDRESS -> "connections from one address";
            case CONNECT_RATE_PER_ADDRESS -> "new connections a second from one address";
            case CONNECT_RATE -> "new connections a second";
            case UNAUTHENTICATED -> "connections that have not logged in";
            case UNAUTHENTICATED_PER_ADDRESS -> "connections of one address that have not logged in";
            case TLS_HANDSHAKES -> "TLS handshakes at a time";
            case BANNED_ADDRESS, BANNED_CLIENT, BANNED_USER, LOGIN_BACKOFF, ADDRESS_BACKOFF, FLAPPING -> limit.text();
        };
    }

    /** The client is known now. Does nothing the second time. */
    void loggedIn(SocketAddress peer) {
        if (strangers.remove(new Exactly(peer))) {
            unauthenticated.decrementAndGet();
            AddressKey key = AddressKey.orNull(Network.addressOf(peer));
            if (key != null) {
                live.computeIfPresent(key, (same, here) -> {
                    here.strangers--;
                    return here;
                });
            }
        }
    }

    @Override
    public void left(String listener, SocketAddress peer) {
        loggedIn(peer);
        AddressKey key = AddressKey.orNull(Network.addressOf(peer));
        if (key != null) {
            live.computeIfPresent(key, (same, here) -> --here.connections == 0 ? null : here);
        }
    }

    @Override
    public boolean beginsTls(String listener, SocketAddress peer) {
        int most = options.get().connections().tlsHandshakes();
        if (handshakes.incrementAndGet() > most && most > 0) {
            handshakes.decrementAndGet();
            return refuse(Limit.TLS_HANDSHAKES, listener, Network.addressOf(peer), most);
        }
        return true;
    }

    @Override
    public void endedTls(String listener, SocketAddress peer) {
        handshakes.decrementAndGet();
    }

    /** What there is at this moment. */
    void putInto(Map<String, Long> figuresNow) {
        figuresNow.put("unauthenticated", (long) unauthenticated.get());
        figuresNow.put("tls-handshakes", (long) handshakes.get());
        figuresNow.put("addresses", (long) live.size());
    }

    /** Addresses whose rate is remembered. */
    int ratesSize() {
        return rates.size();
    }
}
