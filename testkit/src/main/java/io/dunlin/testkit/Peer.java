package io.dunlin.testkit;

import io.dunlin.protocol.packet.Auth;
import io.dunlin.protocol.packet.Connack;
import io.dunlin.protocol.packet.Disconnect;
import io.dunlin.protocol.packet.Packet;
import io.dunlin.protocol.packet.Pingreq;
import io.dunlin.protocol.packet.Pingresp;
import io.dunlin.protocol.packet.Properties;
import io.dunlin.protocol.packet.ProtocolVersion;
import io.dunlin.protocol.packet.Puback;
import io.dunlin.protocol.packet.Pubcomp;
import io.dunlin.protocol.packet.Publish;
import io.dunlin.protocol.packet.Pubrec;
import io.dunlin.protocol.packet.Pubrel;
import io.dunlin.protocol.packet.QoS;
import io.dunlin.protocol.packet.ReasonCode;
import io.dunlin.protocol.packet.Suback;
import io.dunlin.protocol.packet.Subscribe;
import io.dunlin.protocol.packet.SubscriptionRequest;
import io.dunlin.protocol.packet.Unsuback;
import io.dunlin.protocol.packet.Unsubscribe;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A client under the test's control: it sends what it is told to, right or wrong, and says what must come back. It keeps no
 * protocol state but the packet identifiers that it gave out. What comes in the wrong order or not at all fails the test with
 * the whole conversation. Thread: one, the test's.
 */
public final class Peer {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofMillis(150);

    private final World world;
    private final String name;
    private final ProtocolVersion version;
    private final List<PacketReader.Frame> inbox = new ArrayList<>();
    private @Nullable Wire wire;
    private byte[] partial = new byte[0];
    private byte[] lastBytes = new byte[0];
    private boolean connected;
    private int nextPacketId = 1;

    Peer(World world, String name, ProtocolVersion version) {
        this.world = world;
        this.name = name;
        this.version = version;
    }

    public String name() {
        return name;
    }

    public ProtocolVersion version() {
        return version;
    }

    // connection

    /** Opens a connection without saying anything; an earlier one is forgotten where it is. */
    public Peer open() {
        return open(world.venue().open());
    }

    /** Takes this wire as its connection. */
    public Peer open(Wire newWire) {
        wire = newWire;
        partial = new byte[0];
        inbox.clear();
        connected = false;
        return this;
    }

    /** The connection, opened where there is none. */
    public Wire wire() {
        Wire known = wire;
        if (known == null) {
            open();
            known = Objects.requireNonNull(wire);
        }
        return known;
    }

    /** Connects with a clean start and expects success. */
    public Connack connect() {
        return connect(spec -> {});
    }

    /** Connects on a new connection, unless one was opened and not used, and expects success. */
    public Connack connect(Consumer<ConnectSpec> change) {
        sendConnect(change);
        Connack connack = expectConnack(ReasonCode.SUCCESS);
        return connack;
    }

    /** Sends CONNECT on a new connection, unless one was opened and not used. */
    public Peer sendConnect(Consumer<ConnectSpec> change) {
        if (wire == null || connected) {
            open();
        }
        connected = true;
        ConnectSpec spec = new ConnectSpec(version, name);
        change.accept(spec);
        return send(spec.build());
    }

    /** Connects and expects a CONNACK with this reason, then the end. */
    public Connack connectRefused(ReasonCode reason, Consumer<ConnectSpec> change) {
        sendConnect(change);
        Connack connack = expectConnack(reason);
        expectClosed();
        return connack;
    }

    /** Expects the end before any success: at most a CONNACK with one of these reasons comes first. */
    public void expectRefused(ReasonCode... reasons) {
        for (Packet packet : awaitEnd()) {
            check(
                    packet instanceof Connack connack
                            && !connack.sessionPresent()
                            && Arrays.asList(reasons).contains(connack.reason()),
                    "expected the end, or a CONNACK of " + Arrays.toString(reasons) + " first; got " + packet);
        }
    }

    public Connack expectConnack(ReasonCode reason) {
        Connack connack = expect(Connack.class);
        check(connack.reason() == reason, "expected CONNACK " + reason + ", got " + connack);
        return connack;
    }

    /** Sends DISCONNECT and closes. */
    public void disconnect() {
        disconnect(ReasonCode.SUCCESS);
    }

