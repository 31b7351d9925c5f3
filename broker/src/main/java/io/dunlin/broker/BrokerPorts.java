package io.dunlin.broker;

import io.dunlin.broker.port.Authenticator;
import io.dunlin.broker.port.Authorizer;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.ShardExecutor;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What the outside gives to the core.
 *
 * @param random makes assigned client ids; seeded in tests, secure in production; used from any shard
 */
public record BrokerPorts(
        List<ShardExecutor> shards,
        Clock clock,
        Journal journal,
        Authenticator authenticator,
        Authorizer authorizer,
        BrokerEvents events,
        RandomGenerator random) {}
