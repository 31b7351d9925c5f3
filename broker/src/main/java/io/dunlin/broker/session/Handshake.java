package io.dunlin.broker.session;

import io.dunlin.broker.port.Authenticator.Credentials;
import io.dunlin.broker.port.Authenticator.Exchange;
import io.dunlin.broker.port.Authenticator.Outcome;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.ClientLimit;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.DurabilityRules;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.ListenerOptions;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.shard.Happening;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.packet.Will;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * From the first byte to the CONNACK: judges the CONNECT, asks who the client is, brings the connection to the shard of its
 * session and hands it over to that. Thread: the connection's shard.
 */
final class Handshake implements PacketHandler {
    private static final byte[] NO_DATA = {};

    private final Link link;
    private final Core core;

    // once the CONNECT has come
    private @Nullable Connect connect;
    private String clientId = "";
    private boolean assigned;
    private long reviews;
    private @Nullable Exchange exchange;

    Handshake(Link link) {
        this.link = link;
        this.core = link.context().core();
        link.expectPackets(TimeUnit.SECONDS.toNanos(core.options().connections().connectTimeoutSeconds()));
    }

    @Override
    public String toString() {
        return "a client before its CONNACK";
    }

    @Override
    public void onPacket(Packet packet) {
        if (packet instanceof Connect first && connect == null) {
            connect = first;
            onConnect(first);
        } else if (packet instanceof Auth auth && exchange != null && connect != null) {
            onAuth(connect, auth, exchange);
        } else if (packet instanceof Disconnect && connect != null) {
            link.close(); // [MQTT-3.1.2-30]
        } else { // [MQTT-3.1.0-1] [MQTT-3.1.0-2] [MQTT-3.1.2-30]
            throw new ProtocolError(
                    ReasonCode.PROTOCOL_ERROR,
                    connect == null
                            ? "the first packet must be CONNECT"
                            : "only AUTH may follow CONNECT before CONNACK");
        }
    }

    private void onConnect(Connect first) {
        BrokerOptions options = core.options();
        link.identified(first.clientId(), first.username());
        Negotiated negotiated = Negotiated.of(first, options);
        link.negotiated(negotiated.packetBytesMax(), negotiated.problemInformation());
        Refusal refusal = judge(first, options);
        if (refusal != null) {
            refuse(refusal.reason, refusal.message, null);
            return;
        }
        reviews = core.lastReview().number();
        assigned = first.clientId().isEmpty();
        clientId = assigned ? core.newClientId() : first.clientId(); // [MQTT-3.1.3-6]
        String method = Negotiated.authenticationMethod(first);
        if (method == null) {
            await(core.authenticator().authenticate(credentials(first)));
            return;
        }
        if (!core.authenticator().methods().contains(method)) { // [MQTT-4.12.0-1]
            refuse(
                    ReasonCode.BAD_AUTHENTICATION_METHOD,
                    "authentication method " + method + " is not known here",
                    null);
            return;
        }
        Exchange begun = core.authenticator().begin(method, credentials(first));
        exchange = begun;
        await(begun.next(dataOf(first.properties())));
    }

    /** What speaks against this CONNECT before anybody asks who sent it. */
    private @Nullable Refusal judge(Connect first, BrokerOptions options) {
        ConnectionInfo info = link.connection().info();
        Core.ListenerState listener = core.listener(info.listener());
        if (core.isStopping()) {
            return new Refusal(ReasonCode.SERVER_UNAVAILABLE, "the broker is stopping");
        }
        if (listener.connections().get() > listener.options().connectionsMax()
                || core.connected() >= options.connections().connectionsMax()) {
            return new Refusal(ReasonCode.SERVER_BUSY, "too many connections");
        }
        if (!link.context().admitsConnect()) {
            return new Refusal(ReasonCode.CONNECTION_RATE_EXCEEDED, "too many connects in this second");
        }
        boolean v3 = first.version() != ProtocolVersion.V5;
        if (first.clientId().isEmpty()
                && (!options.features().emptyClientIds()
                        || first.version() == ProtocolVersion.V3_1
                        || v3 && !first.cleanStart())) { // [MQTT-3.1.3-8] [MQTT311-3.1.3-8]
            return new Refusal(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "a client identifier is needed");
        }
        if (first.clientId().getBytes(StandardCharsets.UTF_8).length
                > options.connections().clientIdBytesMax()) {
            return new Refusal(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "the client identifier is too long");
        }
        Will will = first.will();
        if (will != null && will.topic().levels().length > options.messages().topicLevelsMax()) {
            return new Refusal(ReasonCode.TOPIC_NAME_INVALID, "the will's topic has too many levels");
        }
        if (will != null && will.qos().compareTo(options.features().maximumQos()) > 0) { // [MQTT-3.2.2-12]
            return new Refusal(ReasonCode.QOS_NOT_SUPPORTED, "the will's QoS is above the maximum");
        }
        if (will != null && will.retain() && !options.features().retain()) { // [MQTT-3.2.2-13]
            return new Refusal(ReasonCode.RETAIN_NOT_SUPPORTED, "retained messages are switched off");
        }
        return will == null ? null : judge(will, options.abuse());
    }