    public void disconnect(ReasonCode reason) {
        send(new Disconnect(reason));
        leaveOrderly();
    }

    /** Closes the connection without DISCONNECT. */
    public void drop() {
        world.transcript().line(name + " closes without DISCONNECT");
        leaveOrderly();
    }

    /** Resets the connection. */
    public void cut() {
        world.transcript().line(name + " resets its connection");
        wire().cut();
        wire = null;
        world.settle();
    }

    private void leaveOrderly() {
        wire().close();
        wire = null;
        world.settle();
    }

    void leave() {
        if (wire != null) {
            wire.close();
            wire = null;
        }
    }

    // sending

    public Peer send(Packet packet) {
        world.transcript().line(name + " -> " + Transcript.describe(packet));
        wire().send(PacketWriter.write(packet, version));
        return this;
    }

    /** Sends a PUBLISH with the next packet identifier where it needs and lacks one; expects nothing. */
    public Publish send(Pub pub) {
        if (pub.lacksId()) {
            pub.id(nextId());
        }
        Publish publish = pub.build();
        send(publish);
        return publish;
    }

    public Peer sendBytes(byte[] bytes) {
        world.transcript()
                .line(name + " -> bytes "
                        + Bytes.hex(Arrays.copyOf(bytes, Math.min(64, bytes.length)))
                        + (bytes.length > 64 ? " ... (" + bytes.length + ")" : ""));
        wire().send(bytes);
        return this;
    }

    public Peer sendHex(String hex) {
        return sendBytes(Bytes.hex(hex));
    }

    public int nextId() {
        int id = nextPacketId;
        nextPacketId = nextPacketId == 65_535 ? 1 : nextPacketId + 1;
        return id;
    }

    // publishing and subscribing

    /** Publishes and sees the handshake through to its successful end; other packets on the way wait their turn. */
    public ReasonCode publish(String topic, String payload, int qos) {
        return publish(Pub.of(topic, payload).qos(qos));
    }

    /** As above. Returns the reason of PUBACK or PUBREC, SUCCESS at QoS 0; fails where it is an error. */
    public ReasonCode publish(Pub pub) {
        ReasonCode reason = publishRefusable(pub);
        check(!reason.isError(), "the publish was refused: " + reason);
        return reason;
    }

    /** As above, for publishes that may be refused. */
    public ReasonCode publishRefusable(Pub pub) {
        Publish publish = send(pub);
        return switch (publish.qos()) {
            case AT_MOST_ONCE -> {
                world.settle();
                yield ReasonCode.SUCCESS;
            }
            case AT_LEAST_ONCE -> {
                Puback puback = await(Puback.class);
                check(puback.packetId() == publish.packetId(), "PUBACK of another packet: " + puback);
                yield puback.reason();
            }
            case EXACTLY_ONCE -> {
                Pubrec pubrec = await(Pubrec.class);
                check(pubrec.packetId() == publish.packetId(), "PUBREC of another packet: " + pubrec);
                if (!pubrec.reason().isError()) {
                    send(new Pubrel(publish.packetId()));
                    Pubcomp pubcomp = await(Pubcomp.class);
                    check(pubcomp.equals(new Pubcomp(publish.packetId())), "expected its PUBCOMP, got " + pubcomp);
                }
                yield pubrec.reason();
            }
        };
    }

    /** Subscribes and expects exactly this QoS to be granted. */
    public Suback subscribe(String filter, int qos) {
        Suback suback = subscribe(new SubscriptionRequest(filter, QoS.of(qos)));
        check(
                suback.reasons().equals(List.of(ReasonCode.granted(QoS.of(qos)))),
                "expected QoS " + qos + " to be granted, got " + suback);
        return suback;
    }

    public Suback subscribe(SubscriptionRequest... requests) {
        return subscribe(Properties.NONE, requests);
    }

    /** Subscribes; retained messages that come before the SUBACK wait their turn. */
    public Suback subscribe(Properties properties, SubscriptionRequest... requests) {
        Subscribe subscribe = new Subscribe(nextId(), properties, List.of(requests));
        send(subscribe);
        Suback suback = await(Suback.class);
        check(suback.packetId() == subscribe.packetId(), "SUBACK of another packet: " + suback);
        check(suback.reasons().size() == requests.length, "one reason for each filter expected: " + suback);
        return suback;
    }

