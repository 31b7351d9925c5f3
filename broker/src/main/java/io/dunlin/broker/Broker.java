package io.dunlin.broker;

import io.dunlin.broker.admin.Totals;
import io.dunlin.broker.port.Acceptor;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionEvents;
import io.dunlin.broker.port.Counters;
import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.broker.port.Sink;
import io.dunlin.protocol.packet.ReasonCode;
import java.util.concurrent.CompletionStage;

/** The core as the outside sees it. Thread: any, where a method does not say otherwise. */
public final class Broker implements Acceptor {
    public Broker(BrokerPorts ports, BrokerOptions options) {
        throw new UnsupportedOperationException("contract only, for a few minutes");
    }

    /** Takes the shards into service; once, before the first connection. */
    public void start() {}

    /** From now on; what was negotiated with connected clients stays. */
    public void options(BrokerOptions options) {}

    public BrokerOptions options() {
        throw new UnsupportedOperationException();
    }

    /** Adds a listener's options or replaces those of the same name; before the first connection of that listener. */
    public void listener(ListenerOptions listener) {}

    /** Closes all connections of a listener with this reason. The transport must have stopped accepting there. */
    public CompletionStage<Void> disconnectAll(String listener, ReasonCode reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConnectionEvents accepted(Connection connection, ShardExecutor shard) {
        throw new UnsupportedOperationException();
    }

    /** Publishes in the name of the broker: stored as retained where the message says so, and routed. */
    public void publish(Message message) {}

    public void addSink(Sink sink) {}

    public void removeSink(Sink sink) {}

    public Counters counters() {
        throw new UnsupportedOperationException();
    }

    public Totals totals() {
        throw new UnsupportedOperationException();
    }

    /** Ends all connections with SERVER_SHUTTING_DOWN and takes no more; done when the last one is closed. */
    public CompletionStage<Void> stop() {
        throw new UnsupportedOperationException();
    }
}
