package io.dunlin.broker.session;

import io.dunlin.broker.port.Clock;
import io.dunlin.broker.port.Connection;
import io.dunlin.broker.port.ConnectionInfo;
import io.dunlin.broker.port.ShardExecutor;
import io.dunlin.broker.port.Wiretap;
import io.dunlin.broker.port.Wiretap.Tapped;
import io.dunlin.protocol.packet.ProtocolError;
import io.dunlin.protocol.packet.ProtocolVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in the place of a connection that somebody listens to, and remembers what is written until it is flushed; what comes in it is
 * shown by the link. Thread: the connection's shard.
 */
final class Tap implements Connection {
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final int REST_BYTES_MAX = 4 << 10;
    /** In place of where a packet begins that breaks the protocol: it was readable. */
    static final int READABLE = -1;

    private final Connection inner;
    private final Clock clock;
    private final List<Wiretap> listening = new ArrayList<>();
    private final List<Wiretap> undecided = new ArrayList<>();
    private Tapped who;
    private boolean settled;

    // what comes in during a read: told from inFrom to the position
    private @Nullable ByteBuffer in;
    private int inFrom;

    // what was written since the last flush: space of our own, since the connection's may be used for another one by
    // the time we look
    private byte @Nullable [] reserved;
    private final List<ByteBuffer> out = new ArrayList<>();
    private int outBytes;

    /** @param version as far as it has been read: of a login that is under way, that of its CONNECT */
    Tap(Connection inner, Clock clock, ProtocolVersion version) {
        this.inner = inner;
        this.clock = clock;
        this.who = new Tapped(NUMBERS.incrementAndGet(), inner.info(), "", null, version);
    }

    /** The connection in whose place it stands, which has all that was written. */
    Connection release() {
        handOn();
        return inner;
    }

    // ---- who listens

    /** Whether anybody listens, or may. */
    boolean isWanted() {
        return !listening.isEmpty() || !undecided.isEmpty();
    }

    /** It may listen; nothing where it does already. */
    void add(Wiretap wiretap) {
        if (!listening.contains(wiretap) && !undecided.contains(wiretap) && isUndecided(wiretap)) {
            undecided.add(wiretap);
        }
    }

    void remove(Wiretap wiretap) {
        listening.remove(wiretap);
        undecided.remove(wiretap);
    }

    /** Nobody else listens any more. */
    void retain(List<Wiretap> wiretaps) {
        listening.retainAll(wiretaps);
        undecided.retainAll(wiretaps);
    }

    /**
     * Its client is known from here on, or better than before. Who is let in without a login keeps the name of its CONNECT.
     *
     * @param forGood whether it has logged in
     */
    void identified(String clientId, @Nullable String username, ProtocolVersion version, boolean forGood) {
        String name = username == null ? who.username() : username;
        Tapped known = new Tapped(who.number(), who.info(), clientId, name, version);
        List<Wiretap> strangers = forGood
                ? listening.stream()
                        .filter(each -> each.interest(known) != Wiretap.Interest.YES)
                        .toList()
                : List.of(); // the login says something else than its CONNECT
        if (!strangers.isEmpty()) {
            told();
            listening.removeAll(strangers);
        }
        who = known;
        settled = forGood;
        undecided.removeIf(each -> !isUndecided(each));
    }

    private boolean isUndecided(Wiretap wiretap) {
        return switch (wiretap.interest(who)) {
            case YES -> {
                listening.add(wiretap);
                yield false;
            }
            case NO -> false;
            case ONCE_KNOWN -> !settled;
        };
    }

    // ---- what comes

    /** A read begins: what is taken from the buffer are packets. */
    void reads(ByteBuffer bytes) {
        in = bytes;
        inFrom = bytes.position();
    }

    /** The read is over, or what was answered must not be told before what came. */
    void readDone() {
        tellIn();
        in = null;
    }

