package io.dunlin.cli.probe;

import io.dunlin.cli.probe.Finding.State;
import io.dunlin.cli.probe.Probe.Receiver;
import io.dunlin.client.ClientBuilder;
import io.dunlin.client.Delivery;
import io.dunlin.client.Message;
import io.dunlin.client.MqttClient;
import io.dunlin.client.MqttException;
import io.dunlin.client.Subscription;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Will;
import io.dunlin.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Which features work. Each check is a small conversation of its own. */
final class Features {
    private final Probe probe;
    private final Properties stated;
    private final String group;
    private final Consumer<Finding> findings;

    Features(Probe probe, Properties stated, String group, Consumer<Finding> findings) {
        this.probe = probe;
        this.stated = stated;
        this.group = group;
        this.findings = findings;
    }

    /** A conversation; true where the feature works. */
    private interface Check {
        boolean works();
    }

    private void check(String name, Check check) {
        Finding finding;
        try {
            finding = new Finding(group, name, check.works() ? State.OK : State.FAILED, "");
        } catch (MqttException e) {
            finding = new Finding(group, name, State.FAILED, Objects.toString(e.getMessage(), ""));
        }
        findings.accept(finding);
    }

    private void checkUnlessAbsent(String name, Property available, Check check) {
        if (stated.number(available, 1) == 0) {
            findings.accept(new Finding(group, name, State.ABSENT, "the broker says so"));
        } else {
            check(name, check);
        }
    }

    void all() {
        boolean five = probe.version().hasProperties();
        for (int qos = 0; qos <= 2; qos++) {
            int asked = qos;
            if (stated.number(Property.MAXIMUM_QOS, 2) < qos) {
                findings.accept(new Finding(group, "QoS " + qos, State.ABSENT, "the broker says so"));
            } else {
                check("QoS " + qos, () -> echo(asked));
            }
        }
        checkUnlessAbsent("wildcards + and #", Property.WILDCARD_SUBSCRIPTION_AVAILABLE, this::wildcards);
        checkUnlessAbsent("retained messages", Property.RETAIN_AVAILABLE, this::retained);
        check("will", this::will);
        check("session resumed", this::session);
        check("unsubscribe", this::unsubscribe);
        if (five) {
            five();
        }
    }

    private void five() {
        checkUnlessAbsent("shared subscriptions", Property.SHARED_SUBSCRIPTION_AVAILABLE, this::shared);
        checkUnlessAbsent("subscription identifiers", Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE, this::identifiers);
        if (stated.number(Property.TOPIC_ALIAS_MAXIMUM, 0) == 0) {
            findings.accept(new Finding(group, "topic aliases to the broker", State.ABSENT, "the broker says so"));
        } else {
            check("topic aliases to the broker", this::alias);
        }
        check("message expiry", this::expiry);
        check("request and response", this::request);
        check("user properties", this::userProperties);
        check("no local", this::noLocal);
        check("will delay", this::willDelay);
    }

    private boolean echo(int qos) {
        try (Receiver receiver = probe.receiver()) {
            String topic = probe.topic("qos");
            receiver.subscribe(topic, qos);
            receiver.publish(topic, "echo", qos);
            Delivery message = receiver.next();
            return message != null && message.qos().value() == qos;
        }
    }

    private boolean wildcards() {
        try (Receiver receiver = probe.receiver()) {
            String topic = probe.topic("wild");
            return receiver.subscribe(topic + "/+/x", 1)
                    && receiver.subscribe(topic + "/deep/#", 1)
                    && publishes(receiver, topic + "/a/x", "plus")
                    && publishes(receiver, topic + "/deep/b/c", "number")
                    && !publishes(receiver, topic + "/a/y", "none");
        }
    }

    private static boolean publishes(Receiver receiver, String topic, String text) {
        receiver.publish(topic, text, 1);
        return text.equals("none") ? !receiver.getsNothing() : receiver.gets(text);
    }

