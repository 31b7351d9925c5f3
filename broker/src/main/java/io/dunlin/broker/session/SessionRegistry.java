package io.dunlin.broker.session;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which session a client id has, and so on which shard it lives. Shared by all shards: any thread looks up; a session is put
 * in and taken out by the shard that it belongs to, and there is never more than one for a client id.
 */
public final class SessionRegistry {
    private final ConcurrentHashMap<String, Session> sessions = new ConcurrentHashMap<>();

    @Nullable
    Session find(String clientId) {
        return sessions.get(clientId);
    }

    /** The session of a client id. Thread: any. */
    public Optional<Session> session(String clientId) {
        return Optional.ofNullable(find(clientId));
    }

    /** Puts the session in, unless there is one for its client id: then that one is the answer. */
    @Nullable
    Session claim(Session session) {
        return sessions.putIfAbsent(session.clientId(), session);
    }

    void release(Session session) {
        sessions.remove(session.clientId(), session);
    }

    public int size() {
        return sessions.size();
    }

    /** All sessions, weakly consistent; each may be touched on its own shard only. */
    public Iterable<Session> all() {
        return sessions.values();
    }
}
