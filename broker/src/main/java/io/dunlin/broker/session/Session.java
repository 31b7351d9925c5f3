package io.dunlin.broker.session;

import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Durability;
import io.dunlin.broker.port.Journal;
import io.dunlin.broker.port.JournalRecord;
import io.dunlin.broker.port.Message;
import io.dunlin.broker.port.Principal;
import io.dunlin.broker.port.SessionState;
import io.dunlin.broker.routing.Publisher;
import io.dunlin.broker.routing.Recipient;
import io.dunlin.broker.routing.SharedGroup;
import io.dunlin.broker.routing.Subscriber;
import io.dunlin.broker.shard.Deadline;
import io.dunlin.broker.shard.Happening;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's session: born on a shard and there until it ends, with a connection or without one (MQTT 5, section 4.1). It
 * holds the parts that do the work: what comes in, what goes out, the subscriptions, the will. Thread: its shard, but for
 * what {@link Subscriber} says may be asked anywhere.
 */
public final class Session implements Subscriber, Publisher, PacketHandler {
    private static final long EXPIRES_NEVER_SECONDS = 0xFFFF_FFFFL;
    private static final long[] NONE = {};
    private static final long SLOW_DOWN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    // for its life
    private final ShardContext context;
    private final Core core;
    private final String clientId;
    private final Inbound inbound;
    private final Outgoing outgoing;
    private final Subscriptions subscriptions;
    private final PendingWill will;
    private final int partition;
    private final Deadline expiry = new Expiry();
    private @Nullable Deadline slowed; // once it has published faster than others read
    private final Standing standing;
    private long expirySeconds;
    private boolean ended;
    private final int number;
    private boolean changed; // since the last checkpoint
    private long parkedWallMillis; // 0 while it has a connection
    private int answersWaiting;
    private long answeredUpTo = Journal.NOTHING;
    private Durability answeredAt = Durability.DISK;
    private Durability durability = Durability.DISK;

    // for the connection
    private @Nullable Link link;
    private @Nullable Arrival arriving; // let in, but the journal has not stored the session yet
    private @Nullable Reauthentication reauthentication;

    // seen by other threads
    private SessionCard card;

    @Nullable
    Traffic traffic; // from the first message on; see Traffic.of

    private volatile boolean connected;
    private volatile boolean durable; // the journal knows of it, whatever its expiry is now

    Session(ShardContext context, Principal principal) {
        this.context = context;
        this.core = context.core();
        this.clientId = principal.clientId();
        this.number = core.newSessionNumber();
        this.card = SessionCard.begun(context.shard().clock().wallMillis());
        this.standing = new Standing(this, core, principal);
        this.partition = Journal.partition(principal.clientId());
        this.inbound = new Inbound(this);
        this.outgoing = new Outgoing(this);
        this.subscriptions = new Subscriptions(this);
        this.will = new PendingWill(this);
    }

    ShardContext context() {
        return context;
    }

    /** Of its last connection. Thread: any. */
    public Principal principal() {
        return standing.principal();
    }

    /** What is known of it without asking its shard. Thread: any. */
    public SessionCard card() {
        return card;
    }

    /** As they were a moment ago. Thread: any; on its shard they are exact. */
    public SessionFigures glance() {
        return SessionFigures.of(this);
    }

    /** Who its client is and what it may do. */
    Standing standing() {
        return standing;
    }

    Subscriptions subscriptions() {
        return subscriptions;
    }

    Inbound inbound() {
        return inbound;
    }

    Outgoing outgoing() {
        return outgoing;
    }

    @Nullable
    Link link() {
        return link;
    }

    long expirySeconds() {
        return expirySeconds;
    }

    boolean isEnded() {
        return ended;
    }

    @Override
    public Shard shard() {
        return context.shard();
    }

