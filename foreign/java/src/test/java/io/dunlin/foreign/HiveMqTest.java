package io.dunlin.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HiveMQ client, both versions of MQTT. */
@Timeout(60)
class HiveMqTest {
    private final List<Runnable> ends = new ArrayList<>();

    private static com.hivemq.client.mqtt.MqttClientBuilder builder(String transport, String id) throws Exception {
        com.hivemq.client.mqtt.MqttClientBuilder builder = MqttClient.builder().identifier(id);
        MqttClientSslConfig tls = transport.equals("tls") || transport.equals("wss")
                ? MqttClientSslConfig.builder().trustManagerFactory(Target.trust()).build()
                : null;
        builder = switch (transport) {
            case "tcp" -> builder.serverHost(Target.HOST).serverPort(Target.TCP);
            case "tls" -> builder.serverHost("localhost").serverPort(Target.TLS).sslConfig(tls);
            case "ws" -> builder.serverHost(Target.HOST).serverPort(Target.WS).webSocketConfig().serverPath("mqtt").applyWebSocketConfig();
            case "wss" -> builder.serverHost("localhost").serverPort(Target.WSS).sslConfig(tls).webSocketConfig().serverPath("mqtt").applyWebSocketConfig();
            case "logins" -> builder.serverHost(Target.HOST).serverPort(Target.LOGINS);
            default -> throw new IllegalArgumentException(transport);
        };
        return builder;
    }

    private Mqtt5BlockingClient five(String transport, String id) throws Exception {
        Mqtt5ClientBuilder builder = builder(transport, id).useMqttVersion5();
        Mqtt5BlockingClient client = builder.buildBlocking();
        ends.add(() -> {
            if (client.getState().isConnected()) {
                client.disconnect();
            }
        });
        return client;
    }

