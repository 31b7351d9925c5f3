package io.dunlin.broker.session;

import io.dunlin.broker.port.BrokerOptions;
import io.dunlin.broker.port.ClientLimit;
import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionEvents;
import io.dunlin.broker.port.Counters.Counter;
import io.dunlin.broker.port.Wiretap;
import io.dunlin.broker.shard.Deadline;
import io.dunlin.broker.shard.Flushable;
import io.dunlin.broker.shard.Happening;
import io.dunlin.broker.shard.Shard;
import io.dunlin.protocol.codec.PacketDecoder;
import io.dunlin.protocol.codec.PacketEncoder;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.Property;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.ReasonCode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One network connection as packets: takes bytes apart, keeps what is left of a packet until its rest comes, writes packets
 * out, and watches for silence. It lives on one shard at a time and moves to that of its session. Thread: its shard.
 */
final class Link extends Flushable implements ConnectionEvents {
    private static final byte[] NO_BYTES = {};
    private static final int REST_BYTES_MIN = 256;

    private final Core core;
    private Connection connection; // or the tap in its place
    private @Nullable Tap tap; // while somebody listens
    private final PacketDecoder decoder;
    private ShardContext context;
    private PacketHandler handler;

    // input
    private byte[] rest = NO_BYTES; // bytes not yet decoded: from restStart to restEnd
    private int restStart;
    private int restEnd;
    private int pauses; // while above 0 nothing is decoded and nothing is read
    private long silenceNanos; // 0: silence is allowed
    private long lastPacketNanos;

    // what the client's CONNECT said
    private long packetBytesMax = Long.MAX_VALUE;
    private boolean problemInformation = true;
    private @Nullable Traffic traffic; // of its session, from the first message on

    private boolean open = true;

    Link(ShardContext context, Connection connection) {
        this.core = context.core();
        this.context = context;
        this.connection = connection;
        BrokerOptions limits = core.options();
        this.decoder = new PacketDecoder(
                PacketDecoder.Role.SERVER,
                Math.min(limits.connections().packetBytesMax(), limits.abuse().packetBytesBeforeLoginMax()),
                context.shard().topics());
        decoder.itemsMax(limits.abuse().userPropertiesMax(), limits.abuse().filtersMax());
        this.handler = new Handshake(this);
        context.links().add(this);
        context.counters().increment(Counter.SOCKETS_OPENED);
        if (!core.wiretaps().isEmpty()) {
            tapByAll();
        }
    }

    Connection connection() {
        return connection;
    }

    // ---- who listens

    private void tapByAll() {
        core.wiretaps().forEach(this::tapBy);
    }

    /** From now on this one may listen; nothing where it does already. */
    void tapBy(Wiretap wiretap) {
        Tap listened = tap;
        if (listened == null) {
            listened = new Tap(connection, shard().clock(), version());
            if (handler instanceof Session session) {
                listened.identified(session.clientId(), session.principal().username(), version(), true);
            }
        }
        listened.add(wiretap);
        if (tap == null && listened.isWanted()) {
            tap = listened;
            write(listened);
        }
    }

    void untapBy(Wiretap wiretap) {
        if (tap != null) {
            tap.remove(wiretap);
            untapIfUnwanted(tap);
        }
    }

    private void untapIfUnwanted(Tap listened) {
        if (!listened.isWanted()) {
            tap = null;
            write(listened.release());
        }
    }

    /** Its client is known from here on. */
    void identified(String clientId, @Nullable String username) {
        identified(clientId, username, false);
    }

    private void identified(String clientId, @Nullable String username, boolean forGood) {
        if (tap != null) {
            tap.identified(clientId, username, version(), forGood);
            untapIfUnwanted(tap);
        }
    }

    /** While it was between two shards, some may have begun to listen or ceased to. */
    private void tapAnew() {
        if (tap != null) {
            tap.retain(core.wiretaps());
            untapIfUnwanted(tap);
        }
        tapByAll();
    }

    private void write(Connection to) {
        connection = to;
        if (handler instanceof Session session) {
            session.outgoing().write(to);
        }
    }

