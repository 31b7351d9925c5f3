package io.dunlin.broker;

import io.dunlin.broker.admin.StallDetector;
import io.dunlin.broker.admin.Totals;
import io.dunlin.broker.admin.Views;
import io.dunlin.broker.admin.Why;
import io.dunlin.broker.port.Acceptor;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionEvents;
import io.dunlin.broker.port.Counters;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.LatencyHistogram;
import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.broker.port.Sink;
import io.dunlin.broker.port.Wiretap;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.broker.routing.Router;
import io.dunlin.broker.session.Checkpoints;
import io.dunlin.broker.session.Connections;
import io.dunlin.broker.session.Core;
import io.dunlin.broker.session.Replay;
import io.dunlin.broker.session.Restart;
import io.dunlin.broker.session.ShardContext;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.packet.ReasonCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The core as the outside sees it. Thread: any, where a method does not say otherwise. */
public final class Broker implements Acceptor {
    private final Clock clock;
    private final Journal journal;
    private final Counters counters;
    private final List<Shard> shards;
    private final Core core;
    private final Connections connections;
    private final Views views;
    private final Why why;

    public Broker(BrokerPorts ports, BrokerOptions options) {
        clock = ports.clock();
        journal = ports.journal();
        counters = new Counters(ports.shards().size());
        List<Shard> made = new ArrayList<>();
        for (ShardExecutor executor : ports.shards()) {
            made.add(new Shard(executor, ports.clock(), counters.row(executor.index()), ports.journal()));
        }
        shards = List.copyOf(made);
        core = new Core(
                ports.authenticator(), ports.authorizer(), ports.events(), ports.random(), ports.tracing(), options);
        List<ShardContext> contexts = new ArrayList<>();
        for (Shard shard : shards) {
            Router router = new Router(
                    shard, shards, core.index(), () -> core.options().features().sharedStrategy());
            contexts.add(new ShardContext(core, shard, router));
        }
        core.start(contexts);
        connections = new Connections(core);
        views = new Views(core);
        why = new Why(core, shards, clock);
    }

    /**
     * Takes the shards into service with what the journal has from an earlier run; once, before the first connection. Blocks while
     * the journal is read. Thread: none of the shards.
     *
     * @return done when all sessions are back: only then may connections come
     */
    public CompletionStage<Void> start() {
        for (ShardContext context : core.shards()) {
            context.shard().execute("the start", () -> {
                context.shard().start(shards);
                connections.sweepRetained(context);
            });
        }
        Replay replay = new Replay(core.retained());
        journal.recover(replay);
        return new Restart(core).restore(replay).thenRun(() -> journal.checkpointsFrom(new Checkpoints(core)));
    }

    /** From now on; what was negotiated with connected clients stays. */
    public void options(BrokerOptions options) {
        core.options(options);
    }

    public BrokerOptions options() {
        return core.options();
    }

    /** Adds a listener's options or replaces those of the same name; before the first connection of that listener. */
    public void listener(ListenerOptions listener) {
        core.listener(listener);
    }

    /** Closes all connections of a listener with this reason. The transport must have stopped accepting there. */
    public CompletionStage<Void> disconnectAll(String listener, ReasonCode reason) {
        return connections.disconnectAll(listener, reason, "the listener was stopped");
    }

    /** Who and what there is, for administrators. */
    public Views views() {
        return views;
    }

    /** Ends the connection of one client; its session stays as its expiry says. True where it was connected. */
    public CompletionStage<Boolean> disconnect(String clientId, ReasonCode reason, String message) {
        return connections.disconnect(clientId, reason, message);
    }

    /**
     * Users or rights have changed: holds every connected client against those of now. Who may not stay is disconnected with
     * NOT_AUTHORIZED, and so is who lost a subscription; sessions without a connection lose it when they get one.
     *
     * @param whyGone says of a client why it may not stay, empty where it may; called on the shards, must not block
     */
    public CompletionStage<Void> review(Function<Principal, Optional<String>> whyGone) {
        return connections.review(whyGone);
    }

    @Override
    public ConnectionEvents accepted(Connection connection, ShardExecutor shard) {
        return connections.accepted(connection, shard);
    }

    /** Publishes in the name of the broker: stored as retained where the message says so, and routed. */
    public void publish(Message message) {
        ShardContext context = core.shards().get(0);
        context.shard().execute("a message of the broker", () -> context.publish(null, message));
    }

    public void addSink(Sink sink) {
        core.index().add(sink);
    }

    public void removeSink(Sink sink) {
        core.index().remove(sink);
    }

    public Counters counters() {
        return counters;
    }

    /** How long acknowledgements at this level have waited for the journal, of all shards. */
    public LatencyHistogram answerTimes(Durability level) {
        LatencyHistogram sum = new LatencyHistogram();
        shards.forEach(shard -> sum.add(shard.deferredAcks().times(level)));
        return sum;
    }

    /**
     * How long messages take from the read of their PUBLISH until their copies are handed to the receivers' sockets, as measured on
     * some of them, of all shards.
     */
    public LatencyHistogram deliveryTimes() {
        LatencyHistogram sum = new LatencyHistogram();
        shards.forEach(shard -> sum.add(shard.deliveryTimes().times()));
        return sum;
    }

    /** How long messages were in queues before they went to their clients, of all shards. */
    public LatencyHistogram queueAges() {
        LatencyHistogram sum = new LatencyHistogram();
        shards.forEach(shard -> sum.add(shard.backlog().ages()));
        return sum;
    }

    public Totals totals() {
        RetainedStore.Counts retained = core.retained().counts();
        return new Totals(
                core.connected(),
                core.connectedMax(),
                core.registry().size(),
                core.index().subscriptions(),
                core.index().sharedSubscriptions(),
                retained.messages(),
                retained.bytes(),
                core.backlogMessages(),
                core.backlogBytes());
    }

    /** Why clients got messages or not, and what happened to them. */
    public Why why() {
        return why;
    }

    /** Lets somebody listen to the packets of connections; done when it listens. */
    public CompletionStage<Void> tap(Wiretap wiretap) {
        return connections.tap(wiretap);
    }

    /** Ends that; done when it is told nothing more. */
    public CompletionStage<Void> untap(Wiretap wiretap) {
        return connections.untap(wiretap);
    }

    /** Watches this broker's shards. */
    public StallDetector stallDetector(Duration stallMin) {
        return new StallDetector(shards, clock, stallMin.toNanos());
    }

    /** Ends all connections with SERVER_SHUTTING_DOWN and takes no more; done when the last one was told. */
    public CompletionStage<Void> stop() {
        core.stopping();
        return connections.disconnectAll(null, ReasonCode.SERVER_SHUTTING_DOWN, "the broker is stopping");
    }
}
