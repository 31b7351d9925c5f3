package io.dunlin.client;

import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.TlsOptions;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicFilter;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@link ClientBuilder} collected; immutable. */
record ClientOptions(
        List<Endpoint> endpoints,
        Network network,
        ProtocolVersion version,
        String clientId,
        @Nullable String username,
        byte @Nullable [] password,
        boolean cleanStart,
        int keepAliveSeconds,
        Properties connectProperties,
        @Nullable Will will,
        int inFlightMax,
        int receiveMax,
        int topicAliasMax,
        int packetBytesMax,
        long bufferBytesMax,
        int connectTimeoutMillis,
        int answerTimeoutMillis,
        boolean manualAck,
        @Nullable Executor executor,
        List<Route> routes,
        Consumer<ConnectionState.Change> onStateChange,
        Consumer<PacketTrace> onPacket) {

    /** How sockets are opened. */
    record Network(
            TlsOptions tls,
            @Nullable InetSocketAddress bind,
            @Nullable Proxy proxy,
            Map<String, String> webSocketHeaders) {}

    /** Messages that match go to the handler; a null filter takes what nobody else took. */
    record Route(@Nullable TopicFilter filter, Consumer<Delivery> handler) {}
}
