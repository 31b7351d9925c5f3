import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Eclipse Paho, MQTT 3.1.1. */
public final class Paho3 implements Peer {
    private MqttAsyncClient client;

    @Override
    public void connect(String host, int port, String caFile, String clientId) throws Exception {
        boolean tls = !caFile.isEmpty();
        client = new MqttAsyncClient((tls ? "ssl://" : "tcp://") + host + ":" + port, clientId, new MemoryPersistence());
        var options = new MqttConnectOptions();
        options.setMaxInflight(10_000);
        options.setConnectionTimeout(60);
        if (tls) {
            options.setSocketFactory(Trust.context(caFile).getSocketFactory());
        }
        client.connect(options).waitForCompletion();
    }

    @Override
    public void subscribe(String filter, int qos, Runnable onMessage) throws Exception {
        client.subscribe(filter, qos, (topic, message) -> onMessage.run()).waitForCompletion();
    }

    @Override
    public void publish(String topic, int qos, byte[] payload) throws Exception {
        client.publish(topic, payload, qos, false);
    }

    @Override
    public void close() throws Exception {
        client.disconnect().waitForCompletion();
        client.close();
    }
}
