package io.dunlin.broker.session;

import io.dunlin.broker.port.Authorizer.Action;
import io.dunlin.broker.port.Authorizer.Pending;
import io.dunlin.broker.port.Authorizer.Verdict;
import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.ClientLimit;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.routing.RetainedStore;
import io.dunlin.broker.routing.Routed;
import io.dunlin.broker.shard.Happening;
import io.dunlin.protocol.codec.Utf8;
import io.dunlin.protocol.flow.IncomingAliases;
import io.dunlin.protocol.flow.PacketIdSet;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.topic.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * What a client publishes: judged, stored as retained, routed, and answered once the journal has what must not be lost. Holds
 * the identifiers of QoS 2 messages between PUBLISH and PUBREL, which outlive the connection. Thread: the shard.
 */
final class Inbound {
    private final Session session;
    private final @Nullable TracedPublishes traced; // where somebody follows messages
    private @Nullable PacketIdSet received; // QoS 2, until PUBREL

    // for the connection
    private @Nullable IncomingAliases aliases;
    private @Nullable RateLimit rate;
    private int inFlightMax;
    private boolean resumed;
    private int unanswered; // QoS 1 messages whose PUBACK waits for the journal

    Inbound(Session session) {
        this.session = session;
        this.traced = TracedPublishes.of(session);
    }

    void attach(Negotiated negotiated, boolean isResumed) {
        resumed = isResumed;
        inFlightMax = negotiated.inboundMaximum();
        aliases = negotiated.aliasesIn() == 0 ? null : new IncomingAliases(negotiated.aliasesIn());
        BrokerOptions.ConnectionLimits limits =
                session.context().core().options().connections();
        rate = limits.messagesPerSecondMax() == 0 && limits.bytesPerSecondMax() == 0
                ? null
                : new RateLimit(
                        limits.messagesPerSecondMax(),
                        limits.bytesPerSecondMax(),
                        session.shard().nanos());
    }

    void detach() {
        aliases = null; // [MQTT-3.3.2-7]
        unanswered = 0;
        if (traced != null) {
            traced.detach();
        }
    }

    void onPublish(Publish publish) {
        session.context().counters().increment(Counter.PUBLISHES_RECEIVED);
        session.context().counters().add(Counter.PUBLISH_BYTES_RECEIVED, publish.payload().length);
        TopicName topic = topicOf(publish);
        judge(publish);
        Link link = session.link();
        if (link != null) {
            link.publishReceived();
            if (rate != null) {
                rate.count(publish, link, session.shard());
            }
        }
        if (publish.qos() == QoS.EXACTLY_ONCE && received != null && received.contains(publish.packetId())) {
            answer(publish, ReasonCode.SUCCESS, "", Journal.NOTHING); // [MQTT-4.3.3-10]
            return;
        }
        if (publish.qos() != QoS.AT_MOST_ONCE && inFlight() >= inFlightMax) { // [MQTT-4.9.0-2]
            throw new ProtocolError(
                    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "more than " + inFlightMax + " messages in flight");
        }
        if (traced != null) {
            traced.read(publish, topic);
        }
        Refusal refusal = refusal(publish, topic);
        if (refusal != null) {
            refused(Happening.PUBLISH_REFUSED, publish, topic, refusal.message);
            answer(publish, refusal.reason, refusal.message, Journal.NOTHING);
            return;
        }
        switch (session.standing().permissions().publish(topic, publish.qos(), publish.retain())) {
            case Verdict verdict -> {
                if (verdict.allowed()) {
                    admit(publish, topic);
                } else {
                    deny(publish, topic);
                }
            }
            case Pending pending -> whenAllowed(pending, publish, topic);
        }
    }

