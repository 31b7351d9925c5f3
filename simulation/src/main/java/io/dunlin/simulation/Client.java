package io.dunlin.simulation;

import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.codec.TopicCache;
import io.dunlin.protocol.packet.Connect;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsubscribe;
import io.dunlin.protocol.packet.Will;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps to the protocol and keeps its own session state over its connections, as good client libraries with a
 * store do. It publishes, subscribes, comes, goes, and is cut off, as the seed wants it.
 */
final class Client {
    enum Kind {
        /** Its session is never to be lost. */
        STEADY,
        /** Begins anew at times, and stays away for longer than its session lasts. */
        FICKLE,
        /** Its session ends with its connection. */
        TRANSIENT,
        /** A steady member of the one shared group. */
        MEMBER,
        /** Comes at the end and looks at what is retained. */
        CHECKER
    }

    private static final String[] FILTERS = {"t/#", "t/+", "t/0", "t/1", "+/1", "r/#", "w/#", "r/0/#"};
    private static final int TOPICS = 3;
    private static final int PACKET_BYTES_MAX = 1 << 20;
    private static final TopicCache CACHE = new TopicCache(1_024);

    final Kind kind;
    final int index;
    final String id;
    final ProtocolVersion version;
    final ClientState state = new ClientState();
    final Receipts receipts = new Receipts();

    private final Simulation sim;
    private final RandomGenerator random;
    private final Conversation conversation;
    private final Presence presence;
    private final long expirySeconds; // where it does not begin clean with 3.1.1
    private final int keepAliveSeconds;

    private @Nullable Line line;
    private @Nullable PacketDecoder decoder;
    private byte[] rest = new byte[0];
    private boolean online;
    private boolean clean; // the connection under way
    private boolean mustBeginClean = true; // the first time, and until a clean start was answered
    private boolean refilter; // subscribe anew
    private int attempt;
    private @Nullable WillWatch will;
    private long stayAwayUntil;

    Client(Simulation sim, Kind kind, int index) {
        this.sim = sim;
        this.kind = kind;
        this.index = index;
        this.random = sim.random();
        this.id = kind.name().toLowerCase(java.util.Locale.ROOT) + "-" + index;
        this.version = kind == Kind.MEMBER || random.nextInt(3) != 0 ? ProtocolVersion.V5 : ProtocolVersion.V3_1_1;
        this.expirySeconds = switch (kind) {
            case STEADY, MEMBER -> 100_000;
            case FICKLE -> isV5() ? 4 + random.nextInt(15) : 30L * 86_400;
            case TRANSIENT, CHECKER -> 0;
        };
        this.keepAliveSeconds = 3 + random.nextInt(12);
        this.presence = new Presence(sim, expirySeconds);
        this.conversation = new Conversation(sim, this);
    }

    boolean isV5() {
        return version == ProtocolVersion.V5;
    }

    boolean isOnline() {
        return online;
    }

    @Nullable
    Line line() {
        return line;
    }

    /** The longest that its will may wait. */
    long expirySeconds() {
        return expirySeconds;
    }

    // ---- what it does by itself

    void begin() {
        sim.after(random.nextLong(300_000_000L), this::act);
        sim.after(keepAliveSeconds * 700_000_000L, this::ping);
    }

    /** The wild time is over: it comes and takes what it has coming. */
    void heal() {
        stayAwayUntil = 0;
        Line old = line;
        if (old != null) { // it may be dead without anybody having noticed
            old.cut();
        }
    }

    private void ping() {
        if (online) {
            send(Pingreq.INSTANCE);
        }
        sim.after(keepAliveSeconds * 700_000_000L, this::ping);
    }

    private void act() {
        long mean = sim.profile().actMillis() * 1_000_000L;
        sim.after(sim.isHealing() ? 500_000_000L : 1 + random.nextLong(2 * mean), this::act);
        if (line == null) {
            if (sim.now() >= stayAwayUntil) {
                connect();
            }
        } else if (online) {
            if (refilter) {
                subscribeFirst();
            } else if (!sim.isHealing()) {
                doSomething();
            }
        }
    }

    private void doSomething() {
        int drawn = random.nextInt(100);
        if (drawn < sim.profile().cutPercent()) {
            leaveSomehow();
        } else if (kind == Kind.MEMBER || kind == Kind.CHECKER) {
            return; // they only listen
        } else if (drawn < 85) {
            publish();
        } else if (drawn < 93) {
            subscribe(
                    FILTERS[random.nextInt(FILTERS.length)],
                    QoS.of(random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(2)));
        } else if (drawn < 96) {
            unsubscribe();
        } else if (drawn < 97) {
            pauseReading();
        }
    }

