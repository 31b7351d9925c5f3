package io.dunlin.client;

import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.NetworkOptions;
import io.dunlin.client.transport.ProxyOptions;
import io.dunlin.client.transport.TlsOptions;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicFilter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Collects the options of an {@link MqttClient}. Not thread-safe. What has no bound or default written here is absent unless
 * it is set.
 */
public final class ClientBuilder {
    private static final int IN_FLIGHT_MAX = 1024;
    private static final int IN_FLIGHT_BEFORE_5 = 20;
    private static final int SESSION_NEVER_EXPIRES = -1;

    private final List<Endpoint> endpoints = new ArrayList<>();
    private final List<ClientOptions.Route> routes = new ArrayList<>();
    private final Map<String, String> webSocketHeaders = new LinkedHashMap<>();
    private final Properties.Builder properties = Properties.builder();
    private ProtocolVersion version = ProtocolVersion.V5;
    private String clientId = "";
    private @Nullable String username;
    private @Nullable SecretSource password;
    private @Nullable Authentication authentication;
    private boolean cleanStart = true;
    private int keepAliveSeconds = 60;
    private @Nullable Will will;
    private TlsOptions tls = TlsOptions.DEFAULT;
    private @Nullable InetSocketAddress bind;
    private @Nullable ProxyOptions proxy;
    private boolean noDelay = true;
    private boolean tcpKeepAlive;
    private int inFlightMax; // 0 where it was not chosen
    private int topicAliasesOutMax;
    private OfflineBuffer buffer = OfflineBuffer.DEFAULT;
    private @Nullable Backoff backoff = Backoff.DEFAULT;
    private boolean retryFirst;
    private boolean redirects = true;
    private Resubscribe resubscribe = Resubscribe.IF_SESSION_LOST;
    private Handling handling = Handling.DEFAULT;
    private int connectTimeoutMillis = 30_000;
    private int answerTimeoutMillis = 30_000;
    private @Nullable Executor executor;
    private Consumer<ConnectionState.Change> onStateChange = change -> {};
    private Consumer<Resubscribed> onResubscribe = again -> {};
    private Consumer<Dropped> onDrop = dropped -> {};
    private Consumer<PacketTrace> onPacket = trace -> {};

    ClientBuilder() {}

    /** Adds a server; the first that answers is taken. None at all is mqtt://localhost:1883. */
    public ClientBuilder url(String url) {
        return endpoint(Endpoint.parse(url));
    }

    public ClientBuilder endpoint(Endpoint endpoint) {
        endpoints.add(endpoint);
        return this;
    }

    /** Default MQTT 5. */
    public ClientBuilder version(ProtocolVersion chosen) {
        this.version = chosen;
        return this;
    }

    /** Empty, the default, lets the server assign one (MQTT 3.1.1 and 5, with clean start). */
    public ClientBuilder clientId(String id) {
        this.clientId = id;
        return this;
    }

    public ClientBuilder username(@Nullable String name) {
        this.username = name;
        return this;
    }

    /** The array itself is kept, not a copy. */
    public ClientBuilder password(byte @Nullable [] secret) {
        this.password = secret == null ? null : () -> secret;
        return this;
    }

    public ClientBuilder credentials(String name, String secret) {
        return username(name).password(secret.getBytes(StandardCharsets.UTF_8));
    }

    /** Default true: the server forgets an earlier session of this client id. */
    public ClientBuilder cleanStart(boolean clean) {
        this.cleanStart = clean;
        return this;
    }

    /** How long the server keeps the session after the connection (MQTT 5); 4,294,967,295 seconds stand for ever. */
    public ClientBuilder sessionExpiry(Duration expiry) {
        return connectProperty(Property.SESSION_EXPIRY_INTERVAL, expiry.toSeconds());
    }

    /** The session never expires (MQTT 5). */
    public ClientBuilder sessionForever() {
        return connectProperty(Property.SESSION_EXPIRY_INTERVAL, SESSION_NEVER_EXPIRES & 0xFFFF_FFFFL);
    }

    /** 0 (none) to 65,535 seconds, default 60. */
    public ClientBuilder keepAlive(Duration keepAlive) {
        if (keepAlive.isNegative() || keepAlive.toSeconds() > 65_535) {
            throw new IllegalArgumentException("The keep alive must be 0 to 65535 seconds.");
        }
        this.keepAliveSeconds = (int) keepAlive.toSeconds();
        return this;
    }

    public ClientBuilder will(@Nullable Will message) {
        this.will = message;
        return this;
    }

    /** A numeric property of CONNECT (3.1.2.11), for instance RECEIVE_MAXIMUM; ignored before MQTT 5. */
    public ClientBuilder connectProperty(Property property, long value) {
        properties.number(property, value);
        return this;
    }

