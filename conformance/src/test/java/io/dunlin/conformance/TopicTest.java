package io.dunlin.conformance;

import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.testkit.Bytes;
import io.dunlin.testkit.Clause;
import io.dunlin.testkit.Peer;
import io.dunlin.testkit.World;
import java.util.List;

/** Section 4.7: topic names and filters. */
class TopicTest {
    @Conversation
    @Clause({"MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT311-4.7.1-2", "MQTT311-4.7.1-3"})
    void refusesFiltersWithWildcardsInWrongPlaces(World world, ProtocolVersion version) {
        for (String filter : List.of("a#", "a/#/b", "#/a", "a/b#", "##", "+a", "a+", "a/+b", "a/b+/c", "++", "+#")) {
            Peer client = world.connected("c", version);
            client.sendBytes(Raw.subscribe(version, 1, Bytes.utf8(filter), 0));
            expectInvalidFilter(client);
        }
    }

    /** MQTT 5 has a reason code for it, 3.1.1 one failure for all; 3.1 knows no failure. */
    private static void expectInvalidFilter(Peer client) {
        switch (client.version()) {
            case V3_1 -> client.expectClosed();
            case V3_1_1 -> expectSuback(client, ReasonCode.UNSPECIFIED_ERROR);
            case V5 -> expectSuback(client, ReasonCode.TOPIC_FILTER_INVALID);
        }
    }

    private static void expectSuback(Peer client, ReasonCode reason) {
        client.expect(Suback.class, it -> it.reasons().equals(List.of(reason)), "SUBACK " + reason);
        client.ping();
    }

    @Conversation
    @Clause({"MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT311-4.7.1-2", "MQTT311-4.7.1-3"})
    void matchesWildcards(World world, ProtocolVersion version) {
        String[][] cases = {
            {"sport/tennis/#", "sport/tennis", "sport/tennis/", "sport/tennis/a/b", "!sport", "!sport/tennisx"},
            {"sport/+", "sport/", "sport/a", "!sport", "!sport/a/b"},
            {"+/+", "/finance", "a/b", "!a", "!a/b/c"},
            {"/+", "/finance", "/", "!finance", "!//"},
            {"+", "finance", "!/finance"},
            {"+/a/#", "/a", "x/a", "x/a/b/c", "!a", "!x/b"},
            {"#", "a", "/", "a/b/c", "//"},
            {"a//b", "a//b", "!a/b", "!a/x/b"},
        };
        Peer client = world.connected("c", version);
        Peer sender = world.connected("sender", version);
        for (String[] each : cases) {
            client.subscribe(each[0], 1);
            for (int i = 1; i < each.length; i++) {
                boolean matches = !each[i].startsWith("!");
                String topic = matches ? each[i] : each[i].substring(1);
                sender.publish(topic, topic, 1);
                if (matches) {
                    client.receive(topic, topic);
                }
            }
            client.expectNothing();
            client.unsubscribe(each[0]);
        }
    }

    @Conversation
    @Clause({"MQTT-4.7.2-1", "MQTT311-4.7.2-1"})
    void hidesDollarTopicsFromWildcardsAtTheBeginning(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.subscribe(Raw.to("#", 1), Raw.to("+/x", 1), Raw.to("+/x/#", 1));
        Peer sender = world.connected("sender", version);
        sender.publish("$app/x", "no", 1);
        sender.publish("$", "no", 1);
        client.expectNothing();
        client.unsubscribe("#", "+/x", "+/x/#");
        client.subscribe(Raw.to("$app/#", 1));
        sender.publish("$app/x", "yes", 1);
        client.receive("$app/x", "yes");
    }

    @Conversation
    @Clause({"MQTT-4.7.3-1", "MQTT311-4.7.3-1"})
    void refusesEmptyFilters(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.sendBytes(Raw.subscribe(version, 1, new byte[0], 0));
        expectInvalidFilter(client);
    }

    @Conversation
    @Clause({"MQTT-4.7.3-3", "MQTT311-4.7.3-3"})
    void takesFiltersUpTo65535Bytes(World world, ProtocolVersion version) {
        world.with("topicLevelsMax", 40_000);
        Peer client = world.connected("c", version);
        String deep = "a/".repeat(32_766) + "+/#"; // 65,535 bytes
        client.check(Bytes.utf8(deep).length == 65_535, "the test is wrong");
        client.subscribe(deep, 0);
        client.publish("a/".repeat(32_766) + "x", "deep", 1);
        client.receive("a/".repeat(32_766) + "x", "deep");
        client.unsubscribe(deep);
        world.with("topicLevelsMax", 200);
        ReasonCode reason =
                client.subscribe(Raw.to("a/".repeat(200) + "b", 0)).reasons().getFirst();
        client.check(reason.isError(), "201 levels were taken");
        client.ping();
    }

    @Conversation
    @Clause({"MQTT-4.7.3-4", "MQTT311-4.7.3-4"})
    void comparesWithoutNormalisation(World world, ProtocolVersion version) {
        Peer client = world.connected("c", version);
        client.subscribe(Raw.to("\u00E9", 0), Raw.to("ACCOUNTS", 0), Raw.to("a b", 0), Raw.to("%41", 0));
        for (String topic : List.of("e\u0301", "Accounts", "accounts", "a  b", "ab", "A", "\u00C9")) {
            client.publish(topic, "no", 1);
        }
        client.expectNothing();
        for (String topic : List.of("\u00E9", "ACCOUNTS", "a b", "%41")) {
            client.publish(topic, topic, 1);
            client.expectPublish(topic, topic);
        }
    }
}