    private boolean retained() {
        String topic = probe.topic("retained");
        try (Receiver receiver = probe.receiver()) {
            receiver.client().publish(Probe.message(topic, "kept", 1).withRetain(true));
            receiver.subscribe(topic, 1);
            Delivery message = receiver.next();
            boolean kept = message != null && message.retain();
            receiver.client().publish(Probe.message(topic, "", 1).withRetain(true));
            receiver.next();
            receiver.client().unsubscribe(topic);
            receiver.subscribe(topic, 1);
            return kept && receiver.getsNothing();
        }
    }

    private static Will will(String topic, long delaySeconds) {
        Properties properties =
                delaySeconds == 0 ? Properties.NONE : Properties.of(Property.WILL_DELAY_INTERVAL, delaySeconds);
        return new Will(
                TopicName.of(topic), QoS.AT_LEAST_ONCE, false, properties, "gone".getBytes(StandardCharsets.UTF_8));
    }

    private boolean will() {
        String topic = probe.topic("will");
        try (Receiver receiver = probe.receiver()) {
            receiver.subscribe(topic, 1);
            MqttClient dying = probe.client(builder -> builder.will(will(topic, 0)));
            dying.connect();
            dying.disconnect(ReasonCode.DISCONNECT_WITH_WILL, Properties.NONE);
            return receiver.gets("gone");
        }
    }

    private boolean willDelay() {
        String topic = probe.topic("delay");
        try (Receiver receiver = probe.receiver()) {
            receiver.subscribe(topic, 1);
            MqttClient dying = probe.client(
                    builder -> builder.will(will(topic, 1)).connectProperty(Property.SESSION_EXPIRY_INTERVAL, 30));
            dying.connect();
            dying.disconnect(ReasonCode.DISCONNECT_WITH_WILL, Properties.NONE);
            return receiver.getsNothing() && receiver.gets("gone");
        }
    }

    private boolean session() {
        String id = probe.clientId("session");
        String topic = probe.topic("session");
        UnaryOperator<ClientBuilder> keep = builder -> {
            builder.clientId(id).cleanStart(false);
            return probe.version().hasProperties()
                    ? builder.connectProperty(Property.SESSION_EXPIRY_INTERVAL, 60)
                    : builder;
        };
        try (Receiver first = probe.receiver(keep)) {
            first.subscribe(topic, 1);
        }
        try (Receiver other = probe.receiver()) {
            other.publish(topic, "queued", 1);
        }
        boolean resumed;
        try (Receiver second = probe.receiver(keep)) {
            resumed = second.gets("queued");
        }
        try (Receiver end = probe.receiver(builder -> builder.clientId(id))) { // a clean start ends the session
            return resumed && end.getsNothing();
        }
    }

    private boolean unsubscribe() {
        String topic = probe.topic("unsubscribe");
        try (Receiver receiver = probe.receiver()) {
            receiver.subscribe(topic, 1);
            receiver.client().unsubscribe(topic);
            receiver.publish(topic, "late", 1);
            return receiver.getsNothing();
        }
    }

    private boolean shared() {
        String topic = probe.topic("shared");
        String filter = "$share/dunlin-test/" + topic;
        try (Receiver a = probe.receiver();
                Receiver b = probe.receiver()) {
            if (!a.subscribe(filter, 1) || !b.subscribe(filter, 1)) {
                return false;
            }
            for (int i = 0; i < 10; i++) {
                a.publish(topic, "m" + i, 1);
            }
            int count = 0;
            while (count < 10
                    && (a.next(probe.answerTimeout().dividedBy(10)) != null
                            || b.next(probe.answerTimeout().dividedBy(10)) != null)) {
                count++;
            }
            return count == 10 && a.getsNothing() && b.getsNothing();
        }
    }

