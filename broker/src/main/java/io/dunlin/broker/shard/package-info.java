/** One event loop's world: its time, its tick, its mail to other shards. */
@NullMarked
package io.dunlin.broker.shard;

import org.jspecify.annotations.NullMarked;