    private Mqtt3BlockingClient three(String transport, String id) throws Exception {
        Mqtt3BlockingClient client = builder(transport, id).useMqttVersion3().buildBlocking();
        ends.add(() -> {
            if (client.getState().isConnected()) {
                client.disconnect();
            }
        });
        return client;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Mqtt5Publish next(Mqtt5BlockingClient.Mqtt5Publishes publishes) throws InterruptedException {
        return publishes.receive(Target.WAIT_SECONDS, TimeUnit.SECONDS).orElseThrow(() -> new AssertionError("no message"));
    }

    private static String text(Mqtt5Publish message) {
        return new String(message.getPayloadAsBytes(), StandardCharsets.UTF_8);
    }

    @AfterEach
    void end() {
        ends.forEach(Runnable::run);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "tls", "ws", "wss"})
    void everyQosBothWaysVersion5(String transport) throws Exception {
        Mqtt5BlockingClient a = five(transport, Target.unique("hive"));
        Mqtt5BlockingClient b = five("tcp", Target.unique("hive"));
        a.connect();
        b.connect();
        for (Mqtt5BlockingClient[] pair : new Mqtt5BlockingClient[][] {{a, b}, {b, a}}) {
            for (MqttQos qos : MqttQos.values()) {
                String topic = Target.topic();
                try (var publishes = pair[1].publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
                    pair[1].subscribeWith().topicFilter(topic).qos(qos).send();
                    pair[0].publishWith().topic(topic).qos(qos).payload(bytes("x".repeat(50_000))).send();
                    Mqtt5Publish got = next(publishes);
                    assertThat(got.getQos()).isEqualTo(qos);
                    assertThat(text(got)).hasSize(50_000);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "tls", "ws", "wss"})
    void everyQosVersion3(String transport) throws Exception {
        Mqtt3BlockingClient a = three(transport, Target.unique("hive"));
        a.connect();
        for (MqttQos qos : MqttQos.values()) {
            String topic = Target.topic();
            try (var publishes = a.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
                a.subscribeWith().topicFilter(topic).qos(qos).send();
                a.publishWith().topic(topic).qos(qos).payload(bytes("hello")).send();
                Mqtt3Publish got = publishes.receive(Target.WAIT_SECONDS, TimeUnit.SECONDS).orElseThrow();
                assertThat(got.getPayloadAsBytes()).isEqualTo(bytes("hello"));
                assertThat(got.getQos()).isEqualTo(qos);
            }
        }
    }

    @Test
    void propertiesAndSubscribeOptions() throws Exception {
        String topic = Target.topic();
        Mqtt5BlockingClient a = five("tcp", Target.unique("hive"));
        Mqtt5BlockingClient b = five("tcp", Target.unique("hive"));
        a.connect();
        b.connect();
        b.publishWith().topic(topic).retain(true).qos(MqttQos.AT_LEAST_ONCE).payload(bytes("kept")).send();
        try (var publishes = a.publishes(MqttGlobalPublishFilter.ALL)) {
            a.subscribeWith().topicFilter(topic).qos(MqttQos.EXACTLY_ONCE).noLocal(true).retainAsPublished(true)
                    .retainHandling(Mqtt5RetainHandling.DO_NOT_SEND).send();
            a.publishWith().topic(topic).payload(bytes("own")).send();
            b.publishWith().topic(topic).qos(MqttQos.EXACTLY_ONCE).retain(true).payload(bytes("v")).contentType("text/plain")
                    .responseTopic("r/t").correlationData(new byte[] {0, -1}).messageExpiryInterval(100)
                    .userProperties().add("k", "1").add("k", "2").applyUserProperties().send();
            Mqtt5Publish got = next(publishes);
            assertThat(text(got)).isEqualTo("v");
            assertThat(got.isRetain()).isTrue();
            assertThat(got.getContentType().map(Object::toString)).contains("text/plain");
            assertThat(got.getResponseTopic().map(Object::toString)).contains("r/t");
            assertThat(got.getMessageExpiryInterval().orElse(0)).isBetween(95L, 100L);
            assertThat(got.getUserProperties().asList()).hasSize(2);
        }
        b.publishWith().topic(topic).retain(true).payload(new byte[0]).send();
    }

    @Test
    void topicAliasesAndFlowControl() throws Exception {
        Mqtt5BlockingClient a = five("tcp", Target.unique("hive"));
        Mqtt5BlockingClient b = five("tcp", Target.unique("hive"));
        a.connectWith().restrictions().sendTopicAliasMaximum(5).applyRestrictions().send();
        b.connectWith().restrictions().topicAliasMaximum(3).receiveMaximum(2).applyRestrictions().send();
        String base = Target.topic();
        try (var publishes = b.publishes(MqttGlobalPublishFilter.ALL)) {
            b.subscribeWith().topicFilter(base + "/+").qos(MqttQos.EXACTLY_ONCE).send();
            for (int n = 0; n < 40; n++) {
                a.publishWith().topic(base + "/" + n % 4).qos(MqttQos.EXACTLY_ONCE).payload(bytes(Integer.toString(n))).send();
            }
            for (int n = 0; n < 40; n++) {
                Mqtt5Publish got = next(publishes);
                assertThat(text(got)).isEqualTo(Integer.toString(n));
                assertThat(got.getTopic().toString()).isEqualTo(base + "/" + n % 4);
            }
        }
    }

    @Test
    void sharedSubscription() throws Exception {
        String topic = Target.topic();
        String group = Target.unique("group");
        Mqtt5BlockingClient one = five("tcp", Target.unique("hive"));
        Mqtt5BlockingClient two = five("tcp", Target.unique("hive"));
        one.connect();
        two.connect();
        try (var first = one.publishes(MqttGlobalPublishFilter.ALL);
                var second = two.publishes(MqttGlobalPublishFilter.ALL)) {
            one.subscribeWith().topicFilter("$share/" + group + "/" + topic).qos(MqttQos.AT_LEAST_ONCE).send();
            two.subscribeWith().topicFilter("$share/" + group + "/" + topic).qos(MqttQos.AT_LEAST_ONCE).send();
            for (int n = 0; n < 10; n++) {
                one.publishWith().topic(topic).qos(MqttQos.AT_LEAST_ONCE).payload(bytes("" + n)).send();
            }
            for (int n = 0; n < 5; n++) {
                next(first);
                next(second);
            }
        }
    }

    @Test
    void willAndPersistentSession() throws Exception {
        String topic = Target.topic();
        String id = Target.unique("hive");
        Mqtt5BlockingClient watch = five("tcp", Target.unique("hive"));
        watch.connect();
        Mqtt5BlockingClient first = five("tcp", id);
        first.connectWith().cleanStart(true).sessionExpiryInterval(100)
                .willPublish().topic(topic).payload(bytes("gone")).qos(MqttQos.AT_LEAST_ONCE).applyWillPublish().send();
        first.subscribeWith().topicFilter(topic).qos(MqttQos.AT_LEAST_ONCE).send();
        try (var publishes = watch.publishes(MqttGlobalPublishFilter.ALL)) {
            watch.subscribeWith().topicFilter(topic).qos(MqttQos.AT_LEAST_ONCE).send();
            first.disconnectWith()
                    .reasonCode(com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE)
                    .send();
            assertThat(text(next(publishes))).isEqualTo("gone");
        }
        Mqtt5BlockingClient second = five("tcp", id);
        try (var publishes = second.publishes(MqttGlobalPublishFilter.ALL)) {
            assertThat(second.connectWith().cleanStart(false).sessionExpiryInterval(100).send().isSessionPresent()).isTrue();
            assertThat(text(next(publishes))).isEqualTo("gone");
        }
    }

    @Test
    void wrongPasswordIsRefused() throws Exception {
        Mqtt5BlockingClient five = five("logins", Target.unique("hive"));
        assertThatThrownBy(() -> five.connectWith().simpleAuth().username("alice").password(bytes("wrong")).applySimpleAuth().send())
                .isInstanceOf(Mqtt5ConnAckException.class);
        Mqtt3BlockingClient three = three("logins", Target.unique("hive"));
        assertThatThrownBy(() -> three.connectWith().simpleAuth().username("alice").password(bytes("wrong")).applySimpleAuth().send())
                .isInstanceOf(Mqtt3ConnAckException.class);
        three.connectWith().simpleAuth().username("alice").password(bytes("secret")).applySimpleAuth().send();
    }
}
