package io.dunlin.client;

import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.EventLoop;
import io.dunlin.client.transport.OpenFailed;
import io.dunlin.client.transport.Timer;
import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Unsuback;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one address from its first byte to its last: CONNECT, CONNACK, then packets to the session, then the end.
 * All of it runs on the event loop.
 */
final class Attempt implements Link.Events {
    private static final int TOPICS_CACHED = 256;

    /** Hears how it goes, on the event loop. */
    interface Listener {
        /** CONNACK accepts; the session does not know of the connection yet. */
        void onConnected(Attempt attempt, String clientId, Connack connack);

        /** The session goes on over the connection. */
        void onAttached(Attempt attempt, Connack connack);

        /** The last call. @param cause null where this side wanted the end */
        void onEnd(Attempt attempt, @Nullable MqttException cause);
    }

    private final ClientOptions options;
    private final Session session;
    private final String clientId;
    private final boolean cleanStart;
    private final Endpoint endpoint;
    private final EventLoop loop;
    private final Listener listener;
    private final @Nullable Login login;

    private @Nullable Connect connect; // until it is sent
    private volatile @Nullable Link link; // for reauthentication from other threads
    private @Nullable Connection connection;
    private @Nullable MqttException goodbye;
    private @Nullable Timer deadline;
    private @Nullable Runnable onGone;

    Attempt(
            ClientOptions options,
            Session session,
            String clientId,
            boolean cleanStart,
            Endpoint endpoint,
            EventLoop loop,
            Listener listener) {
        this.options = options;
        this.session = session;
        this.clientId = clientId;
        this.cleanStart = cleanStart;
        this.endpoint = endpoint;
        this.loop = loop;
        this.listener = listener;
        Authentication authentication = options.authentication();
        this.login = authentication == null ? null : new Login(authentication, this::send, this::close);
    }

    /**
     * Begins to open the connection.
     *
     * @param helpers where a secret is fetched, which may take its time
     */
    void open(Executor helpers) {
        if (options.password() == null && login == null) {
            open(connect());
            return;
        }
        helpers.execute(() -> {
            try {
                Connect packet = connect();
                loop.execute(() -> open(packet));
            } catch (RuntimeException | Error e) { // of the application's source of secrets
                MqttException failed = e instanceof MqttException known
                        ? known
                        : new ConnectFailed("The login cannot be prepared: " + e.getMessage() + ".", e);
                loop.execute(() -> onEnd(failed));
            }
        });
    }

    private void open(Connect packet) {
        if (onGone != null) {
            onEnd(null);
            return;
        }
        ProtocolVersion version = options.version();
        PacketDecoder decoder =
                new PacketDecoder(PacketDecoder.Role.CLIENT, options.packetBytesMax(), new TopicCache(TOPICS_CACHED));
        decoder.version(version);
        Link opened = new Link(loop, decoder, this, PacketEncoder.encode(Pingreq.INSTANCE, version));
        connect = packet;
        link = opened;
        opened.open(
                endpoint,
                options.network(),
                version == ProtocolVersion.V3_1 ? "mqttv3.1" : "mqtt", // [MQTT-6.0.0-3]
                TimeUnit.MILLISECONDS.toNanos(options.connectTimeoutMillis()));
    }

    @Override
    public void onOpen() {
        Link current = link;
        Connect packet = connect;
        if (current != null && packet != null) {
            send(current, packet); // [MQTT-3.1.0-1]
            connect = null;
            deadline = loop.schedule(
                    TimeUnit.MILLISECONDS.toNanos(options.connectTimeoutMillis()),
                    () -> current.end(
                            new TimedOut("The server did not answer CONNECT in time: does it speak MQTT there?")));
        }
    }

    /** @throws RuntimeException where the options make no packet that can be sent */
    static void check(ClientOptions options, String clientId) {
        PacketEncoder.encode(
                connect(options, clientId, options.cleanStart(), options.connectProperties(), null), options.version());
    }

    private Connect connect() {
        Properties properties =
                login == null ? options.connectProperties() : login.offered(options.connectProperties());
        return connect(options, clientId, cleanStart, properties, password());
    }

    private static Connect connect(
            ClientOptions options,
            String clientId,
            boolean cleanStart,
            Properties properties,
            byte @Nullable [] password) {
        return new Connect(
                options.version(),
                clientId,
                cleanStart,
                options.keepAliveSeconds(),
                properties,
                options.will(),
                options.username(),
                password);
    }

