package io.dunlin.server;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.security.audit.Actor;
import io.dunlin.security.audit.AuditEntry;
import io.dunlin.security.audit.AuditLog;
import io.dunlin.security.login.Login;
import io.dunlin.server.control.ImportantTopicsWatch;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;

/**
 * Tells the audit log what was decided about clients, and the rest of the server everything. What a client can cause as often as it likes
 * becomes an entry and then a number. Thread: the shards; never blocks.
 */
final class AuditedEvents implements BrokerEvents {
    private final BrokerEvents next;
    private final AuditLog log;
    private final ImportantTopicsWatch watch;

    AuditedEvents(BrokerEvents next, AuditLog log, ImportantTopicsWatch watch) {
        this.next = next;
        this.log = log;
        this.watch = watch;
    }

    @Override
    public void connected(
            Principal principal,
            ConnectionInfo connection,
            ProtocolVersion version,
            boolean cleanStart,
            int keepAliveSeconds,
            long sessionExpirySeconds) {
        Login login = Login.of(principal);
        if (login.superuser()) {
            log.write(entry(
                            "login.administrator",
                            principal,
                            "address",
                            host(connection.peer()),
                            "listener",
                            connection.listener(),
                            "source",
                            login.source())
                    .cut()); // each of them, since no client that is kept out can cause it
        }
        next.connected(principal, connection, version, cleanStart, keepAliveSeconds, sessionExpirySeconds);
    }

    @Override
    public void disconnected(Principal principal, ReasonCode reason, String message) {
        if (reason == ReasonCode.NOT_AUTHORIZED) {
            log.writeSeldom(
                    "ended " + principal.clientId(),
                    entry("client.ended", principal, "reason", text(reason), "why", message));
        }
        next.disconnected(principal, reason, message);
    }

    @Override
    public void subscribed(Principal principal, String filter, QoS granted) {
        if (granted == QoS.AT_MOST_ONCE) {
            watch.subscribed(principal, filter);
        }
        next.subscribed(principal, filter, granted);
    }

    @Override
    public void unsubscribed(Principal principal, String filter) {
        next.unsubscribed(principal, filter);
    }

    @Override
    public void refused(ConnectionInfo connection, String clientId, ReasonCode reason, String message) {
        if (isAboutLogin(reason)) {
            String address = host(connection.peer());
            log.writeSeldom(
                    "refused " + address + " " + reason,
                    AuditEntry.of(
                            "login.refused",
                            Actor.BROKER,
                            "client",
                            clientId,
                            "address",
                            address,
                            "listener",
                            connection.listener(),
                            "reason",
                            text(reason),
                            "why",
                            message));
        }
        next.refused(connection, clientId, reason, message);
    }

    /** Other refusals, of broken packets above all, are for the log alone. */
    private static boolean isAboutLogin(ReasonCode reason) {
        return reason == ReasonCode.BAD_USER_NAME_OR_PASSWORD
                || reason == ReasonCode.NOT_AUTHORIZED
                || reason == ReasonCode.BANNED
                || reason == ReasonCode.BAD_AUTHENTICATION_METHOD
                || reason == ReasonCode.CONNECTION_RATE_EXCEEDED;
    }

    @Override
    public void denied(Principal principal, Action action, String topic) {
        log.writeSeldom(
                "denied " + action.kind() + " " + principal.clientId(),
                entry(
                        "denied",
                        principal,
                        "action",
                        action.kind().name().toLowerCase(Locale.ROOT),
                        "qos",
                        action.qos().value(),
                        "retain",
                        action.retain(),
                        "topic",
                        topic));
        next.denied(principal, action, topic);
    }

    private static AuditEntry entry(String event, Principal principal, Object... more) {
        Object[] fields = new Object[4 + more.length];
        fields[0] = "client";
        fields[1] = principal.clientId();
        fields[2] = "user";
        fields[3] = principal.username() == null ? "" : principal.username();
        System.arraycopy(more, 0, fields, 4, more.length);
        return AuditEntry.of(event, Actor.BROKER, fields);
    }

    private static String text(ReasonCode reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String host(SocketAddress peer) {
        if (peer instanceof InetSocketAddress inet) {
            return inet.getAddress() == null
                    ? inet.getHostString()
                    : inet.getAddress().getHostAddress();
        }
        return "local";
    }
}
