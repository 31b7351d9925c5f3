package io.dunlin.client;

import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.flow.IncomingAliases;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The part of a session's state that ends with the connection. Guarded by the session's lock, but for {@link #down}. */
final class Connection {
    final Link link;
    final ServerLimits limits;
    final IncomingAliases aliasesIn;
    /** Messages in the order in which they came, for acknowledgements in that order. */
    final ArrayDeque<Inbound> unacknowledged = new ArrayDeque<>();
    /** Completes when the connection has ended. */
    final CompletableFuture<MqttException> down = new CompletableFuture<>();

    private final ProtocolVersion version;
    private final Consumer<PacketTrace> onPacket;
    private final Map<Integer, TopicName> aliasesOut = new HashMap<>();

    Connection(
            Link link,
            ServerLimits limits,
            int topicAliasMax,
            ProtocolVersion version,
            Consumer<PacketTrace> onPacket) {
        this.link = link;
        this.limits = limits;
        this.aliasesIn = new IncomingAliases(topicAliasMax);
        this.version = version;
        this.onPacket = onPacket;
    }

    byte[] encode(Packet packet) {
        return PacketEncoder.encode(packet, version);
    }

    void send(Packet packet) {
        send(packet, encode(packet), null);
    }

    void send(Packet packet, byte[] encoded, Link.@Nullable Fate fate) {
        onPacket.accept(new PacketTrace(true, packet));
        link.send(encoded, fate);
    }

    /**
     * The packet as it goes over this connection: with the alias alone where the topic is known by it already, and without the
     * alias where the server does not allow that many. The caller must send what it gets, as the alias counts as set.
     */
    Publish aliased(Publish publish) {
        int alias = (int) publish.properties().number(Property.TOPIC_ALIAS, 0);
        if (alias == 0) {
            return publish;
        }
        if (alias > limits.topicAliasMax()) { // [MQTT-3.2.2-17] [MQTT-3.2.2-18]
            return with(publish, publish.topic(), publish.properties().without(Property.TOPIC_ALIAS));
        }
        TopicName known = aliasesOut.put(alias, publish.topic());
        return publish.topic().equals(known) ? with(publish, TopicName.EMPTY, publish.properties()) : publish;
    }

    private static Publish with(Publish publish, TopicName topic, io.dunlin.protocol.packet.Properties properties) {
        return new Publish(
                publish.dup(),
                publish.qos(),
                publish.retain(),
                topic,
                publish.packetId(),
                properties,
                publish.payload());
    }
}