    private void tellIn() {
        ByteBuffer read = in;
        if (read != null) {
            tellInUntil(read, read.position());
        }
    }

    private void tellInUntil(ByteBuffer read, int to) {
        int from = inFrom;
        if (to > from) {
            inFrom = to;
            tell(true, to - from, () -> copy(read, from, to));
        }
    }

    /**
     * A packet breaks the protocol.
     *
     * @param start where it begins in the buffer, or {@link #READABLE}
     * @param version as far as it has been read
     */
    void broken(ByteBuffer bytes, int start, ProtocolError error, ProtocolVersion version) {
        int taken = bytes.position();
        tellInUntil(bytes, start == READABLE ? taken : start);
        inFrom = taken;
        byte[] rest = {};
        if (start != READABLE) {
            int end = taken > start ? taken : bytes.limit(); // of one with a wrong head, nobody knows the length
            rest = copy(bytes, start, Math.min(end, start + REST_BYTES_MAX));
        }
        who = new Tapped(who.number(), who.info(), who.clientId(), who.username(), version);
        long at = clock.nanos();
        for (Wiretap each : listening) {
            each.broken(who, at, rest, error);
        }
    }

    /** The connection is no more. */
    void ended() {
        told();
        long at = clock.nanos();
        for (Wiretap each : listening) {
            each.ended(who, at);
        }
        listening.clear(); // what is flushed after this reaches nobody
        undecided.clear();
        reserved = null;
    }

    // ---- what goes

    private void handOn() {
        byte[] bytes = reserved;
        if (bytes != null) {
            reserved = null;
            inner.reserve(bytes.length).put(bytes);
            wrote(ByteBuffer.wrap(bytes));
        }
    }

    private void wrote(ByteBuffer bytes) {
        if (!listening.isEmpty()) {
            out.add(bytes);
            outBytes += bytes.remaining();
        }
    }

    /** Tells all that has come and gone so far. */
    private void told() {
        tellIn();
        if (outBytes > 0) {
            tell(false, outBytes, this::written);
            out.clear();
            outBytes = 0;
        }
    }

    private byte[] written() {
        ByteBuffer all = ByteBuffer.allocate(outBytes);
        out.forEach(all::put);
        return all.array();
    }

    private void tell(boolean fromClient, int bytes, Supplier<byte[]> copy) {
        if (listening.isEmpty()) {
            return;
        }
        long at = clock.nanos();
        byte @Nullable [] packets = null;
        for (Wiretap each : listening) {
            if (!each.hasRoom(bytes)) {
                each.missed(who, bytes);
                continue;
            }
            if (packets == null) {
                packets = copy.get();
            }
            each.packets(who, fromClient, at, packets);
        }
    }

    private static byte[] copy(ByteBuffer bytes, int from, int to) {
        byte[] copy = new byte[to - from];
        bytes.get(from, copy);
        return copy;
    }

    // ---- the connection

    @Override
    public ConnectionInfo info() {
        return inner.info();
    }

    @Override
    public ByteBuffer reserve(int bytes) {
        handOn();
        byte[] space = new byte[bytes];
        reserved = space;
        return ByteBuffer.wrap(space);
    }

    @Override
    public void append(byte[] shared, int offset, int length) {
        handOn();
        inner.append(shared, offset, length);
        wrote(ByteBuffer.wrap(shared, offset, length));
    }

    @Override
    public void flush() {
        handOn();
        told();
        inner.flush();
    }

    @Override
    public long pendingBytes() {
        handOn();
        return inner.pendingBytes();
    }

    @Override
    public void reading(boolean on) {
        handOn();
        inner.reading(on);
    }

    @Override
    public void close() {
        handOn();
        told();
        inner.close();
    }

    @Override
    public void abort() {
        handOn();
        told();
        inner.abort();
    }

    @Override
    public void moveTo(ShardExecutor target, Runnable arrived) {
        handOn();
        told();
        inner.moveTo(target, arrived);
    }
}
