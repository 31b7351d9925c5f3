package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.EVERYWHERE;
import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.UserProperty;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.World;
import java.time.Duration;
import java.util.List;

/** Sections 3.1.2.5 and 3.1.3.2: the will. */
class WillTest {
    private static Peer watcher(World world) {
        Peer watcher = world.connected("watcher");
        watcher.subscribe(Raw.asPublished("will/#", 2));
        return watcher;
    }

    private static Properties delay(long seconds) {
        return Properties.of(Property.WILL_DELAY_INTERVAL, seconds);
    }

    @Conversation(EVERYWHERE)
    @Clause({"MQTT-3.1.2-7", "MQTT-3.1.2-8", "MQTT-3.1.2-14", "MQTT311-3.1.2-8", "MQTT311-3.1.2-16"})
    void isPublishedWhenTheConnectionEndsWithoutDisconnect(World world, ProtocolVersion version) {
        Peer watcher = watcher(world);
        Peer client = world.client("c", version);
        client.connect(it -> it.will("will/c", "gone", 1, false, Properties.NONE));
        watcher.expectNothing();
        client.drop();
        Publish will = watcher.receive("will/c", "gone");
        watcher.check(!will.retain() && will.qos() == QoS.AT_LEAST_ONCE, "got " + will);
        Peer late = world.connected("late");
        late.subscribe("will/#", 0);
        late.expectNothing(); // not retained
    }

    @Conversation
    @Clause({"MQTT-3.1.2-8", "MQTT311-3.1.2-8"})
    void isPublishedAfterAReset(World world, ProtocolVersion version) {
        Peer watcher = watcher(world);
        Peer client = world.client("c", version);
        client.connect(it -> it.will("will/c", "gone"));
        client.cut();
        watcher.receive("will/c", "gone");
    }

