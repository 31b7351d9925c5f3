package io.dunlin.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eclipse Paho's client for MQTT 5, release 1.2.5. */
@Timeout(60)
class PahoV5Test {
    private final List<Session> sessions = new ArrayList<>();

    private record Got(String topic, String text, int qos, boolean retained, MqttProperties properties) {}

    /** A client that collects what it gets. */
    private final class Session implements MqttCallback {
        final BlockingQueue<Got> messages = new LinkedBlockingQueue<>();
        final BlockingQueue<MqttDisconnectResponse> ends = new LinkedBlockingQueue<>();
        final MqttClient client;
        final MqttConnectionOptions options = new MqttConnectionOptions();

        Session(String url, String id) throws Exception {
            client = new MqttClient(url, id, new MemoryPersistence());
            client.setTimeToWait(10_000);
            client.setCallback(this);
            options.setConnectionTimeout(10);
            options.setAutomaticReconnect(false);
            options.setCleanStart(true);
            options.setSessionExpiryInterval(0L);
            if (url.startsWith("ssl") || url.startsWith("wss")) {
                options.setSocketFactory(Target.sockets());
            }
            sessions.add(this);
        }

        boolean connect() throws MqttException {
            return client.connectWithResult(options).getSessionPresent();
        }

        void publish(String topic, String text, int qos, boolean retained) throws MqttException {
            client.publish(topic, text.getBytes(StandardCharsets.UTF_8), qos, retained);
        }

        Got next(String what) throws InterruptedException {
            return Target.next(messages, what);
        }

        void cut() throws MqttException {
            client.disconnectForcibly(0, 1, false);
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            ends.add(response);
        }

        @Override
        public void messageArrived(String topic, MqttMessage m) {
            messages.add(new Got(
                    topic, new String(m.getPayload(), StandardCharsets.UTF_8), m.getQos(), m.isRetained(), m.getProperties()));
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }

    private static String url(String transport) {
        return switch (transport) {
            case "tcp" -> "tcp://" + Target.HOST + ":" + Target.TCP;
            case "tls" -> "ssl://localhost:" + Target.TLS;
            case "ws" -> "ws://" + Target.HOST + ":" + Target.WS + "/mqtt";
            case "wss" -> "wss://localhost:" + Target.WSS + "/mqtt";
            default -> throw new IllegalArgumentException(transport);
        };
    }

    private Session connected(String transport) throws Exception {
        Session session = new Session(url(transport), Target.unique("paho5"));
        session.connect();
        return session;
    }

    @AfterEach
    void end() throws MqttException {
        for (Session session : sessions) {
            if (session.client.isConnected()) {
                session.cut();
            }
            session.client.close(true);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "tls", "ws", "wss"})
    void everyQosBothWays(String transport) throws Exception {
        Session a = connected(transport);
        Session b = connected("tcp");
        for (Session[] pair : new Session[][] {{a, b}, {b, a}}) {
            for (int qos = 0; qos <= 2; qos++) {
                String topic = Target.topic();
                pair[1].client.subscribe(topic, qos);
                pair[0].publish(topic, "q" + qos, qos, false);
                Got got = pair[1].next("message");
                assertThat(got.topic()).isEqualTo(topic);
                assertThat(got.text()).isEqualTo("q" + qos);
                assertThat(got.qos()).isEqualTo(qos);
            }
        }
    }

    @Test
    void publishProperties() throws Exception {
        String topic = Target.topic();
        Session a = connected("tcp");
        Session b = connected("tcp");
        b.client.subscribe(topic, 1);
        MqttProperties properties = new MqttProperties();
        properties.setContentType("text/plain");
        properties.setResponseTopic("r/t");
        properties.setCorrelationData(new byte[] {0, -1});
        properties.setUserProperties(List.of(new UserProperty("k", "1"), new UserProperty("k", "2")));
        MqttMessage message = new MqttMessage("v".getBytes(StandardCharsets.UTF_8));
        message.setQos(1);
        message.setProperties(properties);
        a.client.publish(topic, message);
        MqttProperties got = b.next("message").properties();
        assertThat(got.getContentType()).isEqualTo("text/plain");
        assertThat(got.getResponseTopic()).isEqualTo("r/t");
        assertThat(got.getCorrelationData()).containsExactly(0, -1);
        assertThat(got.getUserProperties().stream().map(UserProperty::getValue)).containsExactly("1", "2");
    }

    @Test
    void noLocalAndRetainAsPublished() throws Exception {
        String topic = Target.topic();
        Session a = connected("tcp");
        Session b = connected("tcp");
        MqttSubscription subscription = new MqttSubscription(topic, 1);
        subscription.setNoLocal(true);
        subscription.setRetainAsPublished(true);
        a.client.subscribe(new MqttSubscription[] {subscription});
        a.publish(topic, "own", 1, false);
        b.publish(topic, "other", 1, true);
        Got got = a.next("message");
        assertThat(got.text()).isEqualTo("other");
        assertThat(got.retained()).isTrue();
        b.publish(topic, "", 1, true);
    }

    @Test
    void willOfAClientThatVanished() throws Exception {
        String topic = Target.topic();
        Session watch = connected("tcp");
        watch.client.subscribe(topic, 2);
        Session dying = new Session(url("tcp"), Target.unique("paho5"));
        MqttMessage will = new MqttMessage("gone".getBytes(StandardCharsets.UTF_8));
        will.setQos(1);
        dying.options.setWill(topic, will);
        dying.connect();
        dying.cut();
        Got got = watch.next("will");
        assertThat(got.text()).isEqualTo("gone");
        assertThat(got.qos()).isEqualTo(1);
    }

    @Test
    void persistentSessionGetsWhatItMissed() throws Exception {
        String topic = Target.topic();
        String id = Target.unique("paho5");
        Session first = new Session(url("tcp"), id);
        first.options.setCleanStart(false);
        first.options.setSessionExpiryInterval(100L);
        assertThat(first.connect()).isFalse();
        first.client.subscribe(topic, 2);
        first.cut();
        Session sender = connected("tcp");
        for (int n = 0; n < 20; n++) {
            sender.publish(topic, Integer.toString(n), 1, false);
        }
        Session second = new Session(url("tcp"), id);
        second.options.setCleanStart(false);
        second.options.setSessionExpiryInterval(100L);
        assertThat(second.connect()).isTrue();
        for (int n = 0; n < 20; n++) {
            assertThat(second.next("queued message").text()).isEqualTo(Integer.toString(n));
        }
    }

    @Test
    void takeOverEndsTheFirstClient() throws Exception {
        String id = Target.unique("paho5");
        Session first = new Session(url("tcp"), id);
        first.connect();
        Session second = new Session(url("tcp"), id);
        second.connect();
        assertThat(Target.next(first.ends, "the first client's end")).isNotNull();
        assertThat(second.client.isConnected()).isTrue();
    }

    @Test
    void wrongPasswordIsRefused() throws Exception {
        Session session = new Session("tcp://" + Target.HOST + ":" + Target.LOGINS, Target.unique("paho5"));
        session.options.setUserName("alice");
        session.options.setPassword("wrong".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(session::connect).isInstanceOf(MqttException.class);
    }
}
