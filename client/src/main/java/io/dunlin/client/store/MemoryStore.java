package io.dunlin.client.store;

import io.dunlin.protocol.packet.Publish;

/**
 * Keeps nothing: the session itself holds what is under way, and all of it ends with the process. The choice where no file is
 * wanted.
 */
public final class MemoryStore implements SessionStore {
    private long lastToken;

    @Override
    public Recovered open(String clientId) {
        return Recovered.NOTHING;
    }

    @Override
    public long add(Publish message) {
        return ++lastToken;
    }

    @Override
    public void sent(long token, int packetId) {}

    @Override
    public void released(long token) {}

    @Override
    public void unsent(long token) {}

    @Override
    public void remove(long token) {}

    @Override
    public void received(int packetId) {}

    @Override
    public void receivedDone(int packetId) {}

    @Override
    public void sessionLost() {}

    @Override
    public void close() {}
}
