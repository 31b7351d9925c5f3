package io.dunlin.server.sys;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.ClientLimit;
import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Principal;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import io.dunlin.security.guard.Notices;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log and the topics {@code $SYS/brokers/<node>/clients/<id>/...} what happens to clients, on a thread of its own:
 * the shards only put it into a bounded queue. What does not fit is counted and told as a number. Thread: any.
 */
public final class ClientEvents implements BrokerEvents, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dunlin.clients");
    private static final int WAITING_MAX = 8_192;
    private static final long CLOSE_MILLIS_MAX = 1_000;

    private final String prefix;
    private final Clock clock;
    private final Notices notices;
    private final BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile Consumer<Message> publish = message -> {};
    private volatile boolean logged;
    private volatile boolean published;
    private volatile boolean closed;

    /**
     * @param node the level of the topic that names this broker
     * @param notices the log of what was refused
     */
    public ClientEvents(String node, Clock clock, Notices notices) {
        this.notices = notices;
        this.prefix = "$SYS/brokers/" + node + "/clients/";
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("client-events").daemon().start(this::run);
    }

    /** Where the messages go from now on. */
    public void publishTo(Consumer<Message> target) {
        publish = target;
    }

    /** What is told from now on. */
    public void tell(boolean toLog, boolean toTopics) {
        logged = toLog;
        published = toTopics;
    }

    @Override
    public void connected(
            Principal principal,
            ConnectionInfo connection,
            ProtocolVersion version,
            boolean cleanStart,
            int keepAliveSeconds,
            long sessionExpirySeconds) {
        long now = clock.wallMillis();
        tell(() -> {
            if (logged) {
                LOG.info(
                        "{} connected from {} to listener {} ({}, MQTT {}{}, keep alive {} s, session expiry {} s{})",
                        Notices.line(principal.clientId()),
                        peer(connection.peer()),
                        connection.listener(),
                        connection.transport(),
                        versionText(version),
                        cleanStart ? ", clean start" : "",
                        keepAliveSeconds,
                        sessionExpirySeconds,
                        user(principal));
            }
            publish(
                    principal,
                    "connected",
                    () -> fields(principal, now)
                            .text("ipaddress", host(connection.peer()))
                            .text("proto_name", version.protocolName())
                            .number("proto_ver", version.level())
                            .flag("clean_start", cleanStart)
                            .number("keepalive", keepAliveSeconds)
                            .number("expiry_interval", sessionExpirySeconds)
                            .number("connack", 0)
                            .number("connected_at", now));
        });
    }

    @Override
    public void disconnected(Principal principal, ReasonCode reason, String message) {
        long now = clock.wallMillis();
        tell(() -> {
            if (logged) {
                LOG.info("{} disconnected: {} ({})", Notices.line(principal.clientId()), message, reason);
            }
            publish(
                    principal,
                    "disconnected",
                    () -> fields(principal, now)
                            .text("reason", reason.name().toLowerCase(Locale.ROOT))
                            .number("disconnected_at", now));
        });
    }

    @Override
    public void subscribed(Principal principal, String filter, QoS granted) {
        if (published) {
            long now = clock.wallMillis();
            tell(() -> publish(
                    principal,
                    "subscribed",
                    () -> fields(principal, now)
                            .text("topic", filter)
                            .number("qos", granted.value())
                            .text("protocol", "mqtt")));
        }
    }

    @Override
    public void unsubscribed(Principal principal, String filter) {
        if (published) {
            long now = clock.wallMillis();
            tell(() -> publish(
                    principal,
                    "unsubscribed",
                    () -> fields(principal, now).text("topic", filter).text("protocol", "mqtt")));
        }
    }

    @Override
    public void refused(ConnectionInfo connection, String clientId, ReasonCode reason, String message) {
        if (logged) {
            tell(() -> LOG.info(
                    "{} refused from {} at listener {}: {} ({})",
                    clientId.isEmpty() ? "a client" : Notices.line(clientId),
                    peer(connection.peer()),
                    connection.listener(),
                    message,
                    reason));
        }
    }

    @Override
    public void denied(Principal principal, Action action, String topic) {
        if (LOG.isDebugEnabled()) {
            tell(() -> LOG.debug("{} may not {} {}", Notices.line(principal.clientId()), action, Notices.line(topic)));
        }
    }

    @Override
    public void limited(String clientId, ConnectionInfo connection, ClientLimit limit, String message) {
        notices.tell(
                limit.text(),
                clientId.isEmpty() ? host(connection.peer()) : clientId,
                () -> (clientId.isEmpty() ? "a client" : "client " + Notices.shown(clientId)) + " from "
                        + host(connection.peer()) + ": " + Notices.line(message));
    }

    private void tell(Runnable event) {
        if ((logged || published) && !closed && !waiting.offer(event)) {
            lost.incrementAndGet();
        }
    }

    private void run() {
        while (!closed || !waiting.isEmpty()) {
            try {
                waiting.take().run();
                long missed = lost.getAndSet(0);
                if (missed > 0) {
                    LOG.warn("{} events of clients came too fast to be told", missed);
                }
            } catch (InterruptedException e) { // closing: the rest is told, then the loop ends
                closed = true;
            } catch (RuntimeException e) { // one event that cannot be told does not silence the others
                LOG.warn("an event of a client could not be told", e);
            }
        }
    }

    private void publish(Principal principal, String event, Supplier<JsonText> fields) {
        if (published) {
            publish.accept(new Message(
                    TopicName.of(prefix + level(principal.clientId()) + "/" + event),
                    QoS.AT_MOST_ONCE,
                    false,
                    Properties.NONE,
                    fields.get().toString().getBytes(StandardCharsets.UTF_8),
                    "",
                    Message.NEVER));
        }
    }

    private static JsonText fields(Principal principal, long now) {
        JsonText fields = new JsonText().text("clientid", principal.clientId());
        String username = principal.username();
        if (username != null) {
            fields.text("username", username);
        }
        return fields.number("ts", now);
    }

    /** A client id as one topic level: what cannot stand in one is written %2F, %2B, %23, and % itself %25. */
    static String level(String clientId) {
        return clientId.replace("%", "%25")
                .replace("/", "%2F")
                .replace("+", "%2B")
                .replace("#", "%23");
    }

    private static String user(Principal principal) {
        return principal.username() == null ? "" : ", user " + Notices.line(principal.username());
    }

    private static String versionText(ProtocolVersion version) {
        return switch (version) {
            case V3_1 -> "3.1";
            case V3_1_1 -> "3.1.1";
            case V5 -> "5.0";
        };
    }

    private static String peer(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? host(inet) + ":" + inet.getPort() : host(address);
    }

    private static String host(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return inet.getAddress() == null
                    ? inet.getHostString()
                    : inet.getAddress().getHostAddress();
        }
        return address.toString().isEmpty() ? "a local process" : address.toString();
    }

    /** Tells what waits, for a second at most. */
    @Override
    public void close() {
        closed = true;
        waiting.offer(() -> {});
        try {
            thread.join(CLOSE_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
