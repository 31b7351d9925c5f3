package io.dunlin.client;

import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.NetworkOptions;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicFilter;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What {@link ClientBuilder} collected; immutable. */
record ClientOptions(
        List<Endpoint> endpoints,
        NetworkOptions network,
        ProtocolVersion version,
        String clientId,
        @Nullable String username,
        @Nullable SecretSource password,
        @Nullable Authentication authentication,
        boolean cleanStart,
        int keepAliveSeconds,
        Properties connectProperties,
        @Nullable Will will,
        int inFlightMax,
        int receiveMax,
        int topicAliasMax,
        int packetBytesMax,
        int topicAliasesOutMax,
        OfflineBuffer buffer,
        int connectTimeoutMillis,
        int answerTimeoutMillis,
        Reconnect reconnect,
        Resubscribe resubscribe,
        Handling handling,
        @Nullable Executor executor,
        List<Route> routes,
        Consumer<ConnectionState.Change> onStateChange,
        Consumer<Resubscribed> onResubscribe,
        Consumer<Dropped> onDrop,
        Consumer<PacketTrace> onPacket) {

    /**
     * When the client connects again by itself.
     *
     * @param backoff null for never
     * @param firstToo also where the first attempt fails
     * @param redirects whether it goes where the server sends it (4.11)
     */
    record Reconnect(@Nullable Backoff backoff, boolean firstToo, boolean redirects) {}

    /** Messages that match go to the handler; a null filter takes what nobody else took. */
    record Route(@Nullable TopicFilter filter, Consumer<Delivery> handler, Handling handling) {}
}