    ShardContext context() {
        return context;
    }

    Shard shard() {
        return context.shard();
    }

    ProtocolVersion version() {
        return decoder.version();
    }

    boolean versionKnown() {
        return decoder.versionKnown();
    }

    /** Whether something sent now may still arrive. */
    boolean isOpen() {
        return open;
    }

    PacketHandler handler() {
        return handler;
    }

    void handler(PacketHandler next) {
        handler = next;
    }

    /** The client has logged in: it may send larger packets than a stranger, and is who it says. */
    void loggedIn(String clientId, @Nullable String username) {
        identified(clientId, username, true);
        decoder.packetBytesMax(core.options().connections().packetBytesMax());
    }

    /** From the CONNECT: the largest packet for this client, and whether it wants reason strings everywhere. */
    void negotiated(long clientPacketBytesMax, boolean wantsProblemInformation) {
        packetBytesMax = clientPacketBytesMax;
        problemInformation = wantsProblemInformation;
    }

    /** What its session has counted so far, null for nothing. */
    void traffic(@Nullable Traffic ofSession) {
        traffic = ofSession;
    }

    /** A PUBLISH of its client has come. */
    void publishReceived() {
        Traffic counted = counted();
        if (counted != null) {
            counted.messagesIn++;
        }
    }

    private @Nullable Traffic counted() {
        Traffic known = traffic;
        if (known == null && handler instanceof Session session) {
            known = Traffic.of(session);
            traffic = known;
        }
        return known;
    }

    long packetBytesMax() {
        return packetBytesMax;
    }

    /** For the stall detector, from any thread. */
    @Override
    public String toString() {
        return "the connection from " + connection.info().peer() + " of " + handler;
    }

    // ---- input

    @Override
    public void onBytes(ByteBuffer bytes) {
        int read = bytes.remaining();
        context.counters().add(Counter.BYTES_RECEIVED, read);
        if (!open) {
            return;
        }
        shard().busyWith(this);
        if (restStart == restEnd && pauses == 0) {
            decode(bytes);
            if (open && bytes.hasRemaining()) {
                keep(bytes);
            }
        } else {
            keep(bytes);
            decodeRest();
        }
        Traffic counted = traffic;
        if (counted != null) {
            counted.bytesIn += read;
        }
        shard().readDone();
    }

