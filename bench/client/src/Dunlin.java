import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.Subscription;
import io.dunlin.client.transport.Endpoint;
import io.dunlin.client.transport.TlsOptions;
import io.dunlin.protocol.packet.QoS;
import java.nio.file.Path;
import java.time.Duration;

/** Dunlin's own client, MQTT 5. */
public final class Dunlin implements Peer {
    private static final QoS[] LEVELS = {QoS.AT_MOST_ONCE, QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE};

    private MqttClient client;

    @Override
    public void connect(String host, int port, String caFile, String clientId) {
        var transport = caFile.isEmpty() ? Endpoint.Transport.TCP : Endpoint.Transport.TLS;
        var builder = MqttClient.builder()
                .endpoint(new Endpoint(transport, host, port, ""))
                .noReconnect()
                .connectTimeout(Duration.ofSeconds(60))
                .clientId(clientId);
        if (!caFile.isEmpty()) {
            builder.tls(TlsOptions.trusting(Path.of(caFile)));
        }
        client = builder.build();
        client.connect();
    }

    @Override
    public void subscribe(String filter, int qos, Runnable onMessage) {
        client.subscribe(Subscription.of(filter).withQos(LEVELS[qos]), delivery -> onMessage.run());
    }

    @Override
    public void publish(String topic, int qos, byte[] payload) {
        var _ = client.publishAsync(Message.of(topic, payload).withQos(LEVELS[qos]));
    }

    @Override
    public void close() {
        client.close();
    }
}