    @Override
    public String clientId() {
        return clientId;
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public boolean isDurable() {
        return durable;
    }

    /** By a number, so that what is kept by session has the same order in each run of a test; equality is identity. */
    @Override
    public int hashCode() {
        return number * 0x9E37_79B9;
    }

    @Override
    public String toString() {
        return "client " + clientId;
    }

    // ---- packets

    @Override
    public void onPacket(Packet packet) {
        switch (packet) {
            case Publish publish -> inbound.onPublish(publish);
            case Puback puback -> outgoing.onPuback(puback);
            case Pubrec pubrec -> outgoing.onPubrec(pubrec);
            case Pubrel pubrel -> inbound.onPubrel(pubrel);
            case Pubcomp pubcomp -> outgoing.onPubcomp(pubcomp);
            case Subscribe subscribe -> subscriptions.onSubscribe(subscribe);
            case Unsubscribe unsubscribe -> subscriptions.onUnsubscribe(unsubscribe);
            case Pingreq _ -> send(Pingresp.INSTANCE); // [MQTT-3.12.4-1]
            case Disconnect disconnect -> onDisconnect(disconnect);
            case Auth auth -> onAuth(auth);
            case Connect _ -> // [MQTT-3.1.0-2]
                throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "a second CONNECT");
            case Connack _, Suback _, Unsuback _, Pingresp _ ->
                throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "a client does not send this packet");
        }
    }

    private void onDisconnect(Disconnect disconnect) {
        long asked = disconnect.properties().number(Property.SESSION_EXPIRY_INTERVAL, expirySeconds);
        if (expirySeconds == 0 && asked != 0) {
            throw new ProtocolError(
                    ReasonCode.PROTOCOL_ERROR, "a session that ends with its connection cannot be kept");
        }
        expirySeconds = Math.min(asked, core.options().sessions().expirySecondsMax());
        Link closing = link;
        if (disconnect.reason() == ReasonCode.SUCCESS) {
            will.discard(); // [MQTT-3.14.4-3] [MQTT-3.1.2-10]
        }
        detach(disconnect.reason(), "the client left");
        if (closing != null) {
            closing.close();
        }
    }

    private void onAuth(Auth auth) {
        Reauthentication exchange = reauthentication;
        if (exchange == null) { // [MQTT-4.12.0-7]
            throw new ProtocolError(ReasonCode.PROTOCOL_ERROR, "AUTH without an authentication method in CONNECT");
        }
        exchange.onAuth(auth);
    }

    @Override
    public void onProtocolError(ProtocolError error) { // [MQTT-4.13.1-1]
        disconnect(error.reason(), String.valueOf(error.getMessage()));
    }

    @Override
    public void onSilence() { // [MQTT-3.1.2-22]
        disconnect(ReasonCode.KEEP_ALIVE_TIMEOUT, "nothing was heard within 1.5 times the keep alive");
    }

    @Override
    public void onDrained() {
        outgoing.pump();
    }

    @Override
    public void onLost(@Nullable Throwable cause) {
        detach(ReasonCode.UNSPECIFIED_ERROR, cause == null ? "the connection was closed" : "the connection broke");
    }

    void send(Packet packet) {
        Link to = link;
        if (to != null) {
            to.send(packet);
        }
    }

    // ---- coming and going

    /** A client that was let in takes this session; it has no connection at this moment. */
    void arrive(Arrival arrival, boolean present) {
        arrive(arrival, present, Journal.NOTHING);
    }

    /** @param after the journal position that must be stored before the client hears of it, for instance the end of an old session */
    void arrive(Arrival arrival, boolean present, long after) {
        shard().disarm(expiry);
        standing.principal(arrival.principal());
        durability = arrival.durability();
        expirySeconds = arrival.negotiated().sessionExpirySeconds();
        parkedWallMillis = 0;
        long position = after;
        if (expirySeconds > 0 || durable) {
            durable = true;
            position = append(new JournalRecord.SessionOpened(
                    clientId(), arrival.principal().username(), expirySeconds));
        }
        position = Math.max(position, will.replace(arrival.connect().will()));
        arriving = arrival;
        if (answersAtOnce(position)) {
            attach(arrival, present);
            return;
        }
        arrival.link().pause();
        whenStored(position, () -> {
            try {
                arrived(arrival, present);
            } finally {
                arrival.link().resume();
            }
        });
    }

    // The journal has stored the session; meanwhile another connection may have come, or this one gone.
    private void arrived(Arrival arrival, boolean present) {
        if (arriving != arrival) {
            return;
        }
        if (arrival.link().isOpen()) {
            attach(arrival, present);
        } else {
            arriving = null;
            park();
        }
    }

    private void attach(Arrival arrival, boolean present) {
        Link to = arrival.link();
        Negotiated negotiated = arrival.negotiated();
        arriving = null;
        link = to;
        connected = true;
        card = card.attached(to, arrival, shard().clock().wallMillis());
        to.handler(this);
        to.traffic(traffic);
        to.loggedIn(clientId, principal().username());
        core.clientConnected();
        context.counters().increment(Counter.CONNECTIONS_OPENED);
        String method = Negotiated.authenticationMethod(arrival.connect());
        reauthentication = method == null ? null : new Reauthentication(this, to, method);
        inbound.attach(negotiated, present);
        standing.arrived();
        to.send(new Connack(present, ReasonCode.SUCCESS, arrival.connackProperties())); // [MQTT-3.1.4-5] [MQTT-3.2.0-1]
        to.expectPackets(negotiated.silenceNanos());
        Narration.connected(this, to, arrival, present);
        outgoing.attach(to, negotiated); // [MQTT-4.4.0-1]
        standing.catchUp(arrival);
    }

    /** Another connection of the same client id comes: this one goes. */
    void takenOver() {
        boolean waiting = turnAway();
        if (link != null) {
            context.counters().increment(Counter.SESSIONS_TAKEN_OVER);
            disconnect(ReasonCode.SESSION_TAKEN_OVER, "another connection took over this client identifier");
        } else if (waiting && expirySeconds == 0) {
            end();
        }
    }

    /** The connection that was let in and waits for the journal is not to come; false where there is none. */
    boolean turnAway() {
        Arrival waiting = arriving;
        if (waiting == null) {
            return false;
        }
        arriving = null;
        waiting.link().close();
        return true;
    }

    /** Ends the connection from this side, with this reason. */
    public void disconnect(ReasonCode reason, String message) {
        Link closing = link;
        if (closing != null) {
            detach(reason, message);
            closing.disconnect(reason, message);
        }
    }

    private void detach(ReasonCode reason, String message) {
        if (link == null) {
            return;
        }
        context.router().deliverGathered(); // what came before the end
        link.handler(Gone.HANDLER);
        link = null;
        connected = false;
        card = card.left(expirySeconds, shard().clock().wallMillis());
        reauthentication = null;
        standing.leave();
        if (slowed != null) {
            shard().disarm(slowed);
        }
        core.clientGone();
        shard().recorder().note(Happening.DISCONNECTED, clientId, "", message);
        core.events().disconnected(principal(), reason, message);
        inbound.detach();
        outgoing.detach();
        park();
    }

    private void park() {
        will.connectionEnded(); // [MQTT-3.1.2-8]
        if (expirySeconds == 0) { // [MQTT-4.1.0-2]
            end();
            return;
        }
        parkedWallMillis = shard().clock().wallMillis();
        note(new JournalRecord.SessionParked(clientId(), expirySeconds, parkedWallMillis));
        if (expirySeconds < EXPIRES_NEVER_SECONDS) { // [MQTT-3.1.2-23]
            shard().arm(expiry, TimeUnit.SECONDS.toNanos(expirySeconds));
        }
    }

    /** The session is over: nothing of it stays. */
    public void end() {
        end(Durability.MEMORY);
    }

    /**
     * @param wanted what somebody waits for
     * @return the journal position that says so, NOTHING where there is none
     */
    long end(Durability wanted) {
        if (ended) {
            return Journal.NOTHING;
        }
        ended = true;
        arriving = null;
        shard().recorder()
                .note(Happening.SESSION_ENDED, clientId, "", Narration.end(expirySeconds, parkedWallMillis, shard()));
        shard().disarm(expiry);
        will.sessionEnded();
        subscriptions.end();
        outgoing.end();
        core.registry().release(this);
        boolean known = durable;
        durable = false;
        return known ? append(new JournalRecord.SessionEnded(clientId()), wanted) : Journal.NOTHING;
    }

    // ---- the journal

    /** Appends a record of this session that an answer waits for, and returns its position. */
    long append(JournalRecord record) {
        return append(record, durability);
    }

    long append(JournalRecord record, Durability wanted) {
        changed = true;
        return shard().journal().append(partition, record, wanted);
    }

    /** Appends a record of this session that nobody waits for. */
    void note(JournalRecord record) {
        append(record, Durability.MEMORY);
    }

    /** The level at which this client's answers wait, where no topic says otherwise. */
    Durability durability() {
        return durability;
    }

    /** Whether an answer that needs this position may be given now, without overtaking an earlier one. */
    boolean answersAtOnce(long position) {
        return answersAtOnce(position, durability);
    }

    boolean answersAtOnce(long position, Durability level) {
        return answersWaiting == 0 && shard().deferredAcks().isStored(position, level);
    }

    /** Gives an answer once the position is stored and the answers before it are given. */
    void whenStored(long position, Runnable answer) {
        whenStored(position, durability, answer);
    }

    void whenStored(long position, Durability level, Runnable answer) {
        answeredAt = answersWaiting == 0 ? level.orMore(Durability.OS) : answeredAt.orMore(level);
        answersWaiting++;
        answeredUpTo = Math.max(answeredUpTo, position);
        shard().deferredAcks().await(answeredUpTo, answeredAt, () -> {
            answersWaiting--;
            answer.run();
        });
    }

    // ---- checkpoints

    /** Something changed that the journal was told in another session's record. */
    void changed() {
        changed = true;
    }

    /** Notes all that it refers to in the journal. */
    void mark(Journal.Marks marks) {
        outgoing.mark(marks);
    }

    /** What outlives the process, where it has changed since the last call or all is wanted; else null. */
    @Nullable
    SessionState state(boolean all) {
        if (!changed && !all) {
            return null;
        }
        changed = false;
        DeliveryQueue queue = outgoing.queue();
        return new SessionState(
                clientId(),
                principal().username(),
                expirySeconds,
                parkedWallMillis,
                subscriptions.state(),
                outgoing.inFlightState(),
                queue == null ? NONE : queue.headReferences(),
                queue == null ? List.of() : queue.pages(),
                queue == null ? NONE : queue.tailReferences(),
                queue == null ? 0 : queue.bytes(),
                inbound.state(),
                will.state(),
                shard().journal().end());
    }

    /** Takes in what an earlier run left; once, after it was made. */
    void restore(SessionState state) {
        durable = true;
        expirySeconds = state.expirySeconds();
        parkedWallMillis = state.parkedWallMillis();
        card = SessionCard.begun(0).left(expirySeconds, parkedWallMillis);
        inbound.restore(state.inbound());
        subscriptions.restore(state.subscriptions());
        outgoing.restore(state);
        will.restore(state.will());
    }

    /** All sessions are back: from here on time counts again, for its expiry and its will, with what passed meanwhile. */
    void resume() {
        long now = shard().clock().wallMillis();
        if (parkedWallMillis == 0) { // the end of the process was the end of its connection
            parkedWallMillis = now;
            card = card.left(expirySeconds, now);
            note(new JournalRecord.SessionParked(clientId(), expirySeconds, now));
        }
        long awaySeconds = Math.max(0, now - parkedWallMillis) / 1_000;
        will.resume(awaySeconds);
        if (awaySeconds >= expirySeconds) {
            context.counters().increment(Counter.SESSIONS_EXPIRED);
            end();
        } else if (expirySeconds < EXPIRES_NEVER_SECONDS) {
            shard().arm(expiry, TimeUnit.SECONDS.toNanos(expirySeconds - awaySeconds));
        }
    }

    // ---- routing

    @Override
    public boolean deliver(Message message, Recipient recipient, @Nullable SharedGroup group, long position) {
        if (ended) { // it was on its way from another shard
            if (group == null) {
                shard().recorder().lost(Happening.AWAY, clientId, message);
            } else {
                context.router().redeliver(group, message, this);
            }
            return false;
        }
        if (group != null
                && !connected
                && group.hasOtherConnected(this)
                && context.router().redeliver(group, message, this)) {
            if (position != Journal.NOTHING && durable) {
                note(new JournalRecord.Settled(clientId(), position));
            }
            return false;
        }
        // One that does not outlive its connection has no share in what the journal keeps.
        return outgoing.deliver(message, recipient, group, durable ? position : Journal.NOTHING);
    }

    @Override
    public boolean deliver(List<Message> messages, Recipient recipient) {
        return !ended && outgoing.deliver(messages, recipient);
    }

    @Override
    public void failed(Throwable fault) {
        shard().fault("a delivery to " + this, fault);
        disconnect(ReasonCode.UNSPECIFIED_ERROR, "internal error");
    }

    @Override
    public void slowDown() {
        Link from = link;
        if (from == null) {
            return;
        }
        Deadline pausing = slowed == null ? new Slowed() : slowed;
        slowed = pausing;
        if (!pausing.isArmed()) {
            context.counters().increment(Counter.PUBLISHERS_PAUSED);
            from.pause();
            shard().arm(pausing, SLOW_DOWN_NANOS);
        }
    }

    private final class Slowed extends Deadline {
        @Override
        protected void due() {
            Link from = link;
            if (from != null) {
                from.resume();
            }
        }
    }

    private final class Expiry extends Deadline {
        @Override
        protected void due() {
            context.counters().increment(Counter.SESSIONS_EXPIRED);
            end();
        }
    }
}