    public Unsuback unsubscribe(String... filters) {
        Unsubscribe unsubscribe = new Unsubscribe(nextId(), Properties.NONE, List.of(filters));
        send(unsubscribe);
        Unsuback unsuback = await(Unsuback.class);
        check(unsuback.packetId() == unsubscribe.packetId(), "UNSUBACK of another packet: " + unsuback);
        return unsuback;
    }

    /** Expects this message as the next packet and acknowledges it to the end of its handshake. */
    public Publish receive(String topic, String payload) {
        Publish publish = expectPublish(topic, payload);
        acknowledge(publish);
        return publish;
    }

    public void acknowledge(Publish publish) {
        switch (publish.qos()) {
            case AT_MOST_ONCE -> {
                return; // nothing to say
            }
            case AT_LEAST_ONCE -> {
                send(new Puback(publish.packetId()));
                world.settle();
            }
            case EXACTLY_ONCE -> {
                send(new Pubrec(publish.packetId()));
                Pubrel pubrel = await(Pubrel.class);
                check(pubrel.equals(new Pubrel(publish.packetId())), "expected its PUBREL, got " + pubrel);
                send(new Pubcomp(publish.packetId()));
                world.settle();
            }
        }
    }

    // expecting

    /** Expects this message as the next packet, of whatever QoS, and does not acknowledge it. */
    public Publish expectPublish(String topic, String payload) {
        Publish publish = expect(Publish.class);
        check(
                publish.topic().text().equals(topic) && text(publish).equals(payload),
                "expected \"" + payload + "\" on " + topic + ", got " + Transcript.describe(publish));
        return publish;
    }

    public static String text(Publish publish) {
        return new String(publish.payload(), StandardCharsets.UTF_8);
    }

    /** Expects exactly this packet next. */
    public <P extends Packet> P expect(P packet) {
        Packet next = expect(Packet.class);
        check(next.equals(packet), "expected " + Transcript.describe(packet) + ", got " + Transcript.describe(next));
        return packet;
    }

    /** Expects a packet of this kind next. */
    public <P extends Packet> P expect(Class<P> kind) {
        PacketReader.Frame frame = next(kind.getSimpleName().toUpperCase(Locale.ROOT));
        if (!kind.isInstance(frame.packet())) {
            throw failure("expected " + kind.getSimpleName() + ", got " + Transcript.describe(frame.packet()));
        }
        lastBytes = frame.bytes();
        return kind.cast(frame.packet());
    }

    public <P extends Packet> P expect(Class<P> kind, Predicate<P> condition, String what) {
        P packet = expect(kind);
        check(condition.test(packet), "expected " + what + ", got " + Transcript.describe(packet));
        return packet;
    }

    /** The first packet of this kind; those of other kinds before it stay for later. */
    public <P extends Packet> P await(Class<P> kind) {
        List<PacketReader.Frame> others = new ArrayList<>();
        while (true) {
            PacketReader.Frame frame;
            try {
                frame = next(kind.getSimpleName().toUpperCase(Locale.ROOT));
            } catch (AssertionError error) {
                inbox.addAll(0, others);
                throw error;
            }
            if (kind.isInstance(frame.packet())) {
                lastBytes = frame.bytes();
                inbox.addAll(0, others);
                return kind.cast(frame.packet());
            }
            others.add(frame);
        }
    }

    /** The bytes of the packet that was expected last. */
    public byte[] lastBytes() {
        return lastBytes;
    }

    /** Expects that nothing comes. Over a real network two round trips of PINGREQ stand for the silence. */
    public void expectNothing() {
        if (!inbox.isEmpty()) {
            throw failure("expected nothing, got "
                    + Transcript.describe(inbox.getFirst().packet()));
        }
        if (world.venue().isVirtual() || !connected) {
            fill(SILENCE);
            if (!inbox.isEmpty()) {
                throw failure("expected nothing, got "
                        + Transcript.describe(inbox.getFirst().packet()));
            }
            check(!wire().isEnded(), "expected nothing, but the server closed the connection");
        } else {
            ping();
            ping();
        }
    }

    public Peer ping() {
        send(Pingreq.INSTANCE);
        expect(Pingresp.class);
        return this;
    }

    /** Expects that the server ends the connection without another word. */
    public void expectClosed() {
        List<Packet> last = awaitEnd();
        check(last.isEmpty(), "expected the end of the connection, got first " + last);
    }

