package io.dunlin.broker;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.PublishTracing;
import io.dunlin.broker.port.ShardExecutor;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the outside gives to the core.
 *
 * @param random makes assigned client ids; seeded in tests, secure in production; used from any shard
 * @param tracing who follows messages, null for nobody
 */
public record BrokerPorts(
        List<ShardExecutor> shards,
        Clock clock,
        Journal journal,
        Authenticator authenticator,
        Authorizer authorizer,
        BrokerEvents events,
        RandomGenerator random,
        @Nullable PublishTracing tracing) {
    /** Where nobody follows messages. */
    public BrokerPorts(
            List<ShardExecutor> shards,
            Clock clock,
            Journal journal,
            Authenticator authenticator,
            Authorizer authorizer,
            BrokerEvents events,
            RandomGenerator random) {
        this(shards, clock, journal, authenticator, authorizer, events, random, null);
    }
}