    private void leaveSomehow() {
        Line from = line;
        if (from == null) {
            return;
        }
        stayAwayUntil = sim.now() + awayNanos();
        switch (random.nextInt(6)) {
            case 0 -> { // as it should be
                sim.transcript().note(id, "leaves", 0, 0);
                send(new Disconnect(ReasonCode.SUCCESS));
                from.disconnectSent = true;
                left();
                from.close();
            }
            case 1, 2 -> {
                sim.transcript().note(id, "is cut off", 0, 0);
                from.cut();
            }
            case 3 -> {
                sim.transcript().note(id, "hears nothing any more", 0, 0);
                from.silence();
                sim.after(random.nextLong(6_000_000_000L), from::cut);
            }
            case 4 -> {
                sim.transcript().note(id, "closes without a word", 0, 0);
                left();
                from.close();
            }
            default -> { // what was sent there may still arrive, after the new connection or before
                sim.transcript().note(id, "comes a second time", 0, 0);
                left();
                from.forget();
                stayAwayUntil = 0;
                connect();
            }
        }
    }

    private long awayNanos() {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> random.nextLong(1_000_000_000L);
            case 2 -> random.nextLong(8_000_000_000L);
            default -> random.nextLong(kind == Kind.FICKLE ? 40_000_000_000L : 15_000_000_000L);
        };
    }

    private void pauseReading() {
        Line from = line;
        if (from != null) {
            from.reading(false);
            sim.after(random.nextLong(4_000_000_000L), () -> from.reading(true));
        }
    }

    // ---- connections

    private void connect() {
        Line made = sim.connect(this);
        if (made == null) {
            return; // nobody listens
        }
        clean = kind == Kind.TRANSIENT
                || kind == Kind.CHECKER
                || mustBeginClean
                || presence.isDoubtful()
                || kind == Kind.FICKLE && !sim.isHealing() && random.nextInt(4) == 0;
        if (clean) {
            mustBeginClean = true;
            state.forget(sim.step());
        }
        made.expires = isV5() ? expirySeconds > 0 : !clean;
        line = made;
        online = false;
        rest = new byte[0];
        PacketDecoder fresh = new PacketDecoder(PacketDecoder.Role.CLIENT, PACKET_BYTES_MAX, CACHE);
        fresh.version(version);
        decoder = fresh;
        presence.connecting(made, clean);
        conversation.begin(made);
        attempt++;
        sim.transcript().note(id, clean ? "comes clean" : "comes", attempt, 0);
        if (will != null) {
            will.replaced();
            will = null;
        }
        Will last = will(made);
        send(new Connect(version, id, clean, keepAliveSeconds, properties(), last, null, null));
        int mine = attempt;
        sim.after(
                20_000_000_000L,
                () -> { // no CONNACK comes any more
                    if (line == made && attempt == mine && !online) {
                        made.cut();
                    }
                });
    }

    void nextWill(WillWatch watch) {
        will = watch;
    }

    private Properties properties() {
        if (!isV5()) {
            return Properties.NONE;
        }
        Properties.Builder properties = Properties.builder()
                .number(Property.SESSION_EXPIRY_INTERVAL, expirySeconds)
                .number(Property.RECEIVE_MAXIMUM, conversation.receiveMaximum());
        return properties.build();
    }

    private @Nullable Will will(Line on) {
        if (kind == Kind.MEMBER || kind == Kind.CHECKER || random.nextInt(3) != 0) {
            return null;
        }
        int delay = !isV5() || random.nextInt(3) == 0 ? 0 : random.nextInt(10);
        Letter letter = sim.ledger().will(this, on, QoS.of(random.nextInt(3)), delay);
        Properties properties = delay == 0 ? Properties.NONE : Properties.of(Property.WILL_DELAY_INTERVAL, delay);
        return new Will(sim.ledger().topics().name(letter.topic), letter.qos, false, properties, letter.payload);
    }

    /** The CONNACK came. */
    void connected(boolean present, ReasonCode reason) {
        Line on = line;
        if (on == null) {
            return;
        }
        if (reason.isError()) {
            sim.transcript().note(id, "is refused", reason.value(), 0);
            left();
            on.close();
            stayAwayUntil = sim.now() + random.nextLong(1_000_000_000L);
            return;
        }
        on.connackSeen = true;
        sim.transcript().note(id, present ? "is back" : "is in", 0, 0);
        if (clean) {
            if (present) {
                throw new Violation(id + " began clean and was told that a session is present");
            }
            mustBeginClean = false;
            presence.judgeClean();
        } else {
            presence.judge(id, present);
            if (!present) {
                state.forget(sim.step());
            }
        }
        state.earlierAreOver(sim.step());
        online = true;
        refilter |= state.active.isEmpty();
        conversation.resend();
    }

    /** The connection has ended, and not by this client. */
    void onEnd(Line from) {
        if (from == line) {
            sim.transcript().note(id, "has lost its connection", 0, 0);
            left();
            stayAwayUntil = Math.max(stayAwayUntil, sim.now() + (sim.isHealing() ? 0 : random.nextLong(500_000_000L)));
        }
    }

    private void left() {
        line = null;
        online = false;
        conversation.end();
    }

    void onBytes(Line from, byte[] bytes) {
        PacketDecoder packets = decoder;
        if (from != line || packets == null) {
            return;
        }
        byte[] all = bytes;
        if (rest.length > 0) {
            all = new byte[rest.length + bytes.length];
            System.arraycopy(rest, 0, all, 0, rest.length);
            System.arraycopy(bytes, 0, all, rest.length, bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(all);
        while (from == line) {
            Packet packet = packets.decode(in);
            if (packet == null) {
                break;
            }
            conversation.onPacket(packet);
        }
        rest = new byte[in.remaining()];
        in.get(rest);
    }

    void send(Packet packet) {
        Line to = line;
        if (to != null) {
            to.send(PacketEncoder.encode(packet, version));
        }
    }

    /** The broker said DISCONNECT. */
    void dismissed(ReasonCode reason) {
        sim.transcript().note(id, "is told to leave", reason.value(), 0);
        Line from = line;
        left();
        if (from != null) {
            from.close();
        }
        boolean fair = reason == ReasonCode.SESSION_TAKEN_OVER
                || reason == ReasonCode.SERVER_SHUTTING_DOWN
                || reason == ReasonCode.KEEP_ALIVE_TIMEOUT
                || reason == ReasonCode.QUOTA_EXCEEDED;
        if (!fair) {
            throw new Violation(id + " kept to the protocol and was sent away: " + reason);
        }
        stayAwayUntil = sim.now() + random.nextLong(1_000_000_000L);
    }

    // ---- what it says

    private void publish() {
        QoS qos = QoS.of(random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(2));
        if (qos != QoS.AT_MOST_ONCE && !conversation.hasRoom()) {
            return;
        }
        int kindOfTopic = random.nextInt(10);
        boolean retain = kindOfTopic < 2;
        String topic = retain
                ? "r/" + index + "/" + random.nextInt(2)
                : (kindOfTopic < 4 ? "s/" : "t/") + random.nextInt(TOPICS);
        int expiry = isV5() && random.nextInt(100) < sim.profile().expiryPercent() ? 1 + random.nextInt(20) : 0;
        int bytes = retain && random.nextInt(6) == 0
                ? 0
                : 1 + random.nextInt(sim.profile().payloadMax());
        conversation.publish(sim.ledger().letter(this, topic, qos, retain, expiry, bytes));
    }

    private void subscribeFirst() {
        refilter = false;
        switch (kind) {
            case MEMBER -> subscribe(Topics.SHARED, QoS.EXACTLY_ONCE);
            case CHECKER -> subscribe("r/#", QoS.AT_LEAST_ONCE);
            case STEADY -> {
                subscribe(index == 0 ? "w/#" : "t/#", QoS.EXACTLY_ONCE);
                if (index == 1) {
                    subscribe("w/#", QoS.AT_LEAST_ONCE);
                }
            }
            case FICKLE, TRANSIENT -> subscribe(FILTERS[random.nextInt(FILTERS.length)], QoS.of(1 + random.nextInt(2)));
        }
    }

    private void subscribe(String filter, QoS qos) {
        Span span = state.span(filter, qos, sim.step());
        int packetId = conversation.asks(span, false);
        Properties properties = isV5() && random.nextInt(4) == 0
                ? Properties.of(Property.SUBSCRIPTION_IDENTIFIER, 1 + random.nextInt(3))
                : Properties.NONE;
        send(new Subscribe(packetId, properties, List.of(new SubscriptionRequest(filter, span.qos))));
        sim.transcript().note(id, "subscribes " + filter, span.qos.value(), packetId);
    }

    private void unsubscribe() {
        Span span = state.active.values().stream()
                .skip(random.nextInt(Math.max(1, state.active.size())))
                .findFirst()
                .orElse(null);
        if (span != null && state.active.size() > 1) {
            span.ends(sim.step());
            int packetId = conversation.asks(span, true);
            send(new Unsubscribe(packetId, Properties.NONE, List.of(span.filter)));
            sim.transcript().note(id, "unsubscribes " + span.filter, span.qos.value(), packetId);
        }
    }
}
