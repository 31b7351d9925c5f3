package io.dunlin.server.control;

import io.dunlin.broker.Broker;
import io.dunlin.broker.port.ClientView;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.audit.Actor;
import io.dunlin.security.login.Login;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The clients of a running broker. Thread: any but the shards; waits for them. */
public final class Clients {
    private static final long PATIENCE_SECONDS = 10;

    private final Broker broker;
    private final Changes changes;

    public Clients(Broker broker, Changes changes) {
        this.broker = broker;
        this.changes = changes;
    }

    /**
     * A connected client.
     *
     * @param username null for an anonymous one
     * @param address without its port, which says nothing about who it is
     * @param tls the version of TLS, null without
     * @param since when it connected
     * @param source the source of logins that let it in
     */
    public record Client(
            String clientId,
            @Nullable String username,
            String address,
            String listener,
            String version,
            @Nullable String tls,
            Instant since,
            int subscriptions,
            String source,
            List<String> roles,
            List<String> groups) {}

    /** @param total how many there are, of which the list holds the first */
    public record Listing(int total, List<Client> clients) {}

    /** What became of a client. */
    public record Kicked(String clientId) {}

    /**
     * Those that are connected, by client id.
     *
     * @param user only those of this user, where given
     * @param max at most so many
     */
    public Listing list(Optional<String> user, int max) {
        List<Client> all = views().stream()
                .filter(view ->
                        user.isEmpty() || user.get().equals(view.principal().username()))
                .map(Clients::client)
                .sorted(Comparator.comparing(Client::clientId))
                .toList();
        return new Listing(all.size(), all.subList(0, Math.min(max, all.size())));
    }

    /** @throws CommandFailed where it is not connected */
    public ClientView find(String clientId) {
        return views().stream()
                .filter(view -> view.principal().clientId().equals(clientId))
                .findFirst()
                .orElseThrow(() -> new CommandFailed("no client " + clientId + " is connected"));
    }

    private List<ClientView> views() {
        return await(broker.clients());
    }

    /**
     * Ends the connection of a client; it may come again.
     *
     * @throws CommandFailed where it is not connected
     */
    public Kicked kick(Actor who, String clientId) {
        return changes.change(who, "client.kicked", Map.of("client", clientId), () -> {
            boolean connected = await(broker.disconnect(
                    clientId, ReasonCode.ADMINISTRATIVE_ACTION, "an administrator ended the connection"));
            if (!connected) {
                throw new CommandFailed("no client " + clientId + " is connected");
            }
            return new Kicked(clientId);
        });
    }

    private static Client client(ClientView view) {
        Login login = Login.of(view.principal());
        return new Client(
                view.principal().clientId(),
                view.principal().username(),
                address(view.connection().peer()),
                view.connection().listener(),
                version(view.version()),
                view.connection().tls() == null ? null : view.connection().tls().protocol(),
                Instant.ofEpochMilli(view.connectedWallMillis()),
                view.subscriptions(),
                login.source(),
                login.roles().stream().sorted().toList(),
                login.groups().stream().sorted().toList());
    }

    private static String version(ProtocolVersion version) {
        return switch (version) {
            case V3_1 -> "3.1";
            case V3_1_1 -> "3.1.1";
            case V5 -> "5.0";
        };
    }

    static String address(SocketAddress peer) {
        if (peer instanceof InetSocketAddress inet) {
            return inet.getAddress() == null
                    ? inet.getHostString()
                    : inet.getAddress().getHostAddress();
        }
        return "local";
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("the broker is stopping");
        } catch (TimeoutException e) {
            throw new CommandFailed("the broker did not answer within " + PATIENCE_SECONDS + " s, see its log");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