    /** Properties of CONNECT of any kind, added to those before. */
    public ClientBuilder connectProperties(Properties added) {
        for (int i = 0; i < added.size(); i++) {
            properties.add(added.key(i), added.value(i));
        }
        return this;
    }

    public ClientBuilder userProperty(UserProperty property) {
        properties.add(Property.USER_PROPERTY, property);
        return this;
    }

    public ClientBuilder tls(TlsOptions options) {
        this.tls = options;
        return this;
    }

    /** The local address to connect from. */
    public ClientBuilder bind(@Nullable InetSocketAddress address) {
        this.bind = address;
        return this;
    }

    /** A SOCKS5 or HTTP proxy; it resolves the server's name. */
    public ClientBuilder proxy(@Nullable ProxyOptions server) {
        this.proxy = server;
        return this;
    }

    /** TCP_NODELAY, default true: small packets leave at once. */
    public ClientBuilder tcpNoDelay(boolean on) {
        this.noDelay = on;
        return this;
    }

    /** SO_KEEPALIVE, default false: the operating system probes silent connections, too. */
    public ClientBuilder tcpKeepAlive(boolean on) {
        this.tcpKeepAlive = on;
        return this;
    }

    /** A header of the WebSocket upgrade request. */
    public ClientBuilder webSocketHeader(String name, String value) {
        webSocketHeaders.put(name, value);
        return this;
    }

    /**
     * 1 to 65,534 QoS 1 and 2 messages on the way at once; the server's Receive Maximum bounds it further. Default 1024, and
     * {@value #IN_FLIGHT_BEFORE_5} before MQTT 5, where a server cannot say how many it takes and some drop what is beyond.
     */
    public ClientBuilder inFlightMax(int messages) {
        if (messages < 1 || messages > 65_534) {
            throw new IllegalArgumentException("The messages in flight must be 1 to 65534.");
        }
        this.inFlightMax = messages;
        return this;
    }

    /** Bytes of messages that may wait to be written, default 64 MiB; as {@link OfflineBuffer#withBytes}. */
    public ClientBuilder bufferBytesMax(long bytes) {
        this.buffer = buffer.withBytes(bytes);
        return this;
    }

    /** What may wait here for a connection or for room in the window; default {@link OfflineBuffer#DEFAULT}. */
    public ClientBuilder offlineBuffer(OfflineBuffer bounds) {
        this.buffer = bounds;
        return this;
    }

    /** As {@link #offlineBuffer(OfflineBuffer)}, changing the present one. */
    public ClientBuilder offlineBuffer(UnaryOperator<OfflineBuffer> change) {
        return offlineBuffer(change.apply(buffer));
    }

    /**
     * How long to wait before connecting again after the connection was lost, default {@link Backoff#DEFAULT}. The client does
     * not come back after {@link MqttClient#disconnect()}, nor when another client took over its client id.
     */
    public ClientBuilder reconnect(Backoff waits) {
        this.backoff = waits;
        return this;
    }

    /** A lost connection stays lost until the application connects. */
    public ClientBuilder noReconnect() {
        this.backoff = null;
        return this;
    }

    /** Also the first connection is tried until it stands, unless the server refuses the client for good. */
    public ClientBuilder retryFirstConnect() {
        this.retryFirst = true;
        return this;
    }

    /**
     * Whether the client goes to the server that this one names in CONNACK or DISCONNECT (4.11), default true. It goes there
     * by the same transport, so never from TLS to plain TCP.
     */
    public ClientBuilder followRedirects(boolean follow) {
        this.redirects = follow;
        return this;
    }

    /** Default {@link Resubscribe#IF_SESSION_LOST}. */
    public ClientBuilder resubscribe(Resubscribe when) {
        this.resubscribe = when;
        return this;
    }

    /** The client gives topics aliases by itself (MQTT 5), for so many as the server allows and at most this; default 0. */
    public ClientBuilder topicAliases(int most) {
        this.topicAliasesOutMax = most;
        return this;
    }

    /** For connecting, TLS and CONNACK, default 30 s. */
    public ClientBuilder connectTimeout(Duration timeout) {
        this.connectTimeoutMillis = millis(timeout);
        return this;
    }

    /** For the answers that blocking calls wait for, default 30 s. */
    public ClientBuilder answerTimeout(Duration timeout) {
        this.answerTimeoutMillis = millis(timeout);
        return this;
    }