    private @Nullable Refusal judge(Will will, BrokerOptions.AbuseLimits limits) {
        String message;
        if (will.payload().length > limits.willBytesMax()) {
            message = "the will is too large";
        } else if (core.willBytes().get() + PendingWill.weight(will) > limits.willsBytesMax()) {
            message = "there are too many wills";
        } else {
            return null;
        }
        link.limited(ClientLimit.WILLS, message);
        return new Refusal(ReasonCode.QUOTA_EXCEEDED, message);
    }

    private Credentials credentials(Connect first) {
        return new Credentials(
                clientId, first.username(), first.password(), link.connection().info());
    }

    private void onAuth(Connect first, Auth auth, Exchange running) {
        String method = auth.properties().text(Property.AUTHENTICATION_METHOD);
        if (auth.reason() != ReasonCode.CONTINUE_AUTHENTICATION // [MQTT-4.12.0-3]
                || method == null
                || !method.equals(Negotiated.authenticationMethod(first))) { // [MQTT-4.12.0-5]
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "AUTH must continue with the method that CONNECT named");
        }
        await(running.next(dataOf(auth.properties())));
    }

    static byte[] dataOf(Properties properties) {
        byte[] data = properties.binary(Property.AUTHENTICATION_DATA);
        return data == null ? NO_DATA : data;
    }

    private void await(CompletionStage<Outcome> stage) {
        CompletableFuture<Outcome> answer = stage.toCompletableFuture();
        if (answer.isDone() && !answer.isCompletedExceptionally() && answer.join() != null) {
            onOutcome(answer.join());
            return;
        }
        link.pause();
        stage.whenComplete((outcome, failure) -> link.shard().execute("a login", () -> {
            if (!link.isOpen()) {
                return;
            }
            try {
                if (failure != null || outcome == null) {
                    link.shard().fault("the authenticator", failure == null ? new NullPointerException() : failure);
                    refuse(ReasonCode.SERVER_UNAVAILABLE, "logins cannot be checked at this time", null);
                } else {
                    onOutcome(outcome);
                }
            } finally {
                link.resume();
            }
        }));
    }

    private void onOutcome(Outcome outcome) {
        switch (outcome) {
            case Outcome.Accepted accepted -> accept(accepted.principal(), accepted.data());
            case Outcome.Refused refused -> refused(refused);
            case Outcome.Continue more -> link.send(authPacket(ReasonCode.CONTINUE_AUTHENTICATION, more.data()));
        }
    }

    private void refused(Outcome.Refused refused) {
        refuse(refused.reason(), refused.message(), RefusalText.of(refused.reason()), refused.serverReference());
    }

    private Auth authPacket(ReasonCode reason, byte[] data) { // [MQTT-4.12.0-2] [MQTT-4.12.0-5]
        Connect first = connect;
        String method = first == null ? null : Negotiated.authenticationMethod(first);
        return Reauthentication.packet(reason, method == null ? "" : method, data);
    }

    private void accept(Principal principal, byte @Nullable [] data) {
        Connect first = connect;
        if (first == null) {
            throw new IllegalStateException("accepted before CONNECT");
        }
        BrokerOptions options = core.options();
        Properties properties = Properties.NONE;
        Negotiated negotiated = Negotiated.of(first, options);
        Durability durability = durability(first, options);
        if (first.version() == ProtocolVersion.V5) {
            Properties.Builder told = negotiated.connack(first, options);
            if (assigned) { // [MQTT-3.1.3-7] [MQTT-3.2.2-16]
                told.text(Property.ASSIGNED_CLIENT_IDENTIFIER, clientId);
            }
            String method = Negotiated.authenticationMethod(first);
            if (method != null) { // [MQTT-4.12.0-5] [MQTT-4.12.0-6]
                told.text(Property.AUTHENTICATION_METHOD, method);
            }
            if (data != null) {
                told.binary(Property.AUTHENTICATION_DATA, data);
            }
            properties = told.build();
        }
        if (PacketEncoder.size(new Connack(false, ReasonCode.SUCCESS, properties), first.version())
                > negotiated.packetBytesMax()) { // [MQTT-3.1.2-24]
            refuse(ReasonCode.PACKET_TOO_LARGE, "the maximum packet size leaves no room for a CONNACK", null);
            return;
        }
        if (first.version() == ProtocolVersion.V5) {
            properties = withDurability(properties, durability, negotiated.packetBytesMax());
        }
        // An authenticator names users, not clients.
        Principal own = new Principal(clientId, principal.username(), principal.identity());
        bring(new Arrival(link, first, own, reviews, negotiated, properties, durability));
    }

    private Durability durability(Connect first, BrokerOptions options) {
        String asked = null;
        for (UserProperty each : first.properties().userProperties()) {
            if (each.name().equals(DurabilityRules.PROPERTY)) {
                asked = each.value();
            }
        }
        ListenerOptions listener =
                core.listener(link.connection().info().listener()).options();
        Durability wanted = options.durability().ofClient(clientId, listener.durability(), asked);
        Durability best = link.shard().journal().best();
        return wanted.compareTo(best) > 0 ? best : wanted;
    }

    // Not where the packet would become larger than the client takes [MQTT-3.2.2-20].
    private static Properties withDurability(Properties told, Durability durability, long packetBytesMax) {
        Properties more = told.toBuilder()
                .user(DurabilityRules.PROPERTY, durability.text())
                .build();
        Connack connack = new Connack(true, ReasonCode.SUCCESS, more);
        return PacketEncoder.size(connack, ProtocolVersion.V5) > packetBytesMax ? told : more;
    }

    /** To the shard of the session, and into it. */
    private void bring(Arrival arrival) {
        if (!link.isOpen()) {
            return;
        }
        ShardContext here = link.context();
        Session known = core.registry().find(clientId);
        ShardContext home = known != null ? core.context(known.shard()) : homeOfNew(arrival);
        if (home == here) {
            Arrivals.open(here, arrival, () -> bring(arrival));
        } else {
            link.moveTo(home, () -> {
                ShardContext there = link.context();
                Session now = core.registry().find(clientId);
                if (now == null || now.shard() == there.shard()) {
                    Arrivals.open(there, arrival, () -> bring(arrival));
                } else {
                    bring(arrival);
                }
            });
        }
    }

    // A session that outlives its connection lives on the shard of its partition; another one where it was accepted.
    private ShardContext homeOfNew(Arrival arrival) {
        if (arrival.negotiated().sessionExpirySeconds() == 0) {
            return link.context();
        }
        return core.shards().get(Journal.partition(clientId) % core.shards().size());
    }

    private void refuse(ReasonCode reason, String message, @Nullable String serverReference) {
        refuse(reason, message, message, serverReference);
    }

    /** @param message for logs and events @param heard by the client */
    private void refuse(ReasonCode reason, String message, String heard, @Nullable String serverReference) {
        link.context().counters().increment(Counter.CONNECTIONS_REFUSED);
        refused(reason, message);
        Properties.Builder told = Properties.builder().text(Property.REASON_STRING, ReasonString.cut(heard));
        if (serverReference != null) {
            told.text(Property.SERVER_REFERENCE, serverReference);
        }
        link.send(new Connack(false, reason, told.build())); // [MQTT-3.2.2-6]
        link.close(); // [MQTT-3.2.2-7] [MQTT-3.1.4-2]
    }

    private void refused(ReasonCode reason, String message) {
        String client = clientId.isEmpty() && connect != null ? connect.clientId() : clientId;
        link.shard().recorder().note(Happening.CONNECT_REFUSED, client, "", message);
        core.events().refused(link.connection().info(), clientId, reason, message);
    }

    @Override
    public void onProtocolError(ProtocolError error) { // [MQTT-3.1.4-1]
        boolean inConnect = connect == null && link.versionKnown();
        boolean answered = inConnect && link.version() == ProtocolVersion.V5
                || error.reason() == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION // [MQTT-3.1.2-2] [MQTT311-3.1.2-2]
                || connect != null && link.version() == ProtocolVersion.V5; // [MQTT-3.1.0-2]
        if (answered) {
            refuse(error.reason(), String.valueOf(error.getMessage()), null);
        } else {
            link.context().counters().increment(Counter.CONNECTIONS_REFUSED);
            refused(error.reason(), String.valueOf(error.getMessage()));
            link.close();
        }
    }

    @Override
    public void onSilence() {
        refused(ReasonCode.MAXIMUM_CONNECT_TIME, "no CONNECT came in time");
        link.close();
    }

    @Override
    public void onDrained() {
        // nothing waits before the CONNACK
    }

    @Override
    public void onLost(@Nullable Throwable cause) {
        // nothing was begun that outlives the connection
    }

    private record Refusal(ReasonCode reason, String message) {}
}
