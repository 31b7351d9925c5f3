package io.dunlin.server.control;

import io.dunlin.broker.admin.SessionView;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.session.SessionCard;
import io.dunlin.broker.session.SessionFigures;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.security.login.Login;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A client and its session as a row of a list, under the names that scripts for MQTT brokers know. Times in UTC; what is not known, as
 * of a session of an earlier run of the broker, is null.
 *
 * @param protoVer 3 for MQTT 3.1, 4 for 3.1.1, 5 for 5.0
 * @param expiryInterval seconds that the session outlives its connection, 4294967295 for ever
 * @param tls the version of TLS, null without
 * @param source which source of logins let it in
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SessionRow(
        String clientid,
        @Nullable String username,
        boolean connected,
        @Nullable String ipAddress,
        @Nullable Integer port,
        @Nullable String listener,
        @Nullable String transport,
        @Nullable String tls,
        @Nullable Integer protoVer,
        int keepalive,
        boolean cleanStart,
        long expiryInterval,
        @Nullable Instant createdAt,
        @Nullable Instant connectedAt,
        @Nullable Instant disconnectedAt,
        int subscriptionsCnt,
        int inflightCnt,
        int inflightMax,
        int mqueueLen,
        int mqueueMax,
        long mqueueBytes,
        long mqueueDropped,
        int awaitingRelCnt,
        long recvMsg,
        long sendMsg,
        long recvOct,
        long sendOct,
        String source,
        List<String> roles,
        List<String> groups) {
    static final Comparator<SessionView> BY_ID = Comparator.comparing(SessionView::clientId);

    static SessionRow of(SessionView view, SessionFigures figures) {
        SessionCard card = view.card();
        ConnectionInfo connection = card.connection();
        Login login = Login.of(view.principal());
        int version = version(card.version());
        return new SessionRow(
                view.clientId(),
                view.principal().username(),
                card.connected(),
                connection == null ? null : address(card),
                connection != null && connection.peer() instanceof InetSocketAddress inet ? inet.getPort() : null,
                connection == null ? null : connection.listener(),
                connection == null ? null : connection.transport(),
                connection == null || connection.tls() == null
                        ? null
                        : connection.tls().protocol(),
                version == 0 ? null : version,
                card.keepAliveSeconds(),
                card.cleanStart(),
                card.expirySeconds(),
                instant(card.createdWallMillis()),
                instant(card.connectedWallMillis()),
                card.connected() ? null : instant(card.disconnectedWallMillis()),
                figures.subscriptions(),
                figures.inFlight(),
                card.inFlightMax(),
                figures.queued(),
                figures.queuedMax(),
                figures.queuedBytes(),
                figures.dropped(),
                figures.awaitingRelease(),
                figures.messagesIn(),
                figures.messagesOut(),
                figures.bytesIn(),
                figures.bytesOut(),
                login.source(),
                login.roles().stream().sorted().toList(),
                login.groups().stream().sorted().toList());
    }

    private static @Nullable Instant instant(long wallMillis) {
        return wallMillis == 0 ? null : Instant.ofEpochMilli(wallMillis);
    }

    /** 0 where it is not known. */
    static int version(@Nullable ProtocolVersion version) {
        return switch (version) {
            case null -> 0;
            case V3_1 -> 3;
            case V3_1_1 -> 4;
            case V5 -> 5;
        };
    }

    /** Without its port, which says nothing about who it is; empty where there was no connection. */
    static String address(SessionCard card) {
        ConnectionInfo connection = card.connection();
        return connection == null ? "" : address(connection.peer());
    }

    static String address(SocketAddress peer) {
        if (peer instanceof InetSocketAddress inet) {
            return inet.getAddress() == null
                    ? inet.getHostString()
                    : inet.getAddress().getHostAddress();
        }
        return "local";
    }

    /** What can be sorted by. Figures are taken as they were a moment ago. */
    static Map<String, Comparator<SessionView>> orders() {
        Map<String, Comparator<SessionView>> orders = new TreeMap<>();
        orders.put("clientid", BY_ID);
        orders.put(
                "username",
                Comparator.comparing(
                        view -> Objects.requireNonNullElse(view.principal().username(), "")));
        orders.put("ip_address", Comparator.comparing(view -> address(view.card())));
        orders.put(
                "listener",
                Comparator.comparing(view -> view.card().connection() == null
                        ? ""
                        : view.card().connection().listener()));
        orders.put("connected", Comparator.comparing(view -> view.card().connected()));
        orders.put("proto_ver", by(view -> version(view.card().version())));
        orders.put("keepalive", by(view -> view.card().keepAliveSeconds()));
        orders.put("expiry_interval", by(view -> view.card().expirySeconds()));
        orders.put("created_at", by(view -> view.card().createdWallMillis()));
        orders.put("connected_at", by(view -> view.card().connectedWallMillis()));
        orders.put("disconnected_at", by(view -> view.card().disconnectedWallMillis()));
        orders.put("subscriptions_cnt", by(view -> view.glance().subscriptions()));
        orders.put("inflight_cnt", by(view -> view.glance().inFlight()));
        orders.put("mqueue_len", by(view -> view.glance().queued()));
        orders.put("mqueue_bytes", by(view -> view.glance().queuedBytes()));
        orders.put("mqueue_dropped", by(view -> view.glance().dropped()));
        orders.put("recv_msg", by(view -> view.glance().messagesIn()));
        orders.put("send_msg", by(view -> view.glance().messagesOut()));
        orders.put("recv_oct", by(view -> view.glance().bytesIn()));
        orders.put("send_oct", by(view -> view.glance().bytesOut()));
        return orders;
    }

    private static Comparator<SessionView> by(ToLongFunction<SessionView> field) {
        return Comparator.comparingLong(field);
    }
}
