package io.dunlin.conformance;

import static io.dunlin.conformance.Conversation.Places.MEMORY;

import io.dunlin.broker.port.BrokerOptions.SharedStrategy;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.Pub;
import io.dunlin.testkit.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** Section 4.8.2: shared subscriptions. */
class SharedSubscriptionTest {
    private static List<Peer> members(World world, int count, String filter, int qos) {
        List<Peer> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Peer member = world.client("m" + i);
            member.connect(it -> it.persistent());
            member.subscribe(filter, qos);
            members.add(member);
        }
        return members;
    }

    /** Takes and acknowledges all that is there. */
    private static List<String> take(Peer member) {
        List<String> payloads = new ArrayList<>();
        for (Packet packet : member.drain()) {
            if (packet instanceof Publish publish) {
                payloads.add(Peer.text(publish));
                member.acknowledge(publish);
            }
        }
        return payloads;
    }

    @Conversation
    @Clause({"MQTT-4.8.2-1", "MQTT-4.8.2-2"})
    void refusesWrongShareNames(World world) {
        Peer client = world.connected("c");
        for (String filter : List.of(
                "$share",
                "$share/",
                "$share//a",
                "$share/g",
                "$share/g/",
                "$share/g+/a",
                "$share/#/a",
                "$share/+/a",
                "$share/g/a#")) {
            ReasonCode reason = client.subscribe(Raw.to(filter, 1)).reasons().getFirst();
            client.check(reason == ReasonCode.TOPIC_FILTER_INVALID, filter + " was answered by " + reason);
        }
        client.subscribe("$share/g/a", 1);
        client.publish("a", "x", 1);
        client.receive("a", "x");
    }

    @Conversation
    @Clause({"MQTT-4.8.2-1", "MQTT-3.8.4-3"})
    void givesEachMessageToOneMemberOfEachGroupInTurn(World world) {
        List<Peer> members = members(world, 3, "$share/g/t/#", 1);
        Peer other = world.connected("other");
        other.subscribe("$share/h/t/#", 1);
        Peer alone = world.connected("alone");
        alone.subscribe("t/#", 1);
        Peer sender = world.connected("sender");
        TreeSet<String> sent = new TreeSet<>();
        for (int i = 0; i < 30; i++) {
            sent.add("" + i);
            sender.publish("t/" + i % 5, "" + i, 1);
        }
        TreeSet<String> all = new TreeSet<>();
        int count = 0;
        for (Peer member : members) {
            List<String> own = take(member);
            member.check(own.size() == 10, "round robin gives 10 to each: " + own);
            count += own.size();
            all.addAll(own);
        }
        other.check(count == 30 && all.equals(sent), "got " + all);
        other.check(new TreeSet<>(take(other)).equals(sent), "the other group has its own copy");
        alone.check(new TreeSet<>(take(alone)).equals(sent), "and so have all others");
    }

    @Conversation
    @Clause("MQTT-4.8.2-3")
    void respectsTheGrantedQosOfEachMember(World world) {
        Map<String, Integer> granted = new HashMap<>();
        List<Peer> members = new ArrayList<>();
        for (int qos = 0; qos <= 2; qos++) {
            Peer member = world.connected("m" + qos);
            member.subscribe("$share/g/t", qos);
            granted.put("m" + qos, qos);
            members.add(member);
        }
        Peer sender = world.connected("sender");
        for (int i = 0; i < 9; i++) {
            sender.publish("t", "" + i, 2);
        }
        for (Peer member : members) {
            int count = 0;
            for (Packet packet : member.drain()) {
                Publish publish = (Publish) packet;
                member.check(publish.qos() == QoS.of(granted.getOrDefault(member.name(), 9)), "got " + publish);
                count++;
                member.acknowledge(publish);
            }
            member.check(count == 3, "got " + count + " of 9");
        }
    }

    @Conversation
    @Clause("MQTT-4.8.2-1")
    void staysWithOneMemberWhereSticky(World world) {
        world.with("sharedStrategy", SharedStrategy.STICKY);
        List<Peer> members = members(world, 3, "$share/g/t", 1);
        Peer sender = world.connected("sender");
        for (int i = 0; i < 6; i++) {
            sender.publish("t", "" + i, 1);
        }
        Peer chosen = null;
        for (Peer member : members) {
            List<String> own = take(member);
            member.check(own.isEmpty() || own.size() == 6, "got " + own);
            chosen = own.isEmpty() ? chosen : member;
        }
        sender.check(chosen != null, "nobody got anything");
        members.remove(chosen);
        Objects.requireNonNull(chosen).unsubscribe("$share/g/t");
        for (int i = 0; i < 4; i++) {
            sender.publish("t", "" + i, 1);
        }
        int first = take(members.get(0)).size();
        int second = take(members.get(1)).size();
        sender.check(first + second == 4 && first * second == 0, "got " + first + " and " + second);
    }

    @Conversation
    @Clause("MQTT-4.8.2-1")
    void givesOnePublishersMessagesToOneMemberWhereHashed(World world) {
        world.with("sharedStrategy", SharedStrategy.HASH_PUBLISHER);
        List<Peer> members = members(world, 3, "$share/g/t", 1);
        TreeSet<String> chosen = new TreeSet<>();
        for (int publisher = 0; publisher < 12; publisher++) {
            Peer sender = world.connected("sender" + publisher);
            for (int i = 0; i < 4; i++) {
                sender.publish("t", "" + i, 1);
            }
            int receivers = 0;
            for (Peer member : members) {
                List<String> own = take(member);
                member.check(own.isEmpty() || own.equals(List.of("0", "1", "2", "3")), "got " + own);
                receivers += own.isEmpty() ? 0 : 1;
                if (!own.isEmpty()) {
                    chosen.add(member.name());
                }
            }
            sender.check(receivers == 1, receivers + " members got messages of one publisher");
        }
        members.getFirst().check(chosen.size() > 1, "12 publishers all go to " + chosen);
    }

    @Conversation
    @Clause({"MQTT-4.8.2-1", "MQTT-4.5.0-1"})
    void prefersMembersThatAreConnected(World world) {
        List<Peer> members = members(world, 2, "$share/g/t", 1);
        members.get(0).drop();
        members.get(1).pingUntil(() -> world.broker().totals().connected() == 1, "the other member is gone");
        Peer sender = world.connected("sender");
        for (int i = 0; i < 4; i++) {
            sender.publish("t", "" + i, 1);
        }
        members.get(1).check(take(members.get(1)).size() == 4, "the connected member takes all");
    }

    @Conversation
    @Clause({"MQTT-4.8.2-1", "MQTT-4.5.0-1"})
    void keepsMessagesWhereNoMemberIsConnected(World world) {
        List<Peer> members = members(world, 2, "$share/g/t", 1);
        members.forEach(Peer::drop);
        Peer sender = world.connected("sender");
        for (int i = 0; i < 4; i++) {
            sender.publish("t", "" + i, 1);
        }
        TreeSet<String> all = new TreeSet<>();
        for (Peer member : members) {
            member.connect(it -> it.persistent());
            all.addAll(take(member));
        }
        sender.check(all.size() == 4, "got " + all);
    }

    @Conversation
    @Clause("MQTT-4.8.2-1")
    void givesUnacknowledgedMessagesToAnotherWhenAMemberLeaves(World world) {
        Peer leaving = world.connected("leaving");
        leaving.subscribe("$share/g/t", 1);
        Peer sender = world.connected("sender");
        sender.publish("t", "a", 1);
        sender.publish("t", "b", 1);
        leaving.expectPublish("t", "a"); // and does not acknowledge
        leaving.expectPublish("t", "b");
        Peer staying = world.connected("staying");
        staying.subscribe("$share/g/t", 1);
        leaving.drop(); // its session ends with the connection
        staying.receive("t", "a");
        staying.receive("t", "b");
    }

    @Conversation
    @Clause("MQTT-4.8.2-4")
    void finishesAStartedQos2DeliveryWithTheSameClient(World world) {
        Peer member = world.client("member");
        member.connect(it -> it.persistent());
        member.subscribe("$share/g/t", 2);
        Peer sender = world.connected("sender");
        sender.publish("t", "x", 2);
        int id = member.expectPublish("t", "x").packetId();
        Peer other = world.connected("other");
        other.subscribe("$share/g/t", 2);
        member.send(new Pubrec(id));
        member.expect(new Pubrel(id));
        member.drop();
        other.expectNothing();
        member.connect(it -> it.persistent());
        member.expect(new Pubrel(id));
        member.send(new Pubcomp(id));
        other.expectNothing();
    }

    @Conversation
    @Clause("MQTT-4.8.2-5")
    void givesAStartedQos2DeliveryToNobodyElseWhenTheSessionEnds(World world) {
        Peer member = world.connected("member");
        member.subscribe("$share/g/t", 2);
        Peer sender = world.connected("sender");
        sender.publish("t", "x", 2);
        int id = member.expectPublish("t", "x").packetId();
        Peer other = world.connected("other");
        other.subscribe("$share/g/t", 2);
        member.send(new Pubrec(id));
        member.expect(new Pubrel(id));
        member.drop(); // ends its session
        other.expectNothing();
    }

    @Conversation
    @Clause("MQTT-4.8.2-6")
    void dropsWhatAMemberRefuses(World world) {
        List<Peer> members = members(world, 2, "$share/g/t", 2);
        Peer sender = world.connected("sender");
        for (int i = 0; i < 2; i++) {
            sender.publish("t", "one" + i, 1);
            sender.publish("t", "two" + i, 2);
        }
        for (Peer member : members) {
            for (Packet packet : member.drain()) {
                Publish publish = (Publish) packet;
                member.send(
                        publish.qos() == QoS.AT_LEAST_ONCE
                                ? new Puback(publish.packetId(), ReasonCode.UNSPECIFIED_ERROR)
                                : new Pubrec(publish.packetId(), ReasonCode.QUOTA_EXCEEDED));
            }
        }
        members.forEach(Peer::expectNothing);
        for (Peer member : members) {
            member.drop();
            member.connect(it -> it.persistent());
        }
        members.forEach(Peer::expectNothing);
    }

    @Conversation
    @Clause({"MQTT-3.3.1-9", "MQTT-4.8.2-1"})
    void sendsNoRetainedMessagesToGroups(World world) {
        Peer sender = world.connected("sender");
        sender.publish(Pub.of("t", "stored").qos(1).retain());
        Peer member = world.connected("member");
        member.subscribe("$share/g/t", 1);
        member.expectNothing();
    }

    @Conversation
    @Clause({"MQTT-3.10.4-1", "MQTT-3.10.4-2", "MQTT-4.8.2-1"})
    void leavesAGroupAtUnsubscribe(World world) {
        List<Peer> members = members(world, 2, "$share/g/t", 1);
        members.get(0).unsubscribe("t", "$share/h/t"); // neither is the subscription
        members.get(0).unsubscribe("$share/g/t");
        Peer sender = world.connected("sender");
        for (int i = 0; i < 4; i++) {
            sender.publish("t", "" + i, 1);
        }
        members.get(0).expectNothing();
        members.get(1).check(take(members.get(1)).size() == 4, "the other member takes all");
    }

    @Conversation(MEMORY)
    @Clause({"MQTT-4.8.2-1", "MQTT-4.6.0-6"})
    void keepsTheOrderInAGroupOfOne(World world) {
        List<Peer> members = members(world, 1, "$share/g/t", 1);
        Peer sender = world.connected("sender");
        for (int i = 0; i < 50; i++) {
            sender.send(Pub.of("t", "" + i).qos(1));
        }
        for (int i = 0; i < 50; i++) {
            members.getFirst().receive("t", "" + i);
        }
    }
}