    @Conversation
    @Clause({"MQTT-3.1.2-8", "MQTT311-3.1.2-8", "MQTT-4.13.1-1", "MQTT311-4.8.0-1"})
    void isPublishedAfterAProtocolError(World world, ProtocolVersion version) {
        Peer watcher = watcher(world);
        Peer client = world.client("c", version);
        client.connect(it -> it.will("will/c", "gone"));
        client.sendHex("60 02 00 01");
        client.expectDisconnect(ReasonCode.MALFORMED_PACKET);
        watcher.receive("will/c", "gone");
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.2-8", "MQTT-3.1.2-22", "MQTT311-3.1.2-8", "MQTT311-3.1.2-24"})
    void isPublishedAfterAKeepAliveTimeout(World world, ProtocolVersion version) {
        Peer watcher = watcher(world);
        Peer client = world.client("c", version);
        client.connect(it -> it.keepAlive(10).will("will/c", "gone"));
        world.advance(Duration.ofSeconds(16));
        watcher.receive("will/c", "gone");
    }

    @Conversation
    @Clause({"MQTT-3.1.2-8", "MQTT-3.1.4-3"})
    void isPublishedWhenTheSessionIsTakenOver(World world, ProtocolVersion version) {
        Peer watcher = watcher(world);
        Peer client = world.client("c", version);
        client.connect(it -> it.will("will/c", "gone"));
        Peer heir = world.connected("c", version);
        watcher.receive("will/c", "gone");
        heir.ping();
        watcher.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.1.2-10", "MQTT-3.14.4-3", "MQTT311-3.1.2-10", "MQTT311-3.14.4-3", "MQTT311-3.1.2-8"})
    void isForgottenAtDisconnect(World world, ProtocolVersion version) {
        Peer watcher = watcher(world);
        Peer client = world.client("c", version);
        client.connect(it -> it.will("will/c", "gone"));
        client.disconnect();
        watcher.expectNothing();
        client.connect();
        client.drop();
        watcher.expectNothing(); // the will of the connection before is not kept
    }

    @Conversation
    @Clause("MQTT-3.1.2-8")
    void isPublishedAtDisconnectWithWill(World world) {
        Peer watcher = watcher(world);
        for (ReasonCode reason : List.of(ReasonCode.DISCONNECT_WITH_WILL, ReasonCode.UNSPECIFIED_ERROR)) {
            Peer client = world.client("c");
            client.connect(it -> it.will("will/c", "gone"));
            client.disconnect(reason);
            watcher.receive("will/c", "gone");
        }
    }

    @Conversation
    @Clause({"MQTT-3.1.2-10", "MQTT311-3.1.2-10"})
    void isPublishedOnce(World world, ProtocolVersion version) {
        Peer watcher = watcher(world);
        Peer client = world.client("c", version);
        client.connect(it -> it.persistent().will("will/c", "gone"));
        client.drop();
        watcher.receive("will/c", "gone");
        client.connect(it -> it.persistent());
        client.drop();
        watcher.expectNothing();
    }

    @Conversation
    @Clause("MQTT311-3.1.2-12")
    void thereIsNoneWithoutTheFlag(World world, ProtocolVersion version) {
        Peer watcher = world.connected("watcher");
        watcher.subscribe("#", 0);
        Peer client = world.connected("c", version);
        client.drop();
        watcher.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.1.2-15", "MQTT311-3.1.2-17"})
    void isRetainedWhereItSaysSo(World world, ProtocolVersion version) {
        Peer watcher = watcher(world);
        Peer client = world.client("c", version);
        client.connect(it -> it.will("will/c", "gone", 2, true, Properties.NONE));
        client.drop();
        Publish will = watcher.receive("will/c", "gone");
        watcher.check(will.retain() && will.qos() == QoS.EXACTLY_ONCE, "got " + will);
        Peer late = world.connected("late", version);
        late.subscribe("will/#", 2);
        Publish stored = late.receive("will/c", "gone");
        late.check(stored.retain(), "got " + stored);
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.2-8", "MQTT-3.1.3-9"})
    void waitsForItsDelay(World world) {
        Peer watcher = watcher(world);
        Peer client = world.client("c");
        client.connect(it -> it.persistent().will("will/c", "gone", 0, false, delay(30)));
        client.drop();
        world.advance(Duration.ofMillis(29_900));
        watcher.expectNothing();
        world.advance(Duration.ofMillis(200));
        watcher.receive("will/c", "gone");
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.3-9", "MQTT-3.1.2-8"})
    void isNotPublishedWhereTheClientReturnsWithinTheDelay(World world) {
        Peer watcher = watcher(world);
        Peer client = world.client("c");
        client.connect(it -> it.persistent().will("will/c", "gone", 0, false, delay(30)));
        client.drop();
        world.advance(Duration.ofSeconds(20));
        client.connect(it -> it.persistent());
        world.advance(Duration.ofSeconds(60));
        watcher.expectNothing();
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.1.3-9", "MQTT-3.1.4-3"})
    void isNotPublishedWhereTheSessionIsTakenOverAndResumed(World world) {
        Peer watcher = watcher(world);
        Peer client = world.client("c");
        client.connect(it -> it.persistent().will("will/c", "gone", 0, false, delay(30)));
        Peer heir = world.client("c");
        heir.connect(it -> it.persistent());
        world.advance(Duration.ofSeconds(60));
        watcher.expectNothing();
    }

    @Conversation(MEMORY)
    @Clause("MQTT-3.1.2-8")
    void isPublishedWhenTheSessionEndsBeforeTheDelay(World world) {
        Peer watcher = watcher(world);
        Peer expiring = world.client("a");
        expiring.connect(
                it -> it.property(Property.SESSION_EXPIRY_INTERVAL, 10).will("will/a", "gone", 0, false, delay(30)));
        expiring.drop();
        world.advance(Duration.ofMillis(9_900));
        watcher.expectNothing();
        world.advance(Duration.ofMillis(200));
        watcher.receive("will/a", "gone");
        Peer endingAtOnce = world.client("b");
        endingAtOnce.connect(it -> it.will("will/b", "gone", 0, false, delay(30)));
        endingAtOnce.drop();
        watcher.receive("will/b", "gone");
        Peer replaced = world.client("d");
        replaced.connect(it -> it.persistent().will("will/d", "gone", 0, false, delay(30)));
        replaced.drop();
        watcher.expectNothing();
        world.client("d").connect(); // a clean start ends the session
        watcher.receive("will/d", "gone");
        world.advance(Duration.ofSeconds(60));
        watcher.expectNothing();
    }

    @Conversation
    @Clause({
        "MQTT-3.1.3-10",
        "MQTT-3.3.2-4",
        "MQTT-3.3.2-15",
        "MQTT-3.3.2-16",
        "MQTT-3.3.2-17",
        "MQTT-3.3.2-18",
        "MQTT-3.3.2-20"
    })
    void keepsItsProperties(World world) {
        Peer watcher = watcher(world);
        Properties properties = Properties.builder()
                .number(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                .text(Property.CONTENT_TYPE, "text/plain")
                .text(Property.RESPONSE_TOPIC, "answer/here")
                .binary(Property.CORRELATION_DATA, new byte[] {1, 2, 0})
                .user("b", "1")
                .user("a", "2")
                .user("b", "1")
                .user("", "")
                .build();
        Peer client = world.client("c");
        client.connect(it -> it.will("will/c", "gone", 0, false, properties));
        client.drop();
        Publish will = watcher.receive("will/c", "gone");
        watcher.check(
                will.properties()
                        .userProperties()
                        .equals(List.of(
                                new UserProperty("b", "1"),
                                new UserProperty("a", "2"),
                                new UserProperty("b", "1"),
                                new UserProperty("", ""))),
                "user properties: " + will);
        watcher.check(will.properties().number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1, "got " + will);
        watcher.check("text/plain".equals(will.properties().text(Property.CONTENT_TYPE)), "got " + will);
        watcher.check("answer/here".equals(will.properties().text(Property.RESPONSE_TOPIC)), "got " + will);
        byte[] correlation = will.properties().binary(Property.CORRELATION_DATA);
        watcher.check(correlation != null && Bytes.hex(correlation).equals("01 02 00"), "got " + will);
        watcher.check(!will.properties().has(Property.WILL_DELAY_INTERVAL), "got " + will);
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-3.3.2-5", "MQTT-3.3.2-6"})
    void expiresCountingFromItsPublication(World world) {
        Peer watcher = world.client("watcher");
        watcher.connect(it -> it.persistent());
        watcher.subscribe("will/#", 1);
        watcher.drop();
        Peer client = world.client("c");
        Properties properties = Properties.builder()
                .number(Property.WILL_DELAY_INTERVAL, 20)
                .number(Property.MESSAGE_EXPIRY_INTERVAL, 10)
                .build();
        client.connect(it -> it.persistent().will("will/c", "gone", 1, false, properties));
        client.drop();
        world.advance(Duration.ofSeconds(24));
        watcher.connect(it -> it.persistent());
        Publish will = watcher.receive("will/c", "gone");
        long left = will.properties().number(Property.MESSAGE_EXPIRY_INTERVAL, -1);
        watcher.check(left == 6, "4 of 10 seconds are over, left are " + left);
    }

    @Conversation
    @Clause({"MQTT-3.1.2-7", "MQTT-3.1.2-8"})
    void goesToTheClientThatTookOverToo(World world) {
        Peer client = world.client("c");
        client.connect(it -> it.will("will/c", "gone"));
        Peer heir = world.client("c");
        heir.connect();
        heir.subscribe("will/#", 0);
        Peer third = world.client("c");
        third.connect();
        third.subscribe("will/#", 0);
        third.expectNothing();
    }
}