    private boolean identifiers() {
        String topic = probe.topic("identifier");
        try (Receiver receiver = probe.receiver()) {
            receiver.subscribe(
                    Subscription.of(topic).withQos(QoS.AT_LEAST_ONCE),
                    Properties.of(Property.SUBSCRIPTION_IDENTIFIER, 77));
            receiver.publish(topic, "x", 1);
            Delivery message = receiver.next();
            return message != null && message.properties().number(Property.SUBSCRIPTION_IDENTIFIER, 0) == 77;
        }
    }

    private boolean alias() {
        String topic = probe.topic("alias");
        try (Receiver receiver = probe.receiver()) {
            receiver.subscribe(topic, 1);
            Message message = Probe.message(topic, "x", 1).withProperties(Properties.of(Property.TOPIC_ALIAS, 1));
            receiver.client().publish(message); // the second goes without its topic
            receiver.client().publish(message);
            Delivery first = receiver.next();
            Delivery second = receiver.next();
            return first != null && second != null && second.topic().equals(topic);
        }
    }

    private boolean expiry() {
        String id = probe.clientId("expiry");
        String topic = probe.topic("expiry");
        UnaryOperator<ClientBuilder> keep =
                builder -> builder.clientId(id).cleanStart(false).connectProperty(Property.SESSION_EXPIRY_INTERVAL, 60);
        try (Receiver first = probe.receiver(keep)) {
            first.subscribe(topic, 1);
        }
        try (Receiver other = probe.receiver()) {
            other.client()
                    .publish(Probe.message(topic, "short", 1)
                            .withProperties(Properties.of(Property.MESSAGE_EXPIRY_INTERVAL, 1)));
            other.client()
                    .publish(Probe.message(topic, "long", 1)
                            .withProperties(Properties.of(Property.MESSAGE_EXPIRY_INTERVAL, 60)));
            other.next(Duration.ofMillis(2100)); // nothing comes: the first message grows old meanwhile
        }
        try (Receiver second = probe.receiver(keep)) {
            boolean gone = second.gets("long") && second.getsNothing();
            second.client().unsubscribe(topic);
            return gone;
        } finally {
            try (Receiver end = probe.receiver(builder -> builder.clientId(id))) {
                end.getsNothing();
            }
        }
    }

    private boolean request() {
        String topic = probe.topic("service");
        String answers = probe.topic("answers");
        try (Receiver server = probe.receiver();
                Receiver asker = probe.receiver()) {
            server.subscribe(topic, 1);
            asker.subscribe(answers, 1);
            asker.client()
                    .publish(Probe.message(topic, "ask", 1)
                            .withProperties(Properties.builder()
                                    .text(Property.RESPONSE_TOPIC, answers)
                                    .binary(Property.CORRELATION_DATA, new byte[] {7})
                                    .build()));
            Delivery request = server.next();
            String to = request == null ? null : request.properties().text(Property.RESPONSE_TOPIC);
            if (request == null || to == null) {
                return false;
            }
            byte[] data = request.properties().binary(Property.CORRELATION_DATA);
            server.publish(to, "answer " + (data == null ? "none" : data[0]), 1);
            return asker.gets("answer 7");
        }
    }

    private boolean userProperties() {
        String topic = probe.topic("user");
        try (Receiver receiver = probe.receiver()) {
            receiver.subscribe(topic, 1);
            receiver.client()
                    .publish(Probe.message(topic, "x", 1)
                            .withProperties(Properties.builder()
                                    .user("a", "1")
                                    .user("a", "2")
                                    .text(Property.CONTENT_TYPE, "text/plain")
                                    .build()));
            Delivery message = receiver.next();
            return message != null
                    && message.properties().userProperties().size() == 2
                    && "text/plain".equals(message.properties().text(Property.CONTENT_TYPE));
        }
    }

    private boolean noLocal() {
        String topic = probe.topic("local");
        try (Receiver receiver = probe.receiver()) {
            receiver.subscribe(Subscription.of(topic).withQos(QoS.AT_LEAST_ONCE).withNoLocal(true), Properties.NONE);
            receiver.publish(topic, "x", 1);
            return receiver.getsNothing();
        }
    }
}
