package io.dunlin.client;

import io.dunlin.client.ScriptedServer.Peer;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.topic.TopicName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a test's server does again and again. */
final class Granting {
    private Granting() {}

    /** Receives a SUBSCRIBE and grants what it asks for. */
    static Subscribe grant(Peer peer) throws IOException {
        Subscribe subscribe = peer.expect(Subscribe.class);
        answer(peer, subscribe, ReasonCode.GRANTED_QOS_2);
        return subscribe;
    }

    static Subscribe refuse(Peer peer, ReasonCode reason) throws IOException {
        Subscribe subscribe = peer.expect(Subscribe.class);
        answer(peer, subscribe, reason);
        return subscribe;
    }

    private static void answer(Peer peer, Subscribe subscribe, ReasonCode reason) throws IOException {
        peer.send(new Suback(subscribe.packetId(), Properties.NONE, List.of(reason)));
    }

    static Publish publish(int qos, int id, String topic, String text) {
        return publish(qos, id, topic, text, Properties.NONE);
    }

    static Publish publish(int qos, int id, String topic, String text, Properties properties) {
        return new Publish(
                false, QoS.of(qos), false, TopicName.of(topic), id, properties, text.getBytes(StandardCharsets.UTF_8));
    }
}