    private TopicName topicOf(Publish publish) {
        long alias = publish.properties().isEmpty() ? 0 : publish.properties().number(Property.TOPIC_ALIAS, 0);
        if (alias == 0) {
            if (publish.topic().isEmpty()) {
                throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "a PUBLISH needs a topic name or a topic alias");
            }
            return publish.topic();
        }
        if (aliases == null) {
            throw new ProtocolError(ReasonCode.TOPIC_ALIAS_INVALID, "topic aliases are switched off");
        }
        return aliases.resolve((int) alias, publish.topic());
    }

    /** What a client may not do at all. */
    private void judge(Publish publish) {
        BrokerOptions.Features features = session.context().core().options().features();
        if (publish.qos().compareTo(features.maximumQos()) > 0) { // [MQTT-3.2.2-11]
            throw new ProtocolError(ReasonCode.QOS_NOT_SUPPORTED, "the maximum QoS is " + features.maximumQos());
        }
        if (publish.retain() && !features.retain()) { // [MQTT-3.2.2-14]
            throw new ProtocolError(ReasonCode.RETAIN_NOT_SUPPORTED, "retained messages are switched off");
        }
        Properties properties = publish.properties();
        if (!properties.isEmpty()
                && properties.number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1
                && publish.qos() == QoS.AT_MOST_ONCE
                && !Utf8.isValid(publish.payload())) {
            throw new ProtocolError(ReasonCode.PAYLOAD_FORMAT_INVALID, "the payload is not UTF-8");
        }
    }

    /** Why this one message is not taken, or null; the client may go on. */
    private @Nullable Refusal refusal(Publish publish, TopicName topic) {
        if (Messages.isReserved(topic)) {
            return new Refusal(ReasonCode.NOT_AUTHORIZED, "only the broker publishes to $SYS");
        }
        if (topic.levels().length
                > session.context().core().options().messages().topicLevelsMax()) {
            limited(ClientLimit.TOPIC_LEVELS, "publishes to a topic of " + topic.levels().length + " levels");
            return new Refusal(ReasonCode.TOPIC_NAME_INVALID, "the topic has too many levels");
        }
        Properties properties = publish.properties();
        if (!properties.isEmpty()
                && properties.number(Property.PAYLOAD_FORMAT_INDICATOR, 0) == 1
                && !Utf8.isValid(publish.payload())) {
            return new Refusal(ReasonCode.PAYLOAD_FORMAT_INVALID, "the payload is not UTF-8");
        }
        return null;
    }

    private void refused(Happening how, Publish publish, TopicName topic, String why) {
        session.shard().recorder().refused(how, session.clientId(), topic, publish.qos(), why);
    }

    private void deny(Publish publish, TopicName topic) { // [MQTT311-3.3.5-2]
        Action action = Action.publish(publish.qos(), publish.retain());
        session.context().counters().increment(Counter.DROPPED_NOT_AUTHORIZED);
        refused(Happening.PUBLISH_DENIED, publish, topic, "not authorized to publish there");
        session.context().core().events().denied(session.principal(), action, topic.text());
        answer(publish, ReasonCode.NOT_AUTHORIZED, "not authorized to publish to " + topic, Journal.NOTHING);
    }

    private void whenAllowed(Pending pending, Publish publish, TopicName topic) {
        Link link = session.link();
        if (link == null) {
            return;
        }
        link.pause();
        Action action = Action.publish(publish.qos(), publish.retain());
        session.standing().permissions().await(pending, action, topic, allowed -> {
            try {
                if (session.link() == link) {
                    if (allowed) {
                        admit(publish, topic);
                    } else {
                        deny(publish, topic);
                    }
                }
            } finally {
                link.resume();
            }
        });
    }

    /** Takes the message as far as the journal does. */
    private void admit(Publish publish, TopicName topic) {
        if (publish.qos() == QoS.AT_MOST_ONCE && !publish.retain()) {
            take(publish, topic);
            return;
        }
        switch (session.shard().journal().condition()) {
            case OPEN -> take(publish, topic);
            case BEHIND -> {
                take(publish, topic);
                waitForJournal(() -> {});
            }
            case FULL, FAILED -> admitWithoutJournal(publish, topic);
        }
    }

    // What needs the journal is refused, or waits where the protocol has no word for that; the rest goes on.
    private void admitWithoutJournal(Publish publish, TopicName topic) {
        boolean needed = publish.qos() != QoS.AT_MOST_ONCE
                && (publish.retain()
                        || publish.qos() == QoS.EXACTLY_ONCE && session.isDurable()
                        || session.context().router().storesFor(topic));
        if (!needed) {
            take(publish, topic);
            return;
        }
        session.context().counters().increment(Counter.STORE_FULL_REFUSED);
        refused(Happening.PUBLISH_REFUSED, publish, topic, "the broker can store nothing at this time");
        if (isV5()) {
            answer(publish, ReasonCode.QUOTA_EXCEEDED, "the broker can store nothing at this time", Journal.NOTHING);
        } else {
            waitForJournal(() -> take(publish, topic));
        }
    }

    /** Reads no more from this client until the journal is open again, and runs the task then if it is still connected. */
    private void waitForJournal(Runnable then) {
        Link link = session.link();
        if (link == null) {
            return;
        }
        session.context().counters().increment(Counter.PUBLISHERS_PAUSED);
        link.pause();
        session.shard().deferredAcks().awaitOpen(() -> {
            try {
                if (session.link() == link) {
                    then.run();
                }
            } finally {
                link.resume();
            }
        });
    }

    private void take(Publish publish, TopicName topic) {
        Message message =
                Messages.of(session, topic, publish.qos(), publish.retain(), publish.properties(), publish.payload());
        long position = Journal.NOTHING;
        boolean kept = true;
        Durability wanted = publish.qos() == QoS.AT_MOST_ONCE // nobody waits for it
                ? Durability.MEMORY
                : session.context().core().options().durability().ofMessage(topic, session.durability());
        boolean unstorable = publish.qos() == QoS.AT_MOST_ONCE
                && session.shard().journal().condition().isRefusing();
        if (message.retain() && unstorable) {
            session.context().counters().increment(Counter.RETAINED_REFUSED);
        } else if (message.retain()) { // [MQTT-3.3.1-5] [MQTT-3.3.1-8]
            RetainedStore.Stored stored = session.context().retain(message, wanted);
            position = stored.position();
            kept = stored.outcome() != RetainedStore.Outcome.QUOTA_EXCEEDED;
            if (!kept) { // those who listen now get it all the same
                limited(
                        ClientLimit.RETAINED_MESSAGES,
                        "a message to " + topic + " is not retained: there are too many");
            }
        }
        boolean taken = publish.qos() == QoS.EXACTLY_ONCE && (kept || !isV5());
        int storedId = taken && session.isDurable() ? publish.packetId() : 0;
        Routed routed = session.context().router().route(message, session, wanted, storedId); // [MQTT-4.5.0-1]
        if (traced != null) {
            traced.routed(publish, routed.destinations());
        }
        position = Math.max(position, routed.position());
        if (taken) {
            if (received == null) {
                received = new PacketIdSet();
            }
            received.add(publish.packetId());
            session.changed(); // also where the router's record has the identifier
            if (storedId != 0 && routed.position() == Journal.NOTHING) {
                JournalRecord record = new JournalRecord.InboundTaken(session.clientId(), publish.packetId());
                position = Math.max(position, session.append(record, wanted));
            }
        }
        if (kept) {
            ReasonCode reason = routed.destinations() == 0 ? ReasonCode.NO_MATCHING_SUBSCRIBERS : ReasonCode.SUCCESS;
            answer(publish, reason, "", position, wanted);
        } else {
            answer(
                    publish,
                    ReasonCode.QUOTA_EXCEEDED,
                    "sent, but not retained: too many retained messages",
                    position,
                    wanted);
        }
    }

    private void limited(ClientLimit limit, String message) {
        Link link = session.link();
        if (link != null) {
            link.limited(limit, message);
        }
    }

    /** PUBACK or PUBREC, as soon as the position is stored [MQTT-3.3.4-1] [MQTT-4.3.2-4] [MQTT-4.3.3-8]. */
    private void answer(Publish publish, ReasonCode reason, String message, long position) {
        answer(publish, reason, message, position, Durability.MEMORY);
    }

    private void answer(Publish publish, ReasonCode reason, String message, long position, Durability wanted) {
        if (publish.qos() == QoS.AT_MOST_ONCE) {
            traced(publish, reason);
            return;
        }
        Link link = session.link();
        if (link == null) {
            traced(publish, null);
            return;
        }
        ReasonCode told = link.version() == ProtocolVersion.V5 ? reason : ReasonCode.SUCCESS;
        Packet answer = publish.qos() == QoS.AT_LEAST_ONCE
                ? new Puback(publish.packetId(), told, ReasonString.of(message))
                : new Pubrec(publish.packetId(), told, ReasonString.of(message));
        if (position != Journal.NOTHING) {
            session.context().counters().increment(acknowledged(wanted));
        }
        if (session.answersAtOnce(position, wanted)) {
            link.send(answer);
            traced(publish, reason);
            return;
        }
        boolean counted = publish.qos() == QoS.AT_LEAST_ONCE;
        unanswered += counted ? 1 : 0;
        session.whenStored(position, wanted, () -> {
            if (session.link() == link) {
                unanswered -= counted ? 1 : 0;
                link.send(answer);
            }
        });
        if (traced != null) {
            traced.answeredWhenStored(publish, reason, position, wanted);
        }
    }

    private void traced(Publish publish, @Nullable ReasonCode reason) {
        if (traced != null) {
            traced.answered(publish, reason);
        }
    }

    private static Counter acknowledged(Durability level) {
        return switch (level) {
            case MEMORY -> Counter.ACKNOWLEDGED_MEMORY;
            case OS -> Counter.ACKNOWLEDGED_OS;
            case DISK -> Counter.ACKNOWLEDGED_DISK;
        };
    }

    void onPubrel(Pubrel pubrel) { // [MQTT-4.3.3-11] [MQTT-4.3.3-12] [MQTT-4.3.3-13]
        boolean known = received != null && received.remove(pubrel.packetId());
        long position = Journal.NOTHING;
        // The level that the message had is forgotten: the strictest that it can have had.
        Durability wanted = session.context().core().options().durability().strictest(session.durability());
        if (known && session.isDurable()) {
            position = session.append(new JournalRecord.InboundReleased(session.clientId(), pubrel.packetId()), wanted);
        }
        // On a session that was resumed it is the PUBCOMP that got lost, and clients take "not found" for a failure.
        ReasonCode reason = known || resumed ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND;
        Pubcomp answer = new Pubcomp(pubrel.packetId(), reason);
        Link link = session.link();
        if (session.answersAtOnce(position, wanted)) {
            session.send(answer);
            return;
        }
        session.whenStored(position, wanted, () -> {
            if (session.link() == link) {
                session.send(answer);
            }
        });
    }

    /** The packet identifiers that outlive the process. */
    int[] state() {
        return received == null ? new int[0] : received.toArray();
    }

    void restore(int[] ids) {
        if (ids.length > 0) {
            received = new PacketIdSet();
            for (int id : ids) {
                received.add(id);
            }
        }
    }

    private boolean isV5() {
        Link link = session.link();
        return link != null && link.version() == ProtocolVersion.V5;
    }

    /** QoS 2 messages between PUBLISH and PUBREL. */
    int unreleased() {
        PacketIdSet taken = received;
        return taken == null ? 0 : taken.size();
    }

    private int inFlight() {
        return unanswered + (received == null ? 0 : received.size());
    }

    private record Refusal(ReasonCode reason, String message) {}
}
