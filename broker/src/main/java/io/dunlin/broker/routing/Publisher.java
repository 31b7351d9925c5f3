package io.dunlin.broker.routing;

import io.dunlin.broker.shard.Shard;

/** Where a message comes from, as the router sees it. */
public interface Publisher {
    Shard shard();

    /** A receiver cannot keep up: publish less for a moment. Thread: its shard. */
    void slowDown();
}
