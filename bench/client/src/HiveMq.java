import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.util.concurrent.TimeUnit;

/** The HiveMQ client, MQTT 5. */
public final class HiveMq implements Peer {
    private Mqtt5AsyncClient client;

    @Override
    public void connect(String host, int port, String caFile, String clientId) throws Exception {
        var builder = MqttClient.builder().useMqttVersion5().identifier(clientId).serverHost(host).serverPort(port);
        if (!caFile.isEmpty()) {
            builder = builder.sslConfig(MqttClientSslConfig.builder()
                    .trustManagerFactory(Trust.factory(caFile))
                    .build());
        }
        client = builder.transportConfig()
                .mqttConnectTimeout(60, TimeUnit.SECONDS)
                .applyTransportConfig()
                .buildAsync();
        client.connect().get(60, TimeUnit.SECONDS);
    }

    @Override
    public void subscribe(String filter, int qos, Runnable onMessage) throws Exception {
        client.subscribeWith()
                .topicFilter(filter)
                .qos(MqttQos.fromCode(qos))
                .callback(publish -> onMessage.run())
                .send()
                .get(60, TimeUnit.SECONDS);
    }

    @Override
    public void publish(String topic, int qos, byte[] payload) {
        var _ = client.publish(
                Mqtt5Publish.builder().topic(topic).qos(MqttQos.fromCode(qos)).payload(payload).build());
    }

    @Override
    public void close() throws Exception {
        client.disconnect().get(60, TimeUnit.SECONDS);
    }
}
