package io.dunlin.broker.session;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.port.PublishTracing;
import io.dunlin.broker.port.Wiretap;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.broker.routing.SubscriptionIndex;
import io.dunlin.broker.shard.Shard;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What all shards share: the session registry, the subscription index, the retained messages, the options and the ports.
 * Thread: any.
 */
public final class Core {
    private final Authenticator authenticator;
    private final Authorizer authorizer;
    private final BrokerEvents events;
    private final RandomGenerator random;
    private final @Nullable PublishTracing tracing;
    private final SubscriptionIndex index = new SubscriptionIndex();
    private final SessionRegistry registry = new SessionRegistry();
    private final RetainedStore retained;
    private final Map<String, ListenerState> listeners = new ConcurrentHashMap<>();
    private final AtomicLong connected = new AtomicLong();
    private final AtomicInteger sessionNumbers = new AtomicInteger();
    private final AtomicLong connectedMax = new AtomicLong();
    private final AtomicLong willBytes = new AtomicLong();
    private volatile BrokerOptions options;
    private volatile List<ShardContext> shards = List.of();
    private volatile boolean stopping;
    private final List<Wiretap> wiretaps = new CopyOnWriteArrayList<>();
    private volatile Review lastReview = Review.NONE;

    public Core(
            Authenticator authenticator,
            Authorizer authorizer,
            BrokerEvents events,
            RandomGenerator random,
            @Nullable PublishTracing tracing,
            BrokerOptions options) {
        this.authenticator = authenticator;
        this.authorizer = authorizer;
        this.events = events;
        this.random = random;
        this.tracing = tracing;
        this.options = options;
        this.retained = new RetainedStore(
                () -> this.options.messages(), () -> this.options.abuse().retainedPerClientMax());
    }

    /** Once, before the first connection. */
    public void start(List<ShardContext> contexts) {
        shards = List.copyOf(contexts);
    }

    Authenticator authenticator() {
        return authenticator;
    }

    Authorizer authorizer() {
        return authorizer;
    }

    BrokerEvents events() {
        return events;
    }

    /** Who follows messages, null for nobody. */
    @Nullable
    PublishTracing tracing() {
        return tracing;
    }

    public SubscriptionIndex index() {
        return index;
    }

    public SessionRegistry registry() {
        return registry;
    }

    public RetainedStore retained() {
        return retained;
    }

    public BrokerOptions options() {
        return options;
    }

    public void options(BrokerOptions replacement) {
        options = replacement;
    }

    /** The shards' worlds by index. */
    public List<ShardContext> shards() {
        return shards;
    }

    ShardContext context(Shard shard) {
        return shards.get(shard.index());
    }

    /** Adds a listener, or changes the options of a known one. */
    public void listener(ListenerOptions listener) {
        listeners.computeIfAbsent(listener.name(), name -> new ListenerState()).options(listener);
    }

    ListenerState listener(String name) {
        ListenerState state = listeners.get(name);
        if (state == null) {
            throw new IllegalStateException("the core was never told of listener " + name);
        }
        return state;
    }

    /** The connections of a listener at this moment; 0 where the core was never told of it. */
    public long connections(String name) {
        ListenerState state = listeners.get(name);
        return state == null ? 0 : state.connections().get();
    }

    /** From now on no CONNECT is accepted any more. */
    public void stopping() {
        stopping = true;
    }

    /** From now on these are the clients that may stay. */
    synchronized Review review(Function<Principal, Optional<String>> whyGone) {
        Review next = new Review(lastReview.number() + 1, whyGone);
        lastReview = next;
        return next;
    }

    Review lastReview() {
        return lastReview;
    }

    /** Those who listen to connections. */
    List<Wiretap> wiretaps() {
        return wiretaps;
    }

    boolean isStopping() {
        return stopping;
    }

    int newSessionNumber() {
        return sessionNumbers.incrementAndGet();
    }

    void clientConnected() {
        long now = connected.incrementAndGet();
        connectedMax.accumulateAndGet(now, Math::max);
    }

    void clientGone() {
        connected.decrementAndGet();
    }

    /** Weight of all wills; the one who holds a will keeps it right. */
    AtomicLong willBytes() {
        return willBytes;
    }

    public long connected() {
        return connected.get();
    }

    public long connectedMax() {
        return connectedMax.get();
    }

    /** Whether what waits in memory weighs more than the limit allows. */
    boolean isOverloaded() {
        long sum = 0;
        for (ShardContext context : shards) {
            sum += context.shard().backlog().memoryBytes();
        }
        return sum > options.messages().memoryBytesMax();
    }

    public long backlogBytes() {
        long sum = 0;
        for (ShardContext context : shards) {
            sum += context.shard().backlog().bytes();
        }
        return sum;
    }

    public long backlogMessages() {
        long sum = 0;
        for (ShardContext context : shards) {
            sum += context.shard().backlog().messages();
        }
        return sum;
    }

    /** A client id that nobody has [MQTT-3.1.3-6] [MQTT-3.2.2-16]. */
    String newClientId() {
        byte[] bytes = new byte[10];
        random.nextBytes(bytes);
        return "auto-" + HexFormat.of().formatHex(bytes);
    }

    /** A listener's options as they stand, and how many connections it has. */
    static final class ListenerState {
        private final AtomicLong connections = new AtomicLong();
        private volatile ListenerOptions options = new ListenerOptions("", 0, Optional.empty());

        void options(ListenerOptions replacement) {
            options = replacement;
        }

        ListenerOptions options() {
            return options;
        }

        AtomicLong connections() {
            return connections;
        }
    }
}
