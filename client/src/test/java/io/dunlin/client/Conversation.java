package io.dunlin.client;

import io.dunlin.client.ScriptedServer.Peer;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Properties;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A client and the server's end of its connection, connected. */
final class Conversation implements AutoCloseable {
    final ScriptedServer server = ScriptedServer.open();
    final MqttClient client;
    Peer peer;

    private Conversation(UnaryOperator<ClientBuilder> options, Properties connack) throws Exception {
        client = options.apply(MqttClient.builder()
                        .url(server.url())
                        .clientId("c1")
                        .answerTimeout(Duration.ofSeconds(10))
                        .noReconnect())
                .build();
        peer = connect(false, connack);
    }

    static Conversation start(UnaryOperator<ClientBuilder> options, Properties connack) throws Exception {
        return new Conversation(options, connack);
    }

    static Conversation start(UnaryOperator<ClientBuilder> options) throws Exception {
        return start(options, Properties.NONE);
    }

    /** Connects (again). */
    Peer connect(boolean sessionPresent, Properties connack) throws Exception {
        CompletableFuture<Connack> connected = Threads.supplyAsync(client::connect);
        peer = server.acceptMqtt(sessionPresent, connack);
        connected.get(10, TimeUnit.SECONDS);
        return peer;
    }

    @Override
    public void close() throws IOException {
        client.close();
        peer.close();
        server.close();
    }
}
