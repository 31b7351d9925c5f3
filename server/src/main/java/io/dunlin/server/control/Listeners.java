package io.dunlin.server.control;

import io.dunlin.security.audit.Actor;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The listeners of a running broker. What is stopped here stays so until it is started or the broker restarts, also where the
 * configuration is read again. Thread: any but the shards; waits for them.
 */
public final class Listeners {
    private final Doors doors;
    private final Changes changes;

    public Listeners(Doors doors, Changes changes) {
        this.doors = doors;
        this.changes = changes;
    }

    /** The listeners as the broker has them. Thread: any but the shards. */
    public interface Doors {
        List<Door> all();

        /** @throws CommandFailed where there is none of this name, or it cannot be opened */
        void start(String name);

        /**
         * Closes it and ends the connections that came through it.
         *
         * @throws CommandFailed where there is none of this name
         */
        void stop(String name);
    }

    /**
     * A listener.
     *
     * @param id its name in the configuration
     * @param type tcp, tls, ws or wss
     * @param url as clients write it, null while it is closed
     * @param currentConnections with those that have not logged in yet
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Door(
            String id,
            String type,
            String bind,
            @Nullable String url,
            boolean running,
            long currentConnections,
            int maxConnections,
            boolean anonymous) {
        private static final Comparator<Door> BY_ID = Comparator.comparing(Door::id);
        private static final Map<String, Comparator<Door>> ORDERS = Map.of(
                "id", BY_ID,
                "type", Comparator.comparing(Door::type),
                "running", Comparator.comparing(Door::running),
                "current_connections", Comparator.comparingLong(Door::currentConnections));
    }

    /** Adds the commands {@code listeners.*}. */
    public void addTo(ControlCommands commands) {
        commands.add("listeners.list", this::list)
                .add("listeners.start", request -> change(request, "listener.started", doors::start))
                .add("listeners.stop", request -> change(request, "listener.stopped", doors::stop))
                .add(
                        "listeners.restart",
                        request -> change(request, "listener.restarted", id -> {
                            doors.stop(id);
                            doors.start(id);
                        }));
    }

    private Listed<Door> list(Request request) {
        return Listed.of(request, doors.all(), Listed.order(request, Door.ORDERS, Door.BY_ID));
    }

    private Door change(Request request, String event, Consumer<String> what) {
        String id = request.text("id");
        Actor who = request.who();
        return changes.change(who, event, Map.of("listener", id), () -> {
            what.accept(id);
            return doors.all().stream()
                    .filter(door -> door.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> CommandFailed.notFound("there is no listener " + id + " any more"));
        });
    }
}
