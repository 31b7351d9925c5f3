package io.dunlin.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Eclipse Paho's client for MQTT 3.1.1, release 1.2.5. */
@Timeout(60)
class PahoV3Test {
    private final List<Session> sessions = new ArrayList<>();

    private record Got(String topic, String text, int qos, boolean retained) {}

    /** A client that collects what it gets. */
    private final class Session implements MqttCallback {
        final BlockingQueue<Got> messages = new LinkedBlockingQueue<>();
        final BlockingQueue<Throwable> losses = new LinkedBlockingQueue<>();
        final MqttClient client;
        final MqttConnectOptions options = new MqttConnectOptions();

        Session(String url, String id) throws Exception {
            client = new MqttClient(url, id, new MemoryPersistence());
            client.setTimeToWait(10_000);
            client.setCallback(this);
            options.setConnectionTimeout(10);
            // Paho gives a place of its window back after publish() has returned: more room than any test here uses.
            options.setMaxInflight(1_000);
            options.setHttpsHostnameVerificationEnabled(true);
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

        @Override
        public void connectionLost(Throwable cause) {
            losses.add(cause);
        }

        @Override
        public void messageArrived(String topic, MqttMessage m) {
            messages.add(new Got(topic, new String(m.getPayload(), StandardCharsets.UTF_8), m.getQos(), m.isRetained()));
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {}

        /** Ends as a crash does: the socket closes without a DISCONNECT. */
        void cut() throws MqttException {
            client.disconnectForcibly(0, 1, false);
        }
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
        Session session = new Session(url(transport), Target.unique("paho3"));
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
                pair[0].publish(topic, "q" + qos + "x".repeat(20_000), qos, false);
                assertThat(pair[1].next("message")).isEqualTo(new Got(topic, "q" + qos + "x".repeat(20_000), qos, false));
            }
        }
    }

    @Test
    void willOfAClientThatVanished() throws Exception {
        String topic = Target.topic();
        Session watch = connected("tcp");
        watch.client.subscribe(topic, 2);
        Session dying = new Session(url("tcp"), Target.unique("paho3"));
        dying.options.setWill(topic, "gone".getBytes(StandardCharsets.UTF_8), 1, false);
        dying.connect();
        dying.cut();
        assertThat(watch.next("will")).isEqualTo(new Got(topic, "gone", 1, false));
    }

    @Test
    void noWillAfterADisconnect() throws Exception {
        String topic = Target.topic();
        Session watch = connected("tcp");
        watch.client.subscribe(topic, 2);
        Session leaving = new Session(url("tcp"), Target.unique("paho3"));
        leaving.options.setWill(topic, "gone".getBytes(StandardCharsets.UTF_8), 1, false);
        leaving.connect();
        leaving.client.disconnect();
        watch.publish(topic, "marker", 1, false);
        assertThat(watch.next("marker").text()).isEqualTo("marker");
    }

    @Test
    void retainedMessage() throws Exception {
        String topic = Target.topic();
        Session a = connected("tcp");
        a.publish(topic, "kept", 1, true);
        Session b = connected("tcp");
        b.client.subscribe(topic, 1);
        assertThat(b.next("retained message")).isEqualTo(new Got(topic, "kept", 1, true));
        a.publish(topic, "", 1, true);
        Session c = connected("tcp");
        c.client.subscribe(topic, 1);
        a.publish(topic, "live", 1, false);
        assertThat(c.next("live message")).isEqualTo(new Got(topic, "live", 1, false));
    }

    @Test
    void persistentSessionGetsWhatItMissed() throws Exception {
        String topic = Target.topic();
        String id = Target.unique("paho3");
        Session first = new Session(url("tcp"), id);
        first.options.setCleanSession(false);
        assertThat(first.connect()).isFalse();
        first.client.subscribe(topic, 2);
        first.cut();
        Session sender = connected("tcp");
        for (int n = 0; n < 20; n++) {
            sender.publish(topic, Integer.toString(n), 1, false);
        }
        Session second = new Session(url("tcp"), id);
        second.options.setCleanSession(false);
        assertThat(second.connect()).isTrue();
        for (int n = 0; n < 20; n++) {
            assertThat(second.next("queued message").text()).isEqualTo(Integer.toString(n));
        }
        second.client.disconnect();
        Session third = new Session(url("tcp"), id);
        assertThat(third.connect()).isFalse();
    }

    @Test
    void takeOverEndsTheFirstClient() throws Exception {
        String id = Target.unique("paho3");
        Session first = new Session(url("tcp"), id);
        first.connect();
        Session second = new Session(url("tcp"), id);
        second.connect();
        assertThat(Target.next(first.losses, "the first client's end")).isNotNull();
        assertThat(second.client.isConnected()).isTrue();
    }

    @Test
    void wrongPasswordIsRefused() throws Exception {
        Session session = new Session("tcp://" + Target.HOST + ":" + Target.LOGINS, Target.unique("paho3"));
        session.options.setUserName("alice");
        session.options.setPassword("wrong".toCharArray());
        assertThatThrownBy(session::connect)
                .isInstanceOf(MqttException.class)
                .satisfies(e -> assertThat(((MqttException) e).getReasonCode()).isIn(4, 5));
        session.options.setPassword("secret".toCharArray());
        session.connect();
    }

    @Test
    void unsubscribed() throws Exception {
        String one = Target.topic();
        String two = Target.topic();
        Session a = connected("tcp");
        a.client.subscribe(new String[] {one, two}, new int[] {1, 1});
        a.client.unsubscribe(one);
        a.publish(one, "no", 1, false);
        a.publish(two, "yes", 1, false);
        assertThat(a.next("message").text()).isEqualTo("yes");
    }
}
