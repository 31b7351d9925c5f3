package io.dunlin.broker.session;

import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Reference;
import io.dunlin.broker.routing.SharedGroup;
import io.dunlin.protocol.packet.QoS;
import org.jspecify.annotations.Nullable;

/**
 * One QoS 1 or 2 message on its way to one session: waiting, or in flight under a packet identifier. What the journal has can
 * leave the memory while the client is away: then only the reference is left. Thread: the shard.
 */
final class Delivery {
    private static final int[] NO_IDS = {};

    final QoS qos;
    final boolean retain;
    final @Nullable SharedGroup group;

    /** Names it in the journal, {@link Journal#NOTHING} where that does not have it. */
    final long reference;

    /** What it counts for in limits by bytes; 0 where it has not been read since the start. */
    int weight;

    private @Nullable Message message;
    private int[] subscriptionIds;

    /** PUBREC came: the message is the client's, and only PUBREL and PUBCOMP are left [MQTT-4.3.3-6]. */
    boolean released;

    /** It has been written to a connection, at least once, as far as is known. */
    boolean sent;

    /** The journal position that must be stored before it is written to a connection, for QoS 2. */
    long sendableFrom = Journal.NOTHING;

    Delivery(
            Message message,
            QoS qos,
            boolean retain,
            int[] subscriptionIds,
            @Nullable SharedGroup group,
            long position) {
        this.message = message;
        this.qos = qos;
        this.retain = retain;
        this.subscriptionIds = subscriptionIds;
        this.group = group;
        this.weight = message.weight();
        this.reference = position == Journal.NOTHING
                ? Journal.NOTHING
                : Reference.of(position, qos, retain, subscriptionIds.length > 0);
    }

    /** Known by its reference only, as after a restart. */
    Delivery(long reference) {
        this.reference = reference;
        this.qos = Reference.qos(reference);
        this.retain = Reference.retain(reference);
        this.group = null;
        this.subscriptionIds = NO_IDS;
    }

    static Delivery of(long reference, Journal.Loaded loaded) {
        Delivery delivery = new Delivery(reference);
        delivery.load(loaded);
        return delivery;
    }

    boolean isStored() {
        return reference != Journal.NOTHING;
    }

    long position() {
        return Reference.position(reference);
    }

    boolean isLoaded() {
        return message != null;
    }

    void load(Journal.Loaded loaded) {
        message = loaded.message();
        subscriptionIds = loaded.subscriptionIds();
        weight = loaded.message().weight();
    }

    /** Lets go of the message; only where the journal has it. */
    void unload() {
        message = null;
        subscriptionIds = NO_IDS;
    }

    /** Only while it is loaded. */
    Message message() {
        Message loaded = message;
        if (loaded == null) {
            throw new IllegalStateException("the message at " + position() + " is not in memory");
        }
        return loaded;
    }

    int[] subscriptionIds() {
        return subscriptionIds;
    }
}
