package io.dunlin.client;

import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.flow.IncomingAliases;
import io.dunlin.protocol.flow.OutgoingAliases;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.topic.TopicName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The part of a session's state that ends with the connection. Guarded by the session's lock. */
final class Connection {
    final Link link;
    final ServerLimits limits;
    final IncomingAliases aliasesIn;
    /** Messages in the order in which they came, for acknowledgements in that order. */
    final ArrayDeque<Inbound> unacknowledged = new ArrayDeque<>();

    /** Messages sent over this connection that the server has not finished: what its Receive Maximum bounds. */
    int unanswered;
    /** Identifiers of messages from earlier connections that are to go out again, in order. */
    final ArrayDeque<Integer> resends = new ArrayDeque<>(0);

    private final ProtocolVersion version;
    private final Consumer<PacketTrace> onPacket;
    private final Map<Integer, TopicName> aliasesOut = new HashMap<>(0);
    private final @Nullable OutgoingAliases ownAliases;

    Connection(Link link, ServerLimits limits, ClientOptions options) {
        this.link = link;
        this.limits = limits;
        this.aliasesIn = new IncomingAliases(options.topicAliasMax());
        this.version = options.version();
        this.onPacket = options.onPacket();
        int aliases = Math.min(options.topicAliasesOutMax(), limits.topicAliasMax());
        this.ownAliases = aliases > 0 ? new OutgoingAliases(aliases) : null;
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
            return ownAliases == null ? publish : withOwnAlias(publish, ownAliases.use(publish.topic()));
        }
        if (alias > limits.topicAliasMax()) { // [MQTT-3.2.2-17] [MQTT-3.2.2-18]
            return with(publish, publish.topic(), publish.properties().without(Property.TOPIC_ALIAS));
        }
        TopicName known = aliasesOut.put(alias, publish.topic());
        return publish.topic().equals(known) ? with(publish, TopicName.EMPTY, publish.properties()) : publish;
    }

    /** @param use as {@link OutgoingAliases#use} says */
    private static Publish withOwnAlias(Publish publish, int use) {
        if (use == 0) {
            return publish;
        }
        Properties properties = publish.properties().toBuilder()
                .number(Property.TOPIC_ALIAS, Math.abs(use))
                .build();
        return with(publish, use > 0 ? TopicName.EMPTY : publish.topic(), properties);
    }

    private static Publish with(Publish publish, TopicName topic, Properties properties) {
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
