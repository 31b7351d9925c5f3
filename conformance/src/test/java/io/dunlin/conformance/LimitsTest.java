package io.dunlin.conformance;

import io.dunlin.broker.port.BrokerEvents;
import io.dunlin.broker.port.ClientLimit;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Limits of the core: each holds exactly, is counted, and is told of with the name of the client. */
class LimitsTest {
    private final List<String> told = new ArrayList<>();

    private World listening(World world) {
        return world.with(new Listener());
    }

    private final class Listener implements BrokerEvents {
        @Override
        public void limited(String clientId, ConnectionInfo connection, ClientLimit limit, String message) {
            told.add(clientId + " " + limit.text());
        }
    }

    private void isTold(World world, Peer client, String clientId, ClientLimit limit, int times) {
        client.check(world.counted(limit.counter()) == times, limit + " was counted " + world.counted(limit.counter()));
        List<String> expected = Collections.nCopies(times, clientId + " " + limit.text());
        client.check(told.equals(expected), "told was " + told);
    }

    @Conversation(Conversation.Places.MEMORY)
    void shallowWildcardsAreRefused(World world) {
        listening(world).with("wildcardDepthMin", 2);
        Peer client = world.connected("c");
        Suback suback = client.subscribe(
                Raw.to("#", 0),
                Raw.to("a/#", 0),
                Raw.to("a/+/b", 0),
                Raw.to("$share/g/a/#", 0),
                Raw.to("a/b/#", 0),
                Raw.to("$share/g/a/b/+", 0),
                Raw.to("a", 0));
        ReasonCode no = ReasonCode.TOPIC_FILTER_INVALID;
        ReasonCode yes = ReasonCode.SUCCESS;
        client.check(suback.reasons().equals(List.of(no, no, no, no, yes, yes, yes)), "got " + suback);
        isTold(world, client, "c", ClientLimit.WILDCARD_DEPTH, 4);
    }

    @Conversation(Conversation.Places.MEMORY)
    void subscriptionsInAll(World world) {
        listening(world).with("subscriptionsInAllMax", 2);
        Peer first = world.connected("c");
        Peer second = world.connected("d");
        first.subscribe("a", 0);
        second.subscribe("a", 0);
        Suback suback = second.subscribe(Raw.to("b", 0), Raw.to("a", 1));
        second.check(
                suback.reasons().equals(List.of(ReasonCode.QUOTA_EXCEEDED, ReasonCode.GRANTED_QOS_1)), "got " + suback);
        first.unsubscribe("a");
        second.subscribe("b", 0);
        isTold(world, second, "d", ClientLimit.SUBSCRIPTIONS, 1);
    }

    @Conversation(Conversation.Places.MEMORY)
    void retainedMessagesOfOneClient(World world) {
        listening(world).with("retainedPerClientMax", 2);
        Peer client = world.connected("c");
        client.publish(Pub.of("r/1", "x").qos(1).retain());
        client.publish(Pub.of("r/2", "x").qos(1).retain());
        client.check(
                client.publishRefusable(Pub.of("r/3", "x").qos(1).retain()) == ReasonCode.QUOTA_EXCEEDED,
                "a third was taken");
        client.publish(Pub.of("r/2", "y").qos(1).retain()); // replacing is not growing
        Peer other = world.connected("d");
        other.publish(Pub.of("r/1", "z").qos(1).retain()); // it belongs to the other now
        client.publish(Pub.of("r/3", "x").qos(1).retain());
        isTold(world, client, "c", ClientLimit.RETAINED_MESSAGES, 1);
    }

    @Conversation(Conversation.Places.MEMORY)
    void willsAreSmallAndFew(World world) {
        listening(world).with("willBytesMax", 10).with("willsBytesMax", 250L);
        world.client("c").connectRefused(ReasonCode.QUOTA_EXCEEDED, connect -> connect.will("w", "12345678901"));
        Peer first = world.client("c");
        first.connect(connect -> connect.will("w", "1234567890"));
        Peer second = world.client("d");
        second.connect(connect -> connect.will("w", "1234567890"));
        world.client("e").connectRefused(ReasonCode.QUOTA_EXCEEDED, connect -> connect.will("w", "1234567890"));
        first.disconnect(); // its will is gone
        Peer third = world.client("e");
        third.connect(connect -> connect.will("w", "1234567890"));
        second.drop(); // and this one is sent
        Peer fourth = world.client("f");
        fourth.connect(connect -> connect.will("w", "1234567890"));
        isTold(world, fourth, "", ClientLimit.WILLS, 2);
    }

    @Conversation(Conversation.Places.MEMORY)
    void aStrangerSendsSmallPackets(World world) {
        listening(world).with("packetBytesBeforeLoginMax", 100);
        world.client("c")
                .sendConnect(connect -> connect.credentials("u".repeat(100), "p"))
                .awaitEnd();
        Peer client = world.connected("c");
        client.publish("t", "x".repeat(1_000), 1);
        isTold(world, client, "", ClientLimit.PACKET_SIZE, 1);
    }

    @Conversation(Conversation.Places.MEMORY)
    void manyThingsInOnePacket(World world) {
        listening(world).with("filtersMax", 2).with("userPropertiesMax", 2);
        Peer client = world.connected("c");
        client.subscribe(Raw.to("a", 0), Raw.to("b", 0));
        client.publish(Pub.of("a", "x").qos(1).user("k", "1").user("k", "2"));
        client.drain();
        client.publish("a", "x", 0);
        client.drain();
        Properties three = Properties.builder()
                .user("k", "1")
                .user("k", "2")
                .user("k", "3")
                .build();
        client.send(new Unsubscribe(client.nextId(), three, List.of("a")));
        client.expectDisconnect(ReasonCode.QUOTA_EXCEEDED);
        Peer again = world.connected("c");
        again.send(new Unsubscribe(again.nextId(), Properties.NONE, List.of("a", "b", "c")));
        again.expectDisconnect(ReasonCode.QUOTA_EXCEEDED);
        isTold(world, again, "c", ClientLimit.PACKET_ITEMS, 2);
    }

    @Conversation(Conversation.Places.MEMORY)
    void halfSentPackets(World world) {
        listening(world).with("packetBytesMax", 10_000).with("partialBytesMax", 40_000L);
        byte[] most = new byte[9_000];
        most[0] = 0x30;
        most[1] = (byte) 0xC6; // 9,926 bytes are to come, and the last of them never do
        most[2] = 0x4D;
        most[4] = 1;
        most[5] = 't';
        List<Peer> halves = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            halves.add(world.connected("half-" + i).sendBytes(most));
        }
        Peer client = world.connected("c");
        client.publish("t", "x".repeat(9_000), 1);
        client.check(world.counted(Counter.PARTIAL_PACKETS_SHED) >= 14, "shed were " + told);
        halves.getFirst().expectDisconnect(ReasonCode.QUOTA_EXCEEDED);
        client.check(told.getFirst().equals("half-0 partial-packets"), "told was " + told);
    }
}