    /** Expects DISCONNECT with this reason (or one of the others) in MQTT 5, and the end of the connection in all versions. */
    public @Nullable Disconnect expectDisconnect(ReasonCode reason, ReasonCode... orElse) {
        if (!version.hasProperties()) {
            expectClosed();
            return null;
        }
        Disconnect disconnect = expect(Disconnect.class);
        check(
                disconnect.reason() == reason || Arrays.asList(orElse).contains(disconnect.reason()),
                "expected DISCONNECT " + reason + ", got " + disconnect);
        expectClosed();
        return disconnect;
    }

    /** Waits for the end of the connection and returns what came before it. */
    public List<Packet> awaitEnd() {
        Wire known = wire();
        while (!known.isEnded()) {
            if (!fill(PATIENCE) && !known.isEnded()) {
                throw failure("expected the server to close the connection; it stays open");
            }
        }
        List<Packet> last = new ArrayList<>();
        inbox.forEach(frame -> last.add(frame.packet()));
        inbox.clear();
        world.transcript().line(name + " <- end of the connection");
        wire = null;
        return last;
    }

    /** Waits for the end of the connection; what came must be one of these, in hexadecimal digits. */
    public void awaitEndOfBytes(String... allowed) {
        Wire known = wire();
        Bytes all = new Bytes();
        for (byte[] some = known.receive(PATIENCE); some.length > 0; some = known.receive(PATIENCE)) {
            all.raw(some);
        }
        String came = Bytes.hex(all.toArray());
        world.transcript().line(name + " <- bytes " + came);
        check(known.isEnded(), "expected the server to close the connection; it stays open");
        check(
                Arrays.stream(allowed).anyMatch(it -> it.equalsIgnoreCase(came)),
                "expected one of " + Arrays.toString(allowed) + ", got " + came);
        wire = null;
    }

    /** All packets that are there now. Over a real network two round trips of PINGREQ bring what is on its way. */
    public List<Packet> drain() {
        if (world.venue().isVirtual() || !connected) {
            fill(world.venue().isVirtual() ? Duration.ZERO : SILENCE);
        } else {
            for (int i = 0; i < 2; i++) {
                send(Pingreq.INSTANCE);
                await(Pingresp.class);
            }
        }
        List<Packet> all = inbox.stream().map(PacketReader.Frame::packet).toList();
        inbox.clear();
        return all;
    }

    /** Pings until the condition holds, for what the broker does by itself after a while; fails after five seconds. */
    public void pingUntil(BooleanSupplier condition, String what) {
        long deadline = world.venue().millis() + PATIENCE.toMillis();
        while (!condition.getAsBoolean()) {
            ping();
            check(!world.venue().isVirtual() && world.venue().millis() < deadline, "expected " + what);
        }
    }

    private PacketReader.Frame next(String what) {
        while (inbox.isEmpty()) {
            if (!fill(PATIENCE)) {
                throw failure("expected " + what + ", "
                        + (wire().isEnded() ? "but the server closed the connection" : "but nothing came"));
            }
        }
        return inbox.removeFirst();
    }

    /** Reads what there is, waiting for the first byte; false where nothing came. */
    private boolean fill(Duration patience) {
        byte[] bytes = wire().receive(patience);
        if (bytes.length == 0) {
            return false;
        }
        byte[] all = Arrays.copyOf(partial, partial.length + bytes.length);
        System.arraycopy(bytes, 0, all, partial.length, bytes.length);
        ByteBuffer buffer = ByteBuffer.wrap(all);
        PacketReader reader = new PacketReader(version);
        try {
            for (var frame = reader.read(buffer); frame != null; frame = reader.read(buffer)) {
                world.transcript().line(name + " <- " + Transcript.describe(frame.packet()));
                inbox.add(frame);
            }
        } catch (AssertionError wrong) {
            AssertionError failure = failure(String.valueOf(wrong.getMessage()));
            failure.initCause(wrong);
            throw failure;
        }
        partial = Arrays.copyOfRange(all, buffer.position(), all.length);
        return true;
    }

    public Auth expectAuth(ReasonCode reason) {
        return expect(Auth.class, auth -> auth.reason() == reason, "AUTH " + reason);
    }

    public void check(boolean holds, String otherwise) {
        if (!holds) {
            throw failure(otherwise);
        }
    }

    private AssertionError failure(String message) {
        return world.failure(name + ": " + message);
    }
}
