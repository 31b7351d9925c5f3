package io.dunlin.broker.port;

/** The core's door: transports bring each new connection here, after TLS, WebSocket and PROXY handshakes are done. */
public interface Acceptor {
    /** Thread: the given shard, which owns the connection. */
    ConnectionEvents accepted(Connection connection, ShardExecutor shard);
}