    private byte @Nullable [] password() {
        SecretSource source = options.password();
        try {
            return source == null ? null : source.read();
        } catch (IOException e) {
            throw new ConnectFailed("The password cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Does not wait. */
    CompletableFuture<Void> reauthenticate() {
        return login == null
                ? CompletableFuture.failedFuture(new IllegalStateException(
                        "There is nothing to authenticate with: give the builder an Authentication, and use MQTT 5."))
                : login.again();
    }

    private void send(Packet packet) {
        Link current = link;
        if (current != null) {
            send(current, packet);
        }
    }

    private void close(@Nullable Throwable cause) {
        Link current = link;
        if (current != null) {
            current.end(cause);
        }
    }

    /** Says goodbye after all that waits to be written, and closes; at once where CONNACK has not come. */
    void disconnect(Disconnect disconnect, Runnable gone) {
        onGone = gone;
        Link current = link;
        if (current == null || connection == null) {
            close(null); // without a link, its opening ends it
            return;
        }
        boolean withWill = disconnect.reason() == ReasonCode.DISCONNECT_WITH_WILL;
        if (options.version().hasProperties() || !withWill) {
            send(current, disconnect); // [MQTT-3.14.4-1] [MQTT-3.14.4-2]
        }
        current.closeWhenWritten();
    }

    private void send(Link to, Packet packet) {
        options.onPacket().accept(new PacketTrace(true, packet));
        to.send(PacketEncoder.encode(packet, options.version()), null);
    }

    @Override
    public void onPacket(Packet packet) {
        options.onPacket().accept(new PacketTrace(false, packet));
        Connection current = connection;
        if (packet instanceof Publish publish && current != null) {
            session.onPublish(current, publish);
        } else if (packet instanceof Disconnect disconnect) {
            onDisconnect(disconnect);
        } else if (packet instanceof Auth auth && login != null) {
            login.onAuth(auth);
        } else if (current == null) {
            onFirst(packet);
        } else if (packet instanceof Puback puback) {
            session.onPuback(puback);
        } else if (packet instanceof Pubrec pubrec) {
            session.onPubrec(current, pubrec);
        } else if (packet instanceof Pubrel pubrel) {
            session.onPubrel(current, pubrel);
        } else if (packet instanceof Pubcomp pubcomp) {
            session.onPubcomp(pubcomp);
        } else if (packet instanceof Suback suback) {
            session.onAnswer(suback.packetId(), suback.reasons(), suback.properties());
        } else if (packet instanceof Unsuback unsuback) {
            session.onAnswer(unsuback.packetId(), unsuback.reasons(), unsuback.properties());
        } else if (packet instanceof Pingresp) {
            current.link.pingAnswered();
        } else {
            throw new ProtocolError(
                    ReasonCode.PROTOCOL_ERROR,
                    "the server sent a " + packet.getClass().getSimpleName());
        }
    }

    private void onFirst(Packet packet) {
        Link current = link;
        if (packet instanceof Connack answer && current != null) {
            onConnack(current, answer);
        } else if (packet instanceof Auth) {
            throw new ProtocolError(
                    ReasonCode.BAD_AUTHENTICATION_METHOD, "the server asks for an authentication that was not offered");
        } else {
            throw new ProtocolError(
                    ReasonCode.PROTOCOL_ERROR,
                    "the server sent a " + packet.getClass().getSimpleName() + " before CONNACK");
        }
    }

    private void onConnack(Link current, Connack answer) {
        if (answer.reason() != ReasonCode.SUCCESS) {
            ConnectRefused refused = new ConnectRefused(answer);
            goodbye = refused;
            current.end(refused);
            return;
        }
        if (answer.sessionPresent() && cleanStart) { // [MQTT-3.2.2-4]
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "the server kept a session that was to start clean");
        }
        cancelDeadline();
        if (login != null && !login.onConnack(answer.properties())) {
            return;
        }
        String assigned = answer.properties().text(Property.ASSIGNED_CLIENT_IDENTIFIER);
        ServerLimits limits = ServerLimits.of(answer, options.version(), options.keepAliveSeconds());
        Connection attached = new Connection(current, limits, options);
        connection = attached;
        current.keepAliveSeconds(limits.keepAliveSeconds());
        listener.onConnected(this, assigned == null ? clientId : assigned, answer);
        // MQTT 3.1 does not say whether the server kept the session: it did, as far as one can know.
        boolean assumed = options.version() == ProtocolVersion.V3_1 && !cleanStart;
        session.attach(attached, answer.sessionPresent() || assumed);
        listener.onAttached(this, answer);
    }

    private void cancelDeadline() {
        Timer running = deadline;
        if (running != null) {
            running.cancel();
            deadline = null;
        }
    }

    private void onDisconnect(Disconnect disconnect) {
        Properties properties = disconnect.properties();
        String words = properties.text(Property.REASON_STRING);
        String other = properties.text(Property.SERVER_REFERENCE);
        ConnectionLost said = new ConnectionLost(
                "The server ended the connection: " + disconnect.reason().text()
                        + (words == null ? "" : " (" + words + ")")
                        + (other == null ? "." : "; it names another server: " + other + "."),
                disconnect.reason(),
                other,
                null);
        goodbye = said;
        close(said);
    }

    @Override
    public void onEnd(@Nullable Throwable cause) {
        cancelDeadline();
        MqttException reported = reported(cause);
        Connection current = connection;
        if (current != null) {
            session.detach(current, reported == null ? Session.lost("The connection was closed.", null) : reported);
        }
        if (login != null) {
            login.ended(reported == null ? Session.lost("The connection was closed.", null) : reported);
        }
        listener.onEnd(this, reported);
        Runnable gone = onGone;
        if (gone != null) {
            gone.run();
        }
    }

    @Override
    public byte[] farewell(ProtocolError error) {
        if (!options.version().hasProperties() || connection == null) {
            return new byte[0];
        }
        Disconnect disconnect = new Disconnect(error.reason());
        options.onPacket().accept(new PacketTrace(true, disconnect));
        return PacketEncoder.encode(disconnect, options.version());
    }

    private @Nullable MqttException reported(@Nullable Throwable cause) {
        if (goodbye != null) {
            return goodbye;
        }
        if (cause == null || cause instanceof MqttException) {
            return (MqttException) cause;
        }
        if (cause instanceof OpenFailed failed) {
            return new ConnectFailed(String.valueOf(failed.getMessage()), failed.getCause());
        }
        if (cause instanceof ProtocolError error) {
            return new ConnectionLost(
                    "The server broke the protocol: " + error.getMessage() + ".", error.reason(), error);
        }
        return Session.lost(
                connection == null
                        ? "The connection was closed before CONNACK came: " + cause.getMessage() + "."
                        : "The connection was lost: " + cause.getMessage() + ".",
                cause);
    }
}
