package io.dunlin.client;

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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One connection from its first byte to its last: CONNECT, CONNACK, then packets to the session, then the end. */
final class Attempt implements Link.Events {
    private static final int TOPICS_CACHED = 256;
    private static final long CLOSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private final ClientOptions options;
    private final Session session;
    private final BiConsumer<Attempt, @Nullable MqttException> onEnd;
    private final CompletableFuture<Connack> connack = new CompletableFuture<>();
    private volatile String clientId;
    private volatile @Nullable Link link;
    private volatile boolean ended;
    private final @Nullable Login login;

    // for the loop's thread
    private final EventLoop loop = EventLoop.shared();
    private int endpoint;
    private @Nullable First first;
    private @Nullable Timer connackTimer;
    private @Nullable Connection connection;
    private @Nullable MqttException goodbye;

    private record First(Connect connect, byte[] encoded) {}

    Attempt(
            ClientOptions options,
            Session session,
            String clientId,
            BiConsumer<Attempt, @Nullable MqttException> onEnd) {
        this.options = options;
        this.session = session;
        this.clientId = clientId;
        this.onEnd = onEnd;
        Authentication authentication = options.authentication();
        this.login = authentication == null ? null : new Login(authentication, this::send, this::close);
    }

    /** Opens the first endpoint that answers and sends CONNECT; never blocks. {@link #connack} completes in any case. */
    void open() {
        ProtocolVersion version = options.version();
        Connect packet = connect();
        first = new First(packet, PacketEncoder.encode(packet, version)); // throws here where it cannot be sent
        next();
    }

    private void next() {
        ProtocolVersion version = options.version();
        String subProtocol = version == ProtocolVersion.V3_1 ? "mqttv3.1" : "mqtt"; // [MQTT-6.0.0-3]
        PacketDecoder decoder =
                new PacketDecoder(PacketDecoder.Role.CLIENT, options.packetBytesMax(), new TopicCache(TOPICS_CACHED));
        decoder.version(version);
        Link opened = new Link(loop, decoder, this, PacketEncoder.encode(Pingreq.INSTANCE, version));
        link = opened;
        opened.open(options.endpoints().get(endpoint++), options.network(), subProtocol, timeoutNanos());
    }

    private long timeoutNanos() {
        return TimeUnit.MILLISECONDS.toNanos(options.connectTimeoutMillis());
    }

    @Override
    public void onOpen() {
        Link opened = link;
        First packet = first;
        if (opened == null || packet == null) {
            return;
        }
        options.onPacket().accept(new PacketTrace(true, packet.connect));
        opened.send(packet.encoded, null); // [MQTT-3.1.0-1]
        connackTimer = loop.schedule(
                timeoutNanos(),
                () -> close(new TimedOut("The server did not answer CONNECT in time: does it speak MQTT there?")));
    }

    private Connect connect() {
        return new Connect(
                options.version(),
                clientId,
                options.cleanStart(),
                options.keepAliveSeconds(),
                login == null ? options.connectProperties() : login.offered(options.connectProperties()),
                options.will(),
                options.username(),
                password());
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

    Connack awaitConnack() {
        try {
            return connack.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            TimedOut interrupted = new TimedOut("The thread was interrupted while it connected.");
            close(interrupted);
            throw interrupted;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MqttException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void close(@Nullable Throwable cause) {
        Link current = link;
        if (current != null) {
            current.end(cause);
        }
    }

    String clientId() {
        return clientId;
    }

    boolean hasEnded() {
        return ended;
    }

    void disconnect(Disconnect disconnect) {
        Link current = link;
        if (current == null || ended) {
            return;
        }
        boolean withWill = disconnect.reason() == ReasonCode.DISCONNECT_WITH_WILL;
        if (options.version().hasProperties() || !withWill) {
            send(current, disconnect); // [MQTT-3.14.4-1] [MQTT-3.14.4-2]
        }
        current.closeWhenWritten();
        try {
            if (!current.awaitEnd(CLOSE_NANOS_MAX)) {
                current.end(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            current.end(null);
        }
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
        if (answer.sessionPresent() && options.cleanStart()) { // [MQTT-3.2.2-4]
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "the server kept a session that was to start clean");
        }
        if (login != null && !login.onConnack(answer.properties())) {
            return;
        }
        String assigned = answer.properties().text(Property.ASSIGNED_CLIENT_IDENTIFIER);
        if (assigned != null) {
            clientId = assigned;
        }
        ServerLimits limits = ServerLimits.of(answer, options.keepAliveSeconds());
        Connection attached =
                new Connection(current, limits, options.topicAliasMax(), options.version(), options.onPacket());
        connection = attached;
        if (connackTimer != null) {
            connackTimer.cancel();
        }
        current.keepAliveSeconds(limits.keepAliveSeconds());
        // MQTT 3.1 does not say whether the server kept the session: it did, as far as one can know.
        boolean assumed = options.version() == ProtocolVersion.V3_1 && !options.cleanStart();
        session.attach(attached, answer.sessionPresent() || assumed);
        connack.complete(answer);
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
                null);
        goodbye = said;
        close(said);
    }

    @Override
    public void onEnd(@Nullable Throwable cause) {
        if (cause instanceof OpenFailed && endpoint < options.endpoints().size()) {
            next();
            return;
        }
        if (connackTimer != null) {
            connackTimer.cancel();
        }
        ended = true;
        MqttException reported = reported(cause);
        connack.completeExceptionally(
                reported == null ? Session.lost("The connection was closed before CONNACK came.", null) : reported);
        Connection current = connection;
        if (current != null) {
            session.detach(current, reported == null ? Session.lost("The connection was closed.", null) : reported);
        }
        if (login != null) {
            login.ended(reported == null ? Session.lost("The connection was closed.", null) : reported);
        }
        onEnd.accept(this, reported);
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
        if (cause instanceof OpenFailed) {
            return new ConnectFailed(String.valueOf(cause.getMessage()), cause.getCause());
        }
        if (cause == null || cause instanceof MqttException) {
            return (MqttException) cause;
        }
        if (cause instanceof ProtocolError error) {
            return new ConnectionLost(
                    "The server broke the protocol: " + error.getMessage() + ".", error.reason(), error);
        }
        return Session.lost("The connection was lost: " + cause.getMessage() + ".", cause);
    }
}