    private void decodeRest() {
        if (pauses > 0 || restStart == restEnd) {
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(rest, restStart, restEnd - restStart);
        decode(in);
        restStart = in.position();
        if (restStart == restEnd || !open) {
            dropRest();
        }
    }

    private void dropRest() {
        if (rest.length > 0) {
            context.partials().gone(this);
        }
        rest = NO_BYTES;
        restStart = 0;
        restEnd = 0;
    }

    private void decode(ByteBuffer in) {
        Tap listened = tap;
        if (listened == null) {
            take(in);
        } else {
            listened.reads(in);
            take(in);
            listened.readDone();
        }
    }

    private void take(ByteBuffer in) {
        long now = shard().tickNanos();
        int start = Tap.READABLE;
        try {
            while (pauses == 0 && open) {
                start = in.position();
                Packet packet = decoder.decode(in);
                if (packet == null) {
                    return;
                }
                start = Tap.READABLE;
                lastPacketNanos = now;
                context.counters().increment(Counter.PACKETS_RECEIVED);
                handler.onPacket(packet);
            }
        } catch (ProtocolError error) {
            context.counters().increment(Counter.PROTOCOL_ERRORS);
            if (tap != null) {
                tap.broken(in, start, error, version());
            }
            if (error.reason() == ReasonCode.PACKET_TOO_LARGE) {
                limited(ClientLimit.PACKET_SIZE, String.valueOf(error.getMessage()));
            } else if (error.reason() == ReasonCode.QUOTA_EXCEEDED) {
                limited(ClientLimit.PACKET_ITEMS, String.valueOf(error.getMessage()));
            }
            handler.onProtocolError(error);
        } catch (RuntimeException | Error fault) {
            shard().fault("a packet of " + connection.info().peer(), fault);
            handler.onProtocolError(new ProtocolError(ReasonCode.UNSPECIFIED_ERROR, "internal error"));
        }
    }

    private void keep(ByteBuffer bytes) {
        int added = bytes.remaining();
        int kept = restEnd - restStart;
        if (restEnd + added > rest.length) {
            byte[] target = kept + added <= rest.length ? rest : new byte[capacity(kept + added, promised(bytes))];
            System.arraycopy(rest, restStart, target, 0, kept);
            rest = target;
            restStart = 0;
            restEnd = kept;
        }
        bytes.get(rest, restEnd, added);
        restEnd += added;
        context.partials().fed(this, rest.length);
        shedPartials();
    }

    // What the packet's header says, where it is the only one; else there is no telling.
    private int promised(ByteBuffer bytes) {
        if (pauses > 0) {
            return Integer.MAX_VALUE;
        }
        int size = decoder.packetBytes(
                restStart == restEnd ? bytes : ByteBuffer.wrap(rest, restStart, restEnd - restStart));
        return size < 0 ? Integer.MAX_VALUE : size;
    }

    // Grows with what has come, not with what the header promises: a promise costs the sender nothing.
    private static int capacity(int needed, int promised) {
        int roomy = (int) Math.min(needed * 2L, Integer.MAX_VALUE - 16);
        return Math.max(needed, Math.min(Math.max(REST_BYTES_MIN, roomy), promised));
    }

    /** Sees to it that the parts of packets on this shard are not too much for its share of the memory. */
    private void shedPartials() {
        Partials partials = context.partials();
        long mostOfAll =
                core.options().abuse().partialBytesMax() / core.shards().size();
        long most = Math.max(mostOfAll, core.options().connections().packetBytesMax());
        while (partials.bytes() > most) {
            Link weakest = partials.weakest();
            if (weakest == null) {
                return;
            }
            weakest.partialIsTooMuch();
        }
    }

    private void partialIsTooMuch() {
        int bytes = restEnd - restStart;
        dropRest();
        String message = "a packet of which " + bytes + " bytes have come, and the memory for such packets is full";
        limited(ClientLimit.PARTIAL_PACKETS, message);
        if (open) {
            handler.onProtocolError(new ProtocolError(ReasonCode.QUOTA_EXCEEDED, message));
        }
    }

    /** Nothing is decoded and nothing is read until as many calls of {@link #resume}. */
    void pause() {
        if (pauses++ == 0) {
            connection.reading(false);
        }
    }

    void resume() {
        if (--pauses == 0 && open) {
            decodeRest();
            if (pauses == 0) {
                connection.reading(true);
            }
        }
    }

    /** Counts and tells that its client has run into a limit. */
    void limited(ClientLimit limit, String message) {
        context.counters().increment(limit.counter());
        String clientId = handler instanceof Session session ? session.clientId() : "";
        shard().recorder().note(Happening.LIMITED, clientId, "", message);
        core.events().limited(clientId, connection.info(), limit, message);
    }

    // ---- silence

    /** From now on more than this time without a packet is silence; 0 for any time. */
    void expectPackets(long withinNanos) {
        silenceNanos = withinNanos;
        lastPacketNanos = shard().nanos();
        shard().disarm(this);
        if (withinNanos > 0) {
            shard().arm(this, withinNanos);
        }
    }

    @Override
    protected void due() {
        long silentNanos = shard().nanos() - lastPacketNanos;
        if (!open || silenceNanos == 0) {
            return;
        }
        if (silentNanos >= silenceNanos && pauses == 0) {
            handler.onSilence();
        } else {
            shard().arm(this, silentNanos >= silenceNanos ? silenceNanos : silenceNanos - silentNanos);
        }
    }

    // ---- output

    /** Sends a packet at the end of this tick, without what the client does not want or cannot take. */
    void send(Packet packet) {
        if (!open) {
            return;
        }
        Packet wanted = problemInformation ? packet : withoutProblemInformation(packet);
        Packet fitting =
                packetBytesMax == Long.MAX_VALUE ? wanted : PacketEncoder.fit(wanted, version(), packetBytesMax);
        int size = PacketEncoder.size(fitting, version());
        if (size > packetBytesMax) { // [MQTT-3.1.2-24]
            return;
        }
        PacketEncoder.encode(fitting, version(), connection.reserve(size));
        context.counters().increment(Counter.PACKETS_SENT);
        context.counters().add(Counter.BYTES_SENT, size);
        Traffic counted = traffic;
        if (counted != null) {
            counted.bytesOut += size;
        }
        shard().touch(this);
    }

    /** As many PUBLISH packets were written straight into the connection. */
    void published(int packets, int bytes, int payloadBytes) {
        context.counters().add(Counter.PACKETS_SENT, packets);
        context.counters().add(Counter.BYTES_SENT, bytes);
        context.counters().add(Counter.PUBLISHES_SENT, packets);
        context.counters().add(Counter.PUBLISH_BYTES_SENT, payloadBytes);
        Traffic counted = counted();
        if (counted != null) {
            counted.messagesOut += packets;
            counted.bytesOut += bytes;
        }
        shard().touch(this);
    }

    private static Packet withoutProblemInformation(Packet packet) { // [MQTT-3.1.2-29]
        return packet instanceof Connack || packet instanceof Disconnect
                ? packet
                : PacketEncoder.fit(packet, ProtocolVersion.V5, 0);
    }

    @Override
    protected void flush() {
        connection.flush();
    }

    // ---- the end

    /** Tells an MQTT 5 client why, and closes [MQTT-4.13.2-1]. Only after its CONNACK [MQTT-3.14.0-1]. */
    void disconnect(ReasonCode reason, String message) {
        if (open && version() == ProtocolVersion.V5) {
            Properties properties =
                    message.isEmpty() ? Properties.NONE : Properties.of(Property.REASON_STRING, message);
            if (reason == ReasonCode.SERVER_SHUTTING_DOWN
                    && !core.options().features().serverReference().isEmpty()) {
                properties = properties.toBuilder()
                        .text(
                                Property.SERVER_REFERENCE,
                                core.options().features().serverReference())
                        .build();
            }
            send(new Disconnect(reason, properties));
        }
        close();
    }

    /** Sends what is pending and closes. The handler hears nothing more. */
    void close() {
        if (open) {
            open = false;
            shard().disarm(this);
            shard().flushNow(this);
            connection.close();
            dropRest();
        }
    }

    @Override
    public void onDrained() {
        if (open) {
            handler.onDrained();
        }
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
        context.links().remove(this);
        if (tap != null) {
            tap.ended();
        }
        dropRest();
        core.listener(connection.info().listener()).connections().decrementAndGet();
        if (open) {
            open = false;
            shard().disarm((Deadline) this);
            context.counters().increment(Counter.CONNECTIONS_LOST);
            handler.onLost(cause);
        }
    }

    /** Goes to another shard, with what was not yet decoded; {@code arrived} runs there. */
    void moveTo(ShardContext target, Runnable arrived) {
        pause();
        shard().disarm(this);
        // Not from inside a packet: the target could begin before the rest of this read has been kept.
        shard().execute("a connection that leaves", () -> leaveFor(target, arrived));
    }

    private void leaveFor(ShardContext target, Runnable arrived) {
        if (!open) {
            return;
        }
        shard().flushNow(this);
        context.links().remove(this);
        context.partials().gone(this);
        connection.moveTo(target.shard().executor(), () -> {
            context = target;
            target.links().add(this);
            if (rest.length > 0) {
                target.partials().fed(this, rest.length);
            }
            decoder.topics(target.shard().topics());
            if (tap != null || !core.wiretaps().isEmpty()) {
                tapAnew();
            }
            pauses--;
            target.shard().guarded("a connection that arrived", arrived);
            if (pauses > 0) {
                connection.reading(false);
            } else if (open) {
                decodeRest();
            }
        });
    }
}
