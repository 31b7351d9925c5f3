package io.dunlin.testkit;

import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.topic.TopicName;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Bytes of clients, made once and sent often. */
public final class Batch {
    private Batch() {}

    /** A CONNECT with a clean start and without keep alive. */
    public static byte[] connect(String clientId, ProtocolVersion version) {
        return PacketWriter.write(new ConnectSpec(version, clientId).build(), version);
    }

    public static byte[] subscribe(String filter, QoS qos, ProtocolVersion version) {
        return PacketWriter.write(
                new Subscribe(1, Properties.NONE, List.of(new SubscriptionRequest(filter, qos))), version);
    }

    public static byte[] unsubscribe(String filter, ProtocolVersion version) {
        return PacketWriter.write(new Unsubscribe(1, Properties.NONE, List.of(filter)), version);
    }

    /** So many messages on one topic, with packet identifiers from 1 on. */
    public static byte[] publishes(int count, String topic, QoS qos, int payloadBytes, ProtocolVersion version) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        TopicName name = TopicName.of(topic);
        for (int i = 1; i <= count; i++) {
            int packetId = qos == QoS.AT_MOST_ONCE ? 0 : i;
            all.writeBytes(PacketWriter.write(
                    new Publish(false, qos, false, name, packetId, Properties.NONE, new byte[payloadBytes]), version));
        }
        return all.toByteArray();
    }
}
