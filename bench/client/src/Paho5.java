import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Eclipse Paho, MQTT 5. */
public final class Paho5 implements Peer, MqttCallback {
    private MqttAsyncClient client;
    private volatile Runnable handler = () -> {};

    @Override
    public void connect(String host, int port, String caFile, String clientId) throws Exception {
        boolean tls = !caFile.isEmpty();
        client = new MqttAsyncClient((tls ? "ssl://" : "tcp://") + host + ":" + port, clientId, new MemoryPersistence());
        client.setCallback(this);
        var options = new MqttConnectionOptions();
        options.setConnectionTimeout(60);
        if (tls) {
            options.setSocketFactory(Trust.context(caFile).getSocketFactory());
        }
        client.connect(options).waitForCompletion();
    }

    @Override
    public void subscribe(String filter, int qos, Runnable onMessage) throws Exception {
        handler = onMessage;
        client.subscribe(filter, qos).waitForCompletion();
    }

    @Override
    public void publish(String topic, int qos, byte[] payload) throws Exception {
        client.publish(topic, payload, qos, false);
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        handler.run();
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

    @Override
    public void mqttErrorOccurred(MqttException exception) {
        exception.printStackTrace();
    }

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reason, MqttProperties properties) {}

    @Override
    public void close() throws Exception {
        client.disconnect().waitForCompletion();
        client.close();
    }
}