    private static int millis(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("A timeout must be more than 0.");
        }
        return (int) Math.min(timeout.toMillis() + 1, Integer.MAX_VALUE);
    }

    /** Messages are acknowledged by {@link Delivery#ack} alone; else when their handler returns. */
    public ClientBuilder manualAck() {
        return handling(handling.withManualAck(true));
    }

    /** For the handlers that are given without a handling of their own, from here on; default {@link Handling#DEFAULT}. */
    public ClientBuilder handling(Handling chosen) {
        this.handling = chosen;
        return this;
    }

    /**
     * Where handlers run; default a virtual thread each where the JDK has them, else threads of the client's own. Whatever it
     * is, a handler gets one message at a time. One that runs directly on the network thread must not make blocking calls.
     */
    public ClientBuilder executor(Executor runner) {
        this.executor = runner;
        return this;
    }

    /** In place before CONNECT, so that no message of an earlier session is missed. */
    public ClientBuilder onMessage(String filter, Consumer<Delivery> handler) {
        return onMessage(filter, handler, handling);
    }

    /** As {@link #onMessage(String, Consumer)} with a handling of its own. */
    public ClientBuilder onMessage(String filter, Consumer<Delivery> handler, Handling own) {
        routes.add(new ClientOptions.Route(TopicFilter.of(filter), handler, own));
        return this;
    }

    /** For the messages that no other handler's filter matches. */
    public ClientBuilder onMessage(Consumer<Delivery> handler) {
        routes.add(new ClientOptions.Route(null, handler, handling));
        return this;
    }

    /** Called on the executor of the handlers, one change at a time and in order: may make blocking calls. */
    public ClientBuilder onStateChange(Consumer<ConnectionState.Change> listener) {
        this.onStateChange = listener;
        return this;
    }

    /** Called with the answer when the client has subscribed again by itself, on the executor of the handlers. */
    public ClientBuilder onResubscribe(Consumer<Resubscribed> listener) {
        this.onResubscribe = listener;
        return this;
    }

    /** Called with each message that is given up, from the thread that does so: must not block. */
    public ClientBuilder onDrop(Consumer<Dropped> listener) {
        this.onDrop = listener;
        return this;
    }

    /** Called with every packet, from the client's threads: must not block. */
    public ClientBuilder onPacket(Consumer<PacketTrace> listener) {
        this.onPacket = listener;
        return this;
    }

    /**
     * @throws IllegalStateException where options do not go together
     * @throws io.dunlin.client.store.StoreFailed where the file of the offline buffer cannot be used
     */
    public MqttClient build() {
        Properties connect = properties.build();
        if (buffer.file() != null) {
            requireLastingSession(connect);
        }
        ClientOptions options = new ClientOptions(
                endpoints.isEmpty() ? List.of(Endpoint.tcp("localhost", 1883)) : List.copyOf(endpoints),
                new NetworkOptions(tls, bind, proxy, webSocketHeaders, noDelay, tcpKeepAlive),
                version,
                clientId,
                username,
                password,
                version.hasProperties() ? authentication : null,
                cleanStart,
                keepAliveSeconds,
                version.hasProperties() ? connect : Properties.NONE,
                will,
                inFlightMax > 0 ? inFlightMax : version.hasProperties() ? IN_FLIGHT_MAX : IN_FLIGHT_BEFORE_5,
                (int) connect.number(Property.RECEIVE_MAXIMUM, 65_535),
                (int) connect.number(Property.TOPIC_ALIAS_MAXIMUM, 0),
                (int) Math.min(connect.number(Property.MAXIMUM_PACKET_SIZE, Integer.MAX_VALUE), Integer.MAX_VALUE),
                topicAliasesOutMax,
                buffer,
                connectTimeoutMillis,
                answerTimeoutMillis,
                new ClientOptions.Reconnect(backoff, retryFirst, redirects),
                resubscribe,
                handling,
                executor,
                List.copyOf(routes),
                onStateChange,
                onResubscribe,
                onDrop,
                onPacket);
        return new MqttClient(options);
    }

    /** Name and password, which is read anew for each connection. */
    public ClientBuilder credentials(String name, SecretSource secret) {
        this.username = name;
        this.password = secret;
        return this;
    }

    /** Logs in with messages to and fro, see {@link Authentication}; ignored before MQTT 5, which has no AUTH. */
    public ClientBuilder authentication(Authentication chosen) {
        this.authentication = chosen;
        return this;
    }

    /** As {@link #will(Will)}, for instance {@code will(w -> w.topic("line-7/state").payload("offline").retain(true))}. */
    public ClientBuilder will(UnaryOperator<WillBuilder> settings) {
        return will(settings.apply(new WillBuilder()).build());
    }

    /** What the file keeps is of use only where the server knows this client's session again. */
    private void requireLastingSession(Properties connect) {
        boolean lasts = !version.hasProperties() || connect.number(Property.SESSION_EXPIRY_INTERVAL, 0) > 0;
        if (clientId.isEmpty() || cleanStart || !lasts) {
            throw new IllegalStateException(
                    "A buffer in a file needs clientId(...), cleanStart(false) and, with MQTT 5, sessionExpiry(...).");
        }
    }
}
