package io.dunlin.broker.session;

import io.dunlin.broker.shard.Happening;
import io.dunlin.broker.shard.Shard;
import java.util.Locale;

/** The life of a session in words, for the recorder. Thread: the shard. */
final class Narration {
    private Narration() {}

    /** Tells the recorder and all others of a client that was let in. */
    static void connected(Session session, Link link, Arrival arrival, boolean resumed) {
        String version =
                link.version().name().toLowerCase(Locale.ROOT).substring(1).replace('_', '.');
        String whence = "MQTT " + version + " from " + link.connection().info().peer() + " on listener "
                + link.connection().info().listener() + (resumed ? ", resumes its session" : ", with a new session");
        session.shard().recorder().note(Happening.CONNECTED, session.clientId(), "", whence);
        session.context()
                .core()
                .events()
                .connected(
                        session.principal(),
                        link.connection().info(),
                        link.version(),
                        arrival.connect().cleanStart(),
                        arrival.negotiated().keepAliveSeconds(),
                        session.expirySeconds());
    }

    /** Why a session ends now. */
    static String end(long expirySeconds, long parkedWallMillis, Shard shard) {
        if (expirySeconds == 0) {
            return "it ends with its connection: its session expiry is 0";
        }
        long awaySeconds = (shard.clock().wallMillis() - parkedWallMillis) / 1_000;
        return parkedWallMillis != 0 && awaySeconds >= expirySeconds
                ? "the client was away for longer than the session expiry of " + expirySeconds + " s"
                : "a clean start of its client, or an administrator, ended it";
    }
}
