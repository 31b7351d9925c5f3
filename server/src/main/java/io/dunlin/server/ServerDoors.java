package io.dunlin.server;

import io.dunlin.broker.admin.Views;
import io.dunlin.server.config.ListenerSettings;
import io.dunlin.server.control.CommandFailed;
import io.dunlin.server.control.Listeners;
import io.dunlin.transport.TransportException;
import java.util.List;
import java.util.Locale;

/** The listeners of a server, to be looked at, opened and closed one by one. Thread: any but the shards. */
final class ServerDoors implements Listeners.Doors {
    private final OpenListeners listeners;
    private final Views views;

    ServerDoors(OpenListeners listeners, Views views) {
        this.listeners = listeners;
        this.views = views;
    }

    @Override
    public List<Listeners.Door> all() {
        return listeners.all().stream().map(this::door).toList();
    }

    private Listeners.Door door(OpenListeners.Entry entry) {
        ListenerSettings settings = entry.settings();
        boolean open = entry.isOpen();
        return new Listeners.Door(
                entry.name(),
                settings.type().name().toLowerCase(Locale.ROOT),
                settings.bind().toString(),
                open ? entry.url() : null,
                open,
                views.connections(entry.name()),
                settings.maxConnections(),
                entry.isAnonymous());
    }

    @Override
    public void start(String name) {
        try {
            listeners.start(name);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.notFound(String.valueOf(e.getMessage()));
        } catch (TransportException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void stop(String name) {
        try {
            listeners.stop(name);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.notFound(String.valueOf(e.getMessage()));
        }
    }
}
