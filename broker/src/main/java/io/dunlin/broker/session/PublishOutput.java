package io.dunlin.broker.session;

import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.shard.Frames;
import io.dunlin.protocol.flow.OutgoingAliases;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes PUBLISH packets into one connection: version, topic aliases, expiry, size limit. Thread: the shard. */
final class PublishOutput {
    private final Link link;
    private Connection connection;
    private final ProtocolVersion version;
    private final long packetBytesMax;
    private final @Nullable OutgoingAliases aliases;

    /** @param aliasMax 0 for no aliases */
    PublishOutput(Link link, int aliasMax) {
        this.link = link;
        this.connection = link.connection();
        this.version = link.version();
        this.packetBytesMax = link.packetBytesMax();
        this.aliases = aliasMax == 0 ? null : new OutgoingAliases(aliasMax);
    }

    /** What is written goes there from now on. */
    void connection(Connection to) {
        connection = to;
    }

    long pendingBytes() {
        return connection.pendingBytes();
    }

    /** Whether the socket has more than enough to do. */
    boolean isBusy() {
        return connection.pendingBytes() > Outgoing.BUSY_BYTES;
    }

    /** @return false where the packet would be larger than the client takes: then nothing was sent [MQTT-3.1.2-25] */
    boolean write(Message message, QoS qos, boolean dup, boolean retain, int packetId, int[] subscriptionIds) {
        Frames frames = link.shard().frames();
        long expirySeconds = message.expiresAtNanos() == Message.NEVER || version != ProtocolVersion.V5
                ? -1
                : Messages.secondsLeft(message, link.shard().nanos()); // [MQTT-3.3.2-6]
        int bytes;
        if (aliases == null && !dup && subscriptionIds.length == 0) {
            bytes = frames.write(connection, version, message, qos, retain, packetId, expirySeconds, packetBytesMax);
        } else {
            // An alias counts as set once it is used: not for a packet that may turn out to be too large.
            int use = aliases == null || message.weight() > packetBytesMax / 2 ? 0 : aliases.use(message.topic());
            bytes = frames.write(
                    connection,
                    version,
                    message,
                    use <= 0,
                    Math.abs(use),
                    qos,
                    dup, // [MQTT-3.3.1-1] [MQTT-3.3.1-3]
                    retain,
                    packetId,
                    expirySeconds,
                    subscriptionIds, // [MQTT-3.3.4-3]
                    packetBytesMax);
        }
        if (bytes > packetBytesMax) { // [MQTT-3.1.2-24]
            link.context().counters().increment(Counter.DROPPED_TOO_LARGE);
            return false;
        }
        link.published(1, bytes, message.payload().length);
        return true;
    }

    /**
     * Writes messages that go out at QoS 0, without retain and expiry.
     *
     * @return false where they have to be written one by one: then nothing was sent
     */
    boolean writeAll(List<Message> messages, int[] subscriptionIds) {
        if (aliases != null || subscriptionIds.length > 0) {
            return false;
        }
        Frames.Batch batch = link.shard().frames().batch(version, messages);
        if (batch.packetBytes() > packetBytesMax) {
            return false;
        }
        connection.reserve(batch.bytes().length).put(batch.bytes());
        link.published(messages.size(), batch.bytes().length, batch.payloadBytes());
        return true;
    }
}
